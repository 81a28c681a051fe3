import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { retireNotices } from "../../../../mail/retire.ts";
import { chooseSubmission } from "../../../../mail/senders/choose.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import {
  directSendSummary,
  elsewhereSummary,
  highVolumeSummary,
  memberSummary,
  relaySummary,
  submissionSummary,
  summaryNotices,
} from "../../../../mail/senders/summary.ts";
import { DEFAULTS } from "./defaults.ts";

const sender = (name: string, change: Partial<Sender>): Sender => ({
  name,
  from: [`${name}@contoso.com`],
  authentication: ["oauth"],
  egress: [],
  ...DEFAULTS,
  ...change,
});

/** The line of a sender. */
function summary(change: Partial<Sender>): string {
  const found = chooseSubmission([sender("shop", change)]);
  return [
    ...found.relaying.map((one) => relaySummary(one, "relay-prod-shop", "any address")),
    ...found.submitting.map(submissionSummary),
    ...found.directSending.map(directSendSummary),
    ...found.highVolume.map(highVolumeSummary),
    ...found.elsewhere.map(elsewhereSummary),
  ].join();
}

describe("the line of a sender", () => {
  const cases: [title: string, Partial<Sender>, says: string][] = [
    [
      "an address",
      { authentication: ["staticIp"], egress: ["198.51.100.7", "198.51.100.8"] },
      "relays from 198.51.100.7, 198.51.100.8 (connector relay-prod-shop); may send as any address",
    ],
    [
      "a certificate",
      { authentication: ["certificate"], certificateName: "relay.contoso.com" },
      "relays with a certificate for relay.contoso.com (connector relay-prod-shop); may send as any address",
    ],
    [
      "a limit to domains",
      { authentication: ["staticIp"], egress: ["198.51.100.7"], restrictToDomains: true },
      "relays from 198.51.100.7 (connector relay-prod-shop); may send as any address; if mail to other organisations is refused with 550 5.7.64, this tenant takes AssociatedAcceptedDomains for domains of recipients: remove restrictToDomains then",
    ],
    [
      "two identities",
      {
        federatedIdentity: [
          { issuer: "i", subject: "a", audience: "x" },
          { issuer: "i", subject: "b", audience: "x", name: "b" },
        ],
      },
      "signs in as shop@contoso.com with one of 2 federated identities; may send as this address alone",
    ],
    [
      "one identity",
      { federatedIdentity: [{ issuer: "i", subject: "a", audience: "x" }] },
      "signs in as shop@contoso.com with a federated identity; may send as this address alone",
    ],
    [
      "a certificate to sign in with",
      { signInCertificate: [{ certificate: "PEM" }] },
      "signs in as shop@contoso.com with a certificate; may send as this address alone",
    ],
    [
      "two such certificates",
      { signInCertificate: [{ certificate: "PEM" }, { certificate: "PEM", name: "next" }] },
      "signs in as shop@contoso.com with one of 2 certificates; may send as this address alone",
    ],
    [
      "an app of others",
      { adoptApplication: "11111111-1111-1111-1111-111111111111", adoptMailbox: true },
      "signs in as shop@contoso.com, a mailbox of others, with a credential of its existing app; may send as this address alone",
    ],
    [
      "direct send",
      { authentication: ["none"], egress: ["198.51.100.7", "198.51.100.8"], external: 0 },
      "sends from 198.51.100.7, 198.51.100.8 straight to mailboxes inside, with nothing of its own in the tenant (direct send)",
    ],
    [
      "High Volume Email",
      { authentication: ["password"], external: 0 },
      "signs in as shop@contoso.com, an account of High Volume Email, with a password; may send as this address alone, to recipients inside",
    ],
    [
      "a method that is set up elsewhere",
      { purpose: "marketing" },
      "is to send with Azure Communication Services, which this stack does not set up: Exchange Online is not meant for what it sends",
    ],
    ["a secret", {}, "signs in as shop@contoso.com with a secret; may send as this address alone"],
    [
      "a password, other addresses and a limit",
      {
        authentication: ["password"],
        from: ["shop@contoso.com", "info@contoso.com"],
        recipientsPerDay: 600,
      },
      "signs in as shop@contoso.com with a password; may send as this address and info@contoso.com, to 1,200 recipients a day at the most",
    ],
    [
      "a mailbox for many senders",
      { from: Array.from({ length: 200 }, (_, index) => `p${index}@contoso.com`) },
      "signs in as p0@contoso.com with a secret; may send as this address and p1@contoso.com, p2@contoso.com, p3@contoso.com, p4@contoso.com, p5@contoso.com, p6@contoso.com and 193 more",
    ],
    [
      "an adopted mailbox",
      { adoptMailbox: true },
      "signs in as shop@contoso.com, a mailbox of others, with a secret; may send as this address alone",
    ],
  ];
  for (const [title, change, says] of cases) {
    it(`says it of ${title}`, () => assert.equal(summary(change), says));
  }
});

describe("summaryNotices", () => {
  it("tells of senders that are new, change or go, and of no other", () => {
    const before = { erp: "relays from A", crm: "signs in", shop: "signs in as shop" };
    const now = { erp: "relays from B", shop: "signs in as shop", desk: "signs in as desk" };
    assert.deepEqual(summaryNotices(before, now), [
      'sender "erp"\n  before: relays from A\n  after:  relays from B',
      'sender "crm" is removed: it signs in',
      'sender "desk" is new: it signs in as desk',
    ]);
    assert.deepEqual(summaryNotices(now, now), []);
  });

  it("tells of equal ones in one line, however many they are", () => {
    const printers = Array.from({ length: 200 }, (_, index) => [
      `p${index}`,
      memberSummary("gate"),
    ]);
    const [line, ...more] = summaryNotices({}, Object.fromEntries(printers));
    assert.equal(
      line,
      '200 senders (p0, p1, p2, p3, p4, p5 and 194 more) are new: each sends through "gate"',
    );
    assert.deepEqual(more, []);
    assert.deepEqual(summaryNotices({ a: "relays", b: "relays" }, {}), [
      "2 senders (a, b) are removed: each relays",
    ]);
  });
});

describe("a warning of several senders is one sentence", () => {
  const marked = (name: string, change: Partial<Sender>) =>
    sender(name, { retire: true, ...change });
  const own = { authentication: ["staticIp"], egress: ["198.51.100.7"] } as const;

  it("of those that are marked with retire; domains have their own", () => {
    const domains = [{ name: "contoso.com", retire: false }];
    assert.deepEqual(retireNotices({ senders: [marked("erp", { retire: false })], domains }), []);
    const notices = retireNotices({
      senders: [marked("erp", own), marked("crm", own), marked("hr", { ...own, retire: false })],
      domains: [{ name: "contoso.com", retire: true }],
    });
    assert.deepEqual(notices, [
      'senders "erp", "crm" are marked with retire: true: they work as before, but are not protected any more; once they are no longer in the stack file, an up removes of each its connector',
      'domain "contoso.com" is marked with retire: true: it works as before, but is not protected any more; once it is no longer in the stack file, an up removes its DNS records and its DKIM keys',
    ]);
  });

  for (const [of, change, words] of [
    ["with a fence", { ...own, fence: true }, / an up removes its connector and its fence$/],
    ["that signs in", {}, / an up removes its mailbox with the mail in it and its app$/],
    [
      "with a password",
      { authentication: ["password"], license: "EXCHANGESTANDARD" },
      / an up removes its mailbox with the mail in it and its user$/,
    ],
    ["with a mailbox of others", { adoptMailbox: true }, / send from its mailbox, which stays$/],
    [
      "of High Volume Email",
      { authentication: ["password"], external: 0 },
      / an up removes its account$/,
    ],
    [
      "of direct send",
      { authentication: ["none"], egress: own.egress, external: 0 },
      / an up removes its addresses from the SPF record$/,
    ],
    [
      "elsewhere",
      { purpose: "marketing" },
      /^sender "x" is marked with retire: true, which has no effect: the stack has made nothing for it$/,
    ],
  ] as const satisfies readonly (readonly [string, Partial<Sender>, RegExp])[]) {
    it(`of a sender ${of} says what goes with it`, () =>
      assert.match(retireNotices({ senders: [marked("x", change)], domains: [] }).join(), words));
  }
});
