// Commands in what is said of a refusal name the stack and the sender.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nameSender, nameStack } from "../../../mail/commands.ts";
import { ROWS } from "../../../mail/replies/rows/rows.ts";

describe("the commands of a fix", () => {
  it("have a place for the stack, in every reply that is explained", () => {
    const fixes = ROWS.flatMap(({ causes }) => causes.map(({ fix }) => fix));
    const commands = fixes.flatMap((fix) => fix.split("npm run ").slice(1));
    assert.ok(commands.length > 5, `${commands.length}`);
    for (const command of commands) assert.match(command, /^[^;,]*--stack NAME\b/);
  });

  it("name the stack and the sender", () => {
    const fix = "npm run start -- --stack NAME --sender SENDER; npm run dns -- --stack NAME";
    assert.equal(
      nameSender(nameStack(fix, "acme/m365-smtp-relay/prod"), "crm"),
      "npm run start -- --stack acme/m365-smtp-relay/prod --sender crm; npm run dns -- --stack acme/m365-smtp-relay/prod",
    );
  });
});
