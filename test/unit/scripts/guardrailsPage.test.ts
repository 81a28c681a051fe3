// That the committed page is what the generator writes is a check of `npm run check`; here is that it reads callers rightly.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GUARDRAILS } from "../../../mail/guardrails/guardrails.ts";
import { guardrailsPage } from "../../../scripts/check/guardrailsPage.ts";

const rows = guardrailsPage()
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the page of guardrails", () => {
  const callers = (rule: string) => {
    const row = rows.find((cells) => cells[2]?.startsWith(`\`${rule}\``));
    return row?.slice(4, 7);
  };

  it("has a row for each guardrail, and one for each of its rules", () => {
    for (const { id } of GUARDRAILS) {
      const own = rows.filter((cells) => cells[1] === `\`${id}\``);
      assert.ok(own.length >= 2, id);
    }
  });

  it("names who calls a rule directly, or by other rules", () => {
    const connector = "`exchange/inboundConnector.ts`";
    assert.deepEqual(callers("certificateNameProblem"), ["yes", "`schema.ts`", connector]);
    assert.deepEqual(callers("sharedAddressProblem"), ["yes", "`schema.ts`", connector]);
    const records = "`dns/spfRecord.ts`, `dns/zoneProblems.ts`";
    assert.deepEqual(callers("treeProblems"), ["yes", "–", records]);
  });

  it("names nobody for a rule that only guardrails ask", () => {
    assert.deepEqual(callers("tenantWideProblem"), ["yes", "–", "–"]);
  });
});
