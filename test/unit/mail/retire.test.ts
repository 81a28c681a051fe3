// What a sender that stays would lose of what Pulumi protects, by what it had and what it is to have.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../mail/problem.ts";
import { type Kept, lossProblems } from "../../../mail/retire.ts";

const owner = "relay/prod/app";
const NOTHING: Kept = { domains: [], connectors: [], mailboxes: [], accounts: [] };
const mailbox = (more: object = {}): Kept => ({
  ...NOTHING,
  mailboxes: [{ owner, kind: "shared", ...more }],
});
const connector: Kept = { ...NOTHING, connectors: [{ owner }] };
const account: Kept = { ...NOTHING, accounts: [{ owner }] };
const own = mailbox({ hasSecret: true });
const licensed = mailbox({ license: "SPB" });
const user = mailbox({ kind: "user", license: "SPB" });
const adopted = mailbox({ adopt: true });
const foreignApp = mailbox({ adopt: true, adoptApplication: "x" });

describe("lossProblems", () => {
  const cases: [title: string, before: Kept, now: Kept, ...lost: string[]][] = [
    ["a connector for a mailbox", connector, own, "its connector"],
    ["a connector for an account", connector, account, "its connector"],
    ["a mailbox for a connector", own, connector, "its mailbox and its app"],
    ["a user for a connector", user, connector, "its mailbox"],
    ["a licensed mailbox for a connector", licensed, connector, "its mailbox and its app"],
    ["an account for a connector", account, connector, "its account"],
    ["everything", own, NOTHING, "its mailbox and its app"],
    ["a secret", own, mailbox(), "its client secret"],
    ["a licence", licensed, mailbox(), "its licence"],
    ["a mailbox of others for an account", adopted, account, "its mailbox and its app"],
    ["an account for a mailbox of others", account, adopted, "its account"],
    ["a user for a mailbox of others", user, adopted, "its licence"],
    ["an app for one of others", adopted, foreignApp, "its app"],
    // The tenant's answer refuses these, and says what has to go first.
    ["a mailbox for a user", own, user],
    ["a user for a mailbox", user, own],
    ["a mailbox for an account", own, account],
    ["an account for a user", account, user],
    ["nothing", own, { ...own }],
  ];
  for (const [title, before, now, ...lost] of cases) {
    it(`of one that gives up ${title}`, () => {
      const kept = { senders: ["app"], domains: [] };
      assert.deepEqual(
        lossProblems(kept, before, now).map(sentence),
        lost.map(
          (parts) =>
            `sender "app": loses ${parts} by this change, and Pulumi protects that; set retire: true for it and run pulumi up; then make this change and run pulumi up; then remove retire: true`,
        ),
      );
      assert.deepEqual(lossProblems({ senders: [], domains: [] }, before, now), []);
    });
  }
});
