// How `npm run doctor` tells what it found of a stack: what has one cause once, and no more lines than somebody reads.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Finding } from "../../../mail/doctor/finding.ts";
import type { Checked } from "../../../scripts/doctor/check.ts";
import { checkedToJson, describeChecked } from "../../../scripts/doctor/tell.ts";

const check = (name: string, findings: readonly Finding[]): Checked => ({
  check: { name, title: `title of ${name}` },
  findings,
});
const unsigned: Finding = {
  ...{ severity: "unknown", what: "could not be looked at: no sign-in", why: "nothing is known" },
  ...{ fix: "export ARM_CLIENT_ID", resource: "" },
};
const off = (sender: string): Finding => ({
  ...{ severity: "error", what: `SMTP AUTH is off for ${sender}`, why: "535", fix: "run up" },
  resource: `mailbox ${sender}`,
});

describe("describeChecked", () => {
  it("tells what keeps several checks from looking once, with their titles", () => {
    const text = describeChecked(
      "prod",
      ["a", "b", "c"].map((name) => check(name, [unsigned])),
    );
    assert.deepEqual(text.split("\n"), [
      'stack "prod"',
      "unknown  3 checks: could not be looked at: no sign-in",
      "  in:  title of a; title of b; title of c",
      "  why: nothing is known",
      "  -> export ARM_CLIENT_ID",
      "0 errors, 3 unknown, 0 warnings, 0 ok",
    ]);
  });

  it("tells what one fix mends together, with every resource", () => {
    const text = describeChecked("prod", [check("auth", [off("shop"), off("crm")])]);
    assert.deepEqual(text.split("\n").slice(1, -1), [
      "error    title of auth: SMTP AUTH is off for shop",
      "         title of auth: SMTP AUTH is off for crm",
      "  of:  mailbox shop, mailbox crm",
      "  why: 535",
      "  -> run up",
    ]);
  });

  it("tells apart what another fix mends", () => {
    const other: Finding = { ...off("crm"), fix: "run start" } as Finding;
    const text = describeChecked("prod", [check("auth", [off("shop"), other])]);
    assert.equal(text.match(/-> run/g)?.length, 2);
  });

  it("tells what was not looked at for one reason together", () => {
    const why = "there is nothing to look at before the first up";
    const later = ["a", "b"].map((name) => ({ ...check(name, []), notLookedAt: why }));
    const other = { ...check("c", []), notLookedAt: "no sender has a license" };
    assert.deepEqual(
      describeChecked("prod", [...later, other])
        .split("\n")
        .slice(1, -1),
      [
        `not looked at: title of a; title of b: ${why}`,
        "not looked at: title of c: no sender has a license",
      ],
    );
  });

  it("counts what would fill a screen, and leaves nothing out of JSON", () => {
    const senders = Array.from({ length: 60 }, (_, index) => `sender-${index}`);
    const checked = [
      check("auth", senders.map(off)),
      check(
        "mailboxes",
        senders.map((what) => ({ severity: "ok", what })),
      ),
    ];
    const text = describeChecked("prod", checked);
    assert.ok(text.split("\n").length < 25, text);
    assert.match(text, /and 50 more, which --json lists\n {2}of: {2}/);
    assert.match(text, /60 errors, 0 unknown, 0 warnings, 60 ok$/);
    const { findings } = JSON.parse(checkedToJson("prod", checked)) as { findings: unknown[] };
    assert.equal(findings.length, 120);
  });
});
