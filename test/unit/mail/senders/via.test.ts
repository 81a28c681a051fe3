import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadOf } from "../../../../mail/senders/load.ts";
import { relayProblems } from "../../../../mail/senders/relayProblems.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { withMembers } from "../../../../mail/senders/via.ts";

const exchange: Sender = {
  name: "exchange",
  from: ["*@contoso.com"],
  authentication: ["certificate"],
  certificateName: "mail.contoso.com",
  egress: ["198.51.100.7"],
  exchangeServer: true,
  adoptMailbox: false,
  fence: false,
  retire: false,
  restrictToDomains: false,
  requireTls: true,
  credentialGeneration: 1,
};
const behind = (name: string, change: Partial<Sender> = {}): Sender => ({
  name,
  from: [`${name}@contoso.com`],
  authentication: ["none"],
  via: "exchange",
  egress: [],
  adoptMailbox: false,
  fence: false,
  retire: false,
  restrictToDomains: false,
  requireTls: true,
  credentialGeneration: 1,
  ...change,
});

describe("withMembers", () => {
  it("leaves senders alone that nobody sends through", () =>
    assert.deepEqual(withMembers([exchange]), [exchange]));
  it("gives the front the addresses and the names of all", () => {
    const [front, ...others] = withMembers([behind("crm"), exchange, behind("erp")]);
    assert.deepEqual(others, []);
    assert.deepEqual(front?.from, ["*@contoso.com", "crm@contoso.com", "erp@contoso.com"]);
    assert.deepEqual(front?.members, [
      { name: "crm", from: ["crm@contoso.com"] },
      { name: "erp", from: ["erp@contoso.com"] },
    ]);
  });
  it("adds the numbers up, and takes the largest message and the strictest words", () => {
    const [front] = withMembers([
      { ...exchange, messagesPerDay: 100, peakPerMinute: 5, urgency: "deferrable" },
      behind("crm", {
        messagesPerDay: 50,
        recipientsPerMessage: 4,
        external: 0.5,
        purpose: "bulk",
      }),
      behind("erp", {
        peakPerMinute: 7,
        largestMessageMB: 10,
        urgency: "deferrable",
        internalRecipients: "groups",
      }),
    ]);
    assert.ok(front);
    const { messagesPerDay, peakPerMinute, recipientsPerMessage } = front;
    assert.deepEqual(
      { messagesPerDay, peakPerMinute, recipientsPerMessage },
      { messagesPerDay: 150, peakPerMinute: 12, recipientsPerMessage: 4 },
    );
    assert.equal(loadOf(front).recipientsPerDay, 300);
    assert.equal(front.recipientsPerDay, undefined, "nobody has said what the mailbox may need");
    assert.equal(front.largestMessageMB, 10);
    assert.equal(front.purpose, "bulk");
    assert.equal(front.internalRecipients, "groups");
    assert.equal(front.urgency, "immediate");
    assert.equal(front.external, 1, "one has not said how many recipients it has");
  });
  it("limits the mailbox only where each has said what it needs", () => {
    const limitOf = (...needs: (number | undefined)[]) => {
      const [first, second] = needs.map((need) =>
        need === undefined ? {} : { recipientsPerDay: need },
      );
      return withMembers([{ ...exchange, ...first }, behind("crm", second)])[0]?.recipientsPerDay;
    };
    assert.equal(limitOf(100, 50), 150);
    assert.equal(limitOf(100, undefined), undefined);
    assert.equal(limitOf(undefined, 50), undefined);
  });
  it("weighs the share outside by recipients where all are known", () => {
    const [front] = withMembers([
      { ...exchange, messagesPerDay: 100, external: 0 },
      behind("crm", { messagesPerDay: 300, external: 1 }),
    ]);
    assert.ok(front);
    assert.equal(front.external, 0.75);
    assert.equal(loadOf(front).externalRecipientsPerDay, 300);
  });
});

describe("relayProblems of senders behind others", () => {
  const problems = (...senders: Sender[]) =>
    relayProblems(
      { domains: ["contoso.com"], senders, names: senders.map(({ name }) => name) },
      "prod",
      { domains: "domains", senders: "senders" },
    ).map(({ key, rule }) => `${key} ${rule}`);
  it("finds nothing wrong with a good one", () =>
    assert.deepEqual(problems(exchange, behind("crm")), []));
  it("judges the front by the mail of all", () => {
    const mailbox: Sender = {
      ...behind("crm", { authentication: ["oauth"], recipientsPerDay: 6000 }),
      name: "exchange",
      from: ["a@contoso.com"],
    };
    const { via: _, ...front } = mailbox;
    const [first, ...others] = problems(front, behind("erp", { recipientsPerDay: 6000 }));
    assert.match(
      first ?? "",
      /^senders\[0\]\.authentication leaves .* to 12,000, and the limit is/,
    );
    assert.deepEqual(others, []);
  });
  it("says of two that send through each other what to do", () => {
    const found = problems(behind("a", { via: "b" }), behind("b", { via: "a" }));
    assert.equal(found.length, 2);
    assert.match(found[0] ?? "", /senders\[0\]\.via sends through "a" itself/);
  });
});
