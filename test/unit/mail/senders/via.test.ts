import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadOf } from "../../../../mail/senders/load.ts";
import { relayProblems } from "../../../../mail/senders/relayProblems.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { withMembers } from "../../../../mail/senders/via.ts";
import { DEFAULTS } from "./defaults.ts";

const exchange: Sender = {
  name: "exchange",
  from: ["*@contoso.com"],
  authentication: ["certificate"],
  certificateName: "mail.contoso.com",
  egress: ["198.51.100.7"],
  exchangeServer: true,
  ...DEFAULTS,
};
const behind = (name: string, change: Partial<Sender> = {}): Sender => ({
  name,
  from: [`${name}@contoso.com`],
  authentication: ["none"],
  via: "exchange",
  egress: [],
  ...DEFAULTS,
  ...change,
});

describe("withMembers", () => {
  it("leaves senders alone that nobody sends through", () =>
    assert.deepEqual(withMembers([exchange]), [exchange]));
  it("gives the front the addresses and the names of all", () => {
    const [front, ...others] = withMembers([behind("crm"), exchange, behind("erp")]);
    assert.deepEqual(others, []);
    assert.deepEqual(front?.from, ["*@contoso.com"]);
    assert.deepEqual(front?.members, [
      { name: "crm", from: ["crm@contoso.com"] },
      { name: "erp", from: ["erp@contoso.com"] },
    ]);
  });
  it("lists no address of a domain of which the front has all, and each of the others", () => {
    const from = ["erp@fabrikam.com", "erp@contoso.com", "erp@mail.contoso.com"];
    const of = (front: Partial<Sender>) =>
      withMembers([{ ...exchange, ...front }, behind("erp", { from })])[0]?.from;
    assert.deepEqual(of({}), ["*@contoso.com", "erp@fabrikam.com", "erp@mail.contoso.com"]);
    assert.deepEqual(of({ from: ["mail@contoso.com"] }), ["mail@contoso.com", ...from]);
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
  it("says whose purpose it has where that is not its own", () => {
    const of = (...purposes: readonly Sender["purpose"][]) => {
      const [first, ...others] = purposes.map((purpose) => (purpose ? { purpose } : {}));
      return withMembers([
        { ...exchange, ...first },
        ...others.map((one, index) => behind(`m${index}`, one)),
      ])[0]?.purposeOf;
    };
    assert.equal(of(undefined, undefined), undefined);
    assert.equal(of("bulk", "bulk"), undefined);
    assert.deepEqual(of("bulk", "marketing", undefined, "bulk"), ["m0"]);
    assert.deepEqual(of(undefined, "bulk", undefined, "bulk"), ["m0", "m2"]);
  });
  it("has the share of all that go outside, as people write it", () => {
    const shareOf = (...loads: readonly Partial<Sender>[]) =>
      withMembers([
        { ...exchange, ...loads[0] },
        ...loads.slice(1).map((load, index) => behind(`m${index}`, load)),
      ])[0]?.external;
    const tenths = Array.from({ length: 67 }, (_, index) => ({
      messagesPerDay: 11 + index,
      external: 0.1,
    }));
    assert.equal(shareOf(...tenths), 0.1);
    const [none, all] = [
      { messagesPerDay: 1_000_000, external: 0 },
      { messagesPerDay: 1_000_000, external: 1 },
    ];
    const one = { messagesPerDay: 1 };
    assert.equal(shareOf(none, none), 0);
    assert.equal(shareOf(all, all), 1);
    assert.equal(shareOf(none, { ...one, external: 1 }), 0.0001, "not quite none");
    assert.equal(shareOf(all, { ...one, external: 0 }), 0.9999, "not quite all");
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
  it("leaves out what nobody has said", () => {
    const [front] = withMembers([exchange, behind("erp", { description: "Invoices" })]);
    assert.deepEqual(front, {
      ...exchange,
      from: ["*@contoso.com"],
      external: 1,
      purpose: "transactional",
      urgency: "immediate",
      members: [{ name: "erp", from: ["erp@contoso.com"], description: "Invoices" }],
    });
  });
  it("may wait where all may", () => {
    const may = { urgency: "deferrable" } as const;
    const [front] = withMembers([{ ...exchange, ...may }, behind("erp", may)]);
    assert.equal(front?.urgency, "deferrable");
  });
  it("takes the largest message of all", () => {
    const sizes = (one: number, other: number) => {
      const [front] = withMembers([
        { ...exchange, largestMessageMB: one, recipientsPerMessage: one },
        behind("erp", { largestMessageMB: other, recipientsPerMessage: other }),
      ]);
      return [front?.largestMessageMB, front?.recipientsPerMessage];
    };
    assert.deepEqual(sizes(3, 20), [20, 20]);
    assert.deepEqual(sizes(20, 3), [20, 20]);
  });
  it("has nothing outside where all recipients are inside", () => {
    const none = { external: 0, messagesPerDay: 10 };
    const [front] = withMembers([{ ...exchange, ...none }, behind("erp", none)]);
    assert.equal(front?.external, 0);
    const [most] = withMembers([{ ...exchange, external: 0.2 }, behind("erp", { external: 0.1 })]);
    assert.equal(most?.external, 0.2);
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
  it("says what is wrong with the name, and which names there are", () => {
    const texts = (...senders: Sender[]) =>
      relayProblems(
        { domains: ["contoso.com"], senders, names: senders.map(({ name }) => name) },
        "prod",
        { domains: "domains", senders: "senders" },
      ).map(({ key, value, rule, fix }) => `${key}: ${value} ${rule}; ${fix}`);
    assert.deepEqual(texts(exchange, behind("crm", { via: "crm" })), [
      "senders[1].via: crm is the sender itself; use one of exchange",
    ]);
    assert.deepEqual(texts(behind("crm", { via: "other" })), [
      "senders[0].via: other is not the name of a sender of the stack; remove via",
    ]);
    assert.deepEqual(texts(exchange, behind("crm"), behind("erp", { via: "crm" })), [
      'senders[2].via: crm sends through "exchange" itself; use "exchange"',
    ]);
    const [chain] = texts(
      ...[exchange, behind("crm", { via: "erp" }), behind("erp", { via: "hr" }), behind("hr")],
    );
    assert.equal(chain, 'senders[1].via: erp sends through "hr" itself; use "exchange"');
    const [first] = texts(behind("a", { via: "b" }), behind("b", { via: "a" }));
    assert.equal(
      first,
      'senders[0].via: b sends through "a" itself; remove via from one of the two',
    );
    const [round] = texts(
      ...[behind("a", { via: "b" }), behind("b", { via: "c" }), behind("c", { via: "a" })],
    );
    assert.equal(round, 'senders[0].via: b sends through "c" itself; remove via from one of them');
  });
  it("does not judge a name whose sender could not be read", () =>
    assert.deepEqual(
      relayProblems(
        {
          domains: ["contoso.com"],
          senders: [behind("crm", { via: "erp" }), undefined],
          names: ["crm", "erp"],
        },
        "prod",
        { domains: "domains", senders: "senders" },
      ),
      [],
    ));
  for (const [change, key] of [
    [{ egress: ["198.51.100.9"] }, "egress"],
    [{ certificateName: "r.contoso.com" }, "certificateName"],
    [{ adoptMailbox: true }, "adoptMailbox"],
    [{ requireTls: false }, "requireTls"],
    [{ restrictToDomains: true }, "restrictToDomains"],
    [{ fence: true }, "fence"],
    [{ exchangeServer: true }, "exchangeServer"],
    [{ credentialGeneration: 2 }, "credentialGeneration"],
    [{ retire: true }, "retire"],
    [{ method: "connector" }, "method"],
    [{ port25: true }, "port25"],
    [{ license: "EXCHANGESTANDARD" }, "license"],
    [{ authentication: ["staticIp"] }, "authentication"],
    [{ authentication: ["none", "staticIp"] }, "authentication"],
  ] as const) {
    it(`refuses ${JSON.stringify(change)} of one that sends through another one`, () => {
      const found = problems(exchange, behind("crm", change));
      assert.deepEqual(found, [
        `senders[1].${key} has no effect, because the sender sends through "exchange"`,
      ]);
    });
  }
  it("takes the method that it has through an Exchange server, and that alone", () => {
    const asked = behind("crm", { method: "onPremisesExchange" });
    assert.deepEqual(problems(exchange, asked), []);
    assert.deepEqual(problems({ ...exchange, exchangeServer: false }, asked), [
      'senders[1].method has no effect, because the sender sends through "exchange"',
    ]);
  });
  it("takes everything that it says of its own mail", () => {
    const load = {
      description: "x",
      runsOn: "azure",
      messagesPerDay: 1,
      peakPerMinute: 1,
      recipientsPerMessage: 1,
      recipientsPerDay: 1,
      largestMessageMB: 1,
      external: 1,
      internalRecipients: "groups",
      purpose: "transactional",
      urgency: "deferrable",
    } as const;
    assert.deepEqual(problems(exchange, behind("crm", load)), []);
  });
  it("says of two that send through each other what to do", () => {
    const found = problems(behind("a", { via: "b" }), behind("b", { via: "a" }));
    assert.equal(found.length, 2);
    assert.match(found[0] ?? "", /senders\[0\]\.via sends through "a" itself/);
  });
});

describe("loadOf", () => {
  it("counts whole recipients outside, without what binary fractions add", () => {
    const outside = (messagesPerDay: number, external: number) =>
      loadOf({ ...exchange, messagesPerDay, external }).externalRecipientsPerDay;
    assert.equal(outside(100, 0.55), 55);
    assert.equal(outside(100, 0.551), 56);
    assert.equal(outside(100, 0), 0);
  });
});
