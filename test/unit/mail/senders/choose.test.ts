// What the senders need in the tenant, of each method whole.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  chooseMailbox,
  chooseSubmission,
  sendsFromEgress,
  signsIn,
  submitsAsMailbox,
  usesDirectSend,
  usesHighVolume,
} from "../../../../mail/senders/choose.ts";
import type { Method } from "../../../../mail/senders/methods.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const egress = ["198.51.100.7"];
const plant: Sender = {
  ...shop,
  ...{ name: "plant", authentication: ["password", "staticIp"], egress, port25: false },
};
const gate: Sender = {
  ...shop,
  ...{ name: "gate", from: ["b@contoso.org", "a@contoso.com", "c@contoso.com"], egress },
  ...{ authentication: ["staticIp"], certificateName: "not.presented.example" },
};
const edi: Sender = {
  ...shop,
  ...{ name: "edi", from: ["edi@contoso.com"], egress, fence: true },
  ...{ authentication: ["certificate"], certificateName: "edi.contoso.com" },
  ...{ adoptConnector: "Old EDI", restrictToDomains: true, requireTls: false },
};
const scanner: Sender = {
  ...{ ...gate, name: "scanner", from: ["scan@contoso.com"], authentication: ["none"] },
  external: 0,
};
const intranet: Sender = {
  ...{ ...shop, name: "intranet", from: ["intranet@contoso.com"], authentication: ["password"] },
  ...{ external: 0, credentialGeneration: 2, billingPolicyId: "policy-1" },
};
const news: Sender = { ...shop, name: "news", purpose: "marketing" };

describe("chooseSubmission", () => {
  it("has each sender once, with all that it needs", () =>
    assert.deepEqual(chooseSubmission([shop, plant, gate, edi, scanner, intranet, news]), {
      submitting: [
        {
          sender: "shop",
          mailbox: { address: "orders@contoso.com", sendAs: [] },
          credential: { by: "secret", generations: [1] },
          because:
            "it signs in with OAuth, with a client secret, as it has neither an identity elsewhere nor a certificate to sign in with",
        },
        {
          sender: "plant",
          mailbox: { address: "orders@contoso.com", sendAs: [] },
          credential: { by: "password", generation: 1 },
          because:
            "it signs in with a password; connector by address does not fit: it can't connect to port 25 (port25: false)",
        },
      ],
      relaying: [
        {
          sender: "gate",
          match: { by: "sourceIp", addresses: egress },
          domains: ["contoso.com", "contoso.org"],
          restrictToDomains: false,
          requireTls: true,
          because: "it has fixed public addresses and no certificate",
        },
        {
          sender: "edi",
          match: { by: "certificate", certificateName: "edi.contoso.com" },
          domains: ["contoso.com"],
          restrictToDomains: true,
          requireTls: false,
          adopt: "Old EDI",
          fence: {
            egress,
            from: [
              ...["edi@contoso.com", "orders@contoso.com", "b@contoso.org", "a@contoso.com"],
              ...["c@contoso.com", "scan@contoso.com"],
            ],
          },
          because: "it presents a certificate, which vouches for this server alone",
        },
      ],
      directSending: [
        {
          sender: "scanner",
          domains: ["contoso.com"],
          egress,
          because: "all its recipients are inside, and it can't authenticate",
        },
      ],
      highVolume: [
        {
          sender: "intranet",
          address: "intranet@contoso.com",
          billingPolicyId: "policy-1",
          credential: { by: "password", generation: 2 },
          because:
            "all its recipients are inside, and client submission takes passwords for a shorter time",
        },
      ],
      elsewhere: [
        {
          sender: "news",
          method: "azureCommunicationServices",
          because: "Exchange Online is not meant for what it sends",
        },
      ],
    }));

  it("names no billing policy where the stack file names none", () => {
    const { billingPolicyId: _, ...any } = intranet;
    const [account] = chooseSubmission([any]).highVolume;
    assert.deepEqual(Object.keys(account ?? {}).sort(), [
      ...["address", "because", "credential", "sender"],
    ]);
  });
  it("tells High Volume Email from what a mailbox could carry too, and not from other ways", () => {
    const why = (change: Partial<Sender>) =>
      chooseSubmission([{ ...intranet, ...change }]).highVolume[0]?.because;
    const more = "all its recipients are inside, and it sends more than a mailbox may";
    assert.equal(why({ recipientsPerDay: 10_001 }), more);
    const relayed = { egress, authentication: ["password", "none"], peakPerMinute: 31 } as const;
    assert.equal(why(relayed), more);
    assert.equal(
      why({ purpose: "marketing", recipientsPerDay: 1 }),
      "all its recipients are inside, and a mailbox is not meant for marketing mail",
    );
    assert.equal(why({ method: "highVolumeEmail" }), "its stack file asks for this method");
  });
});

describe("what a sender's method makes of it", () => {
  const rows: [Sender, Method, ...(typeof signsIn)[]][] = [
    [shop, "smtpAuth", signsIn, submitsAsMailbox],
    [intranet, "highVolumeEmail", signsIn, usesHighVolume],
    [gate, "connector", sendsFromEgress],
    [scanner, "directSend", sendsFromEgress, usesDirectSend],
    [news, "azureCommunicationServices"],
  ];
  const all = [signsIn, submitsAsMailbox, usesHighVolume, usesDirectSend, sendsFromEgress];
  for (const [sender, method, ...own] of rows) {
    it(`of ${method}: ${own.map(({ name }) => name).join(", ") || "nothing"}`, () =>
      assert.deepEqual(new Set(all.filter((is) => is(sender))), new Set(own)));
  }
});

it("chooseMailbox has what the stack file says of a mailbox, and nothing that it leaves out", () => {
  assert.deepEqual(chooseMailbox(shop), { address: "orders@contoso.com", sendAs: [] });
  assert.deepEqual(
    chooseMailbox({
      ...{ ...shop, from: ["a@contoso.com", "b@contoso.com", "a@contoso.com", "b@contoso.com"] },
      ...{ adoptMailbox: true, recipientsPerDay: 600, license: "SPB" },
    }),
    {
      ...{ address: "a@contoso.com", sendAs: ["b@contoso.com"], adopt: true },
      ...{ recipientsPerDay: 1200, license: "SPB" },
    },
  );
});
