// What the survey is told of a sender's mailbox, from the stack file on.
import assert from "node:assert/strict";
import { it } from "node:test";
import { surveyedMailbox } from "../../components/surveyed.ts";
import { readConfig } from "../../config/read.ts";
import { chooseSubmission } from "../../mail/senders/choose.ts";
import { goodConfig } from "../badConfigs.ts";

const surveyed = (change: object) => {
  const sender = { name: "anna", from: ["anna@contoso.com"], authentication: ["oauth"], ...change };
  const raw = { ...goodConfig(), "m365-smtp-relay:senders": [sender] };
  const entries = Object.entries(raw).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { senders } = readConfig(Object.fromEntries(entries), "test");
  const [submitter] = chooseSubmission(senders).submitting;
  assert.ok(submitter);
  return surveyedMailbox(submitter, {
    owner: "relay/test/anna",
    objectName: "relay-test-anna",
    access: "rbac",
  });
};

it("an adopted app's mailbox says whether it is limited, as nothing else is made for it", () => {
  const adoptApplication = "11111111-2222-3333-4444-555555555555";
  const adopted = { adoptMailbox: true, adoptApplication };
  assert.equal(surveyed({ ...adopted, recipientsPerDay: 100 }).isLimited, true);
  assert.equal(surveyed(adopted).isLimited, undefined);
  assert.equal(surveyed({ recipientsPerDay: 100 }).isLimited, undefined);
});
