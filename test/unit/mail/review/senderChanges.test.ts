import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { senderChanges } from "../../../../mail/review/senderChanges.ts";
import { relaying, submitting, TENANT } from "./previews.ts";

const erp = (egress: readonly string[]) => relaying({ egress });
const certificate = (certificateName: string) => relaying({ certificateName });

const widened = (before: object | undefined, after: object) =>
  senderChanges(before ? { erp: before as Record<string, unknown> } : {}, {
    erp: after as Record<string, unknown>,
  }).flatMap((one) => one.widened);

describe("the senders of a change", () => {
  it("are none where nobody may do anything else", () => {
    const senders = { erp: erp(["198.51.100.7"]), shop: submitting() };
    assert.deepEqual(senderChanges(senders, structuredClone(senders)), []);
    const otherHost = { ...senders, erp: { ...senders.erp, host: "other.example" } };
    assert.deepEqual(senderChanges(senders, otherHost), []);
  });

  for (const { title, before, after, says, isSame } of [
    {
      title: "a new sender",
      before: undefined,
      after: erp(["198.51.100.0/24"]),
      says: [`anybody at 198.51.100.0/24 may send as ${TENANT}`],
    },
    {
      title: "an address in addition",
      before: erp(["198.51.100.7"]),
      after: erp(["198.51.100.7", "203.0.113.9"]),
      says: [`anybody at 203.0.113.9 may send as ${TENANT}`],
    },
    {
      title: "a range around an address",
      before: erp(["198.51.100.7"]),
      after: erp(["198.51.100.0/28"]),
      says: [`anybody at 198.51.100.0/28 may send as ${TENANT}`],
    },
    {
      title: "fewer addresses",
      before: erp(["198.51.100.0/28"]),
      after: erp(["198.51.100.7"]),
      says: [],
    },
    {
      title: "a fence in addition",
      before: erp(["198.51.100.7"]),
      after: { ...erp(["198.51.100.7"]), fence: ["scan@contoso.com"] },
      says: [],
    },
    {
      title: "no fence any more",
      before: { ...erp(["198.51.100.7"]), fence: ["scan@contoso.com"] },
      after: erp(["198.51.100.7"]),
      says: [`anybody at 198.51.100.7 may send as ${TENANT}`],
    },
    {
      title: "another address in a fence",
      before: { ...erp(["198.51.100.7"]), fence: ["scan@contoso.com"] },
      after: { ...erp(["198.51.100.7"]), fence: ["fax@contoso.com", "scan@contoso.com"] },
      says: ["anybody at 198.51.100.7 may send as fax@contoso.com"],
    },
    {
      title: "addresses in place of their domain in a fence",
      before: { ...erp(["198.51.100.7"]), fence: ["*@contoso.com"] },
      after: { ...erp(["198.51.100.7"]), fence: ["fax@contoso.com"] },
      says: [],
    },
    {
      title: "no fence of a certificate any more",
      before: {
        ...certificate("relay.contoso.com"),
        ...{ fence: ["scan@contoso.com"], maySendAs: "scan@contoso.com in From, by its fence, …" },
      },
      after: certificate("relay.contoso.com"),
      says: [`whoever presents a certificate for relay.contoso.com may send as ${TENANT}`],
    },
    {
      title: "another certificate",
      before: certificate("relay.contoso.com"),
      after: certificate("*.contoso.com"),
      says: [`whoever presents a certificate for *.contoso.com may send as ${TENANT}`],
    },
    {
      title: "an address in place of a certificate",
      before: certificate("relay.contoso.com"),
      after: erp(["198.51.100.7"]),
      says: [
        `anybody at 198.51.100.7 may send as ${TENANT}, and it is easier to pass for than before`,
      ],
    },
    {
      title: "a certificate in place of an address",
      before: erp(["198.51.100.7"]),
      after: certificate("relay.contoso.com"),
      says: [`whoever presents a certificate for relay.contoso.com may send as ${TENANT}`],
    },
    {
      title: "a connector that is not limited to domains any more",
      before: relaying({ egress: ["198.51.100.7"], maySendAs: "any address of contoso.com" }),
      after: erp(["198.51.100.7"]),
      says: [`anybody at 198.51.100.7 may send as ${TENANT}`],
    },
    {
      title: "a connector that is limited to domains",
      before: erp(["198.51.100.7"]),
      after: relaying({ egress: ["198.51.100.7"], maySendAs: "any address of contoso.com" }),
      says: [],
    },
    {
      title: "a further address to send as",
      before: submitting(),
      after: submitting({ sendAs: ["orders@contoso.com"] }),
      says: ["whoever signs in with a client secret may send as orders@contoso.com too"],
    },
    {
      title: "another subject of a federated identity",
      before: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "a" } }),
      after: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "b" } }),
      says: ["whoever signs in with a token of i for b may send as shop@contoso.com"],
    },
    {
      title: "a second federated identity",
      before: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "a" } }),
      after: submitting({
        credential: {
          ...{ by: "federatedIdentity", issuer: "i", subject: "b" },
          others: [{ issuer: "i", subject: "a" }],
        },
      }),
      says: ["whoever signs in with a token of i for b may send as shop@contoso.com too"],
    },
    {
      title: "one federated identity of two",
      before: submitting({
        credential: {
          ...{ by: "federatedIdentity", issuer: "i", subject: "a" },
          others: [{ issuer: "i", subject: "b" }],
        },
      }),
      after: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "b" } }),
      says: [],
    },
    {
      title: "a higher limit",
      before: submitting({ recipientsPerDay: 100 }),
      after: submitting({ recipientsPerDay: 500 }),
      says: ["Exchange stops it at 1000 recipients a day, and not at 200"],
    },
    {
      title: "no limit any more",
      before: submitting({ recipientsPerDay: 100 }),
      after: submitting(),
      says: [
        "the tenant's limit alone stops it, and not 200 recipients a day, even if its credential is stolen",
      ],
    },
    {
      title: "a higher need, whose limit Exchange's own ends",
      before: submitting({ recipientsPerDay: 5_000 }),
      after: submitting({ recipientsPerDay: 6_000 }),
      says: [],
      isSame: true,
    },
    {
      title: "tokens that are meant for somebody else",
      before: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "a" } }),
      after: submitting({
        credential: { by: "federatedIdentity", issuer: "i", subject: "a", audience: "api://x" },
      }),
      says: [
        "whoever signs in with a token of i for a, meant for api://x may send as shop@contoso.com",
      ],
    },
    {
      title: "a lower limit",
      before: submitting({ recipientsPerDay: 500 }),
      after: submitting({ recipientsPerDay: 100 }),
      says: [],
    },
  ]) {
    it(`${title}: ${says.length > 0 ? "may do more" : "may do no more"}`, () => {
      assert.deepEqual(widened(before, after), says);
      if (before !== undefined && !isSame)
        assert.notDeepEqual(senderChanges({ erp: before }, { erp: after }), []);
    });
  }

  it("one that goes and one that comes are the same where Exchange knows both by the same", () => {
    const [renamed, ...others] = senderChanges({ shop: submitting() }, { store: submitting() });
    assert.deepEqual(others, []);
    assert.deepEqual(
      [renamed?.sender, renamed?.renamedFrom, renamed?.widened],
      ["store", "shop", []],
    );
    const two = senderChanges(
      { shop: submitting() },
      { store: submitting({ mailbox: "b@contoso.com" }) },
    );
    assert.deepEqual(
      two.map(({ sender, renamedFrom }) => [sender, renamedFrom]),
      [
        ["shop", undefined],
        ["store", undefined],
      ],
    );
  });

  it("what a rename widens is not hidden by the new name", () => {
    const [renamed] = senderChanges(
      { shop: submitting() },
      { store: submitting({ sendAs: ["ceo@contoso.com"] }) },
    );
    assert.deepEqual(renamed?.widened, [
      "whoever signs in with a client secret may send as ceo@contoso.com too",
    ]);
  });

  for (const { title, before, after, more } of [
    {
      title: "by another certificate of the tenant",
      before: certificate("relay.contoso.com"),
      after: certificate("billing.contoso.com"),
      more: false,
    },
    {
      title: "by an address in place of a certificate",
      before: certificate("relay.contoso.com"),
      after: erp(["198.51.100.7"]),
      more: true,
    },
    {
      title: "by a certificate that opens more",
      before: certificate("relay.contoso.com"),
      after: relaying({
        certificateName: "*.contoso.com",
        maySendAs: "any address, also of other organisations",
      }),
      more: true,
    },
    {
      title: "by an address in place of a mailbox",
      before: submitting(),
      after: erp(["198.51.100.7"]),
      more: true,
    },
    {
      title: "by a secret for one mailbox in place of an address",
      before: erp(["198.51.100.7"]),
      after: submitting(),
      more: false,
    },
  ]) {
    it(`known ${title}: ${more ? "may do more" : "is known otherwise, and may do no more"}`, () => {
      const [change] = senderChanges({ one: before }, { one: after });
      assert.deepEqual([change?.isKnownOtherwise, change?.mayDoMore], [true, more]);
    });
  }
});
