import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeAdoptedRelay } from "../../../../mail/adopt/describe.ts";
import type {
  FoundConnector,
  FoundDomain,
  FoundRelay,
  FoundSubmission,
} from "../../../../mail/adopt/found.ts";
import { adoptableRelay } from "../../../../mail/adopt/relay.ts";
import type { DnsRecord, Resolve } from "../../../../mail/dns/record.ts";

const OWNER = "m365-smtp-relay/prod";
const INCLUDE = "include:spf.protection.outlook.com";
/** A world with Microsoft's SPF record alone. */
const resolve: Resolve = async (name) =>
  name === "spf.protection.outlook.com"
    ? { status: "found", records: ["v=spf1 ip4:40.92.0.0/15 -all"] }
    : { status: "nxdomain" };

const connector = (change: Partial<FoundConnector> = {}): FoundConnector => ({
  ...{ name: "Relay", guid: "1", owner: undefined, connectorType: "OnPremises", enabled: true },
  ...{ isHybrid: false, requireTls: true, senderDomains: ["*"], associatedAcceptedDomains: [] },
  ...{ treatMessagesAsInternal: false, cloudServicesMailEnabled: false },
  ...{ restrictDomainsToIPAddresses: false, restrictDomainsToCertificate: false },
  ...{ senderIPAddresses: ["198.51.100.7"], tlsSenderCertificateName: "" },
  ...change,
});
const submission = (change: Partial<FoundSubmission> = {}): FoundSubmission => ({
  ...{ appId: "a", displayName: "Shop", mailbox: "shop@contoso.com", by: "role" },
  ...{ sendAs: [], problem: undefined },
  ...change,
});
const txt = (name: string, content: string, comment = ""): DnsRecord => ({
  ...{ name, type: "TXT", content, comment },
});
const contoso = (change: Partial<FoundDomain> = {}): FoundDomain => ({
  ...{ name: "contoso.com", zone: { id: "z", name: "contoso.com" }, owners: [] },
  ...{ dkim: { enabled: true, hasKeys: true, missing: "" } },
  records: [
    txt("contoso.com", `"v=spf1 ip4:198.51.100.7 ${INCLUDE} -all"`),
    txt("_dmarc.contoso.com", '"v=DMARC1; p=reject"'),
  ],
  ...change,
});
const relay = (change: Partial<FoundRelay> = {}): FoundRelay => {
  const domains = change.domains ?? [contoso()];
  return {
    acceptedDomains: ["contoso.onmicrosoft.com", ...domains.map(({ name }) => name)],
    subscriptions: [
      {
        ...{ skuId: "s", skuPartNumber: "SPB", capabilityStatus: "Enabled" },
        servicePlans: ["EXCHANGE_S_STANDARD"],
        units: { enabled: 1, warning: 0, suspended: 0, consumed: 1 },
      },
    ],
    ...{ connectors: [], submissions: [], others: [], domains },
    ...change,
  };
};
const judged = (found: Partial<FoundRelay>) =>
  adoptableRelay(relay(found), { owner: OWNER, environment: "global" }, resolve);
/** Why nothing of a connector is adopted. */
const reasonOf = async (change: Partial<FoundConnector>, others: FoundConnector[] = []) => {
  const one = connector(change);
  const { senders, left } = await judged({ connectors: [one, ...others] });
  assert.ok(!senders.some(({ source }) => source === `connector "${one.name}"`));
  return left.map(({ what, reason, todo }) => `${what} ${reason}; ${todo}`)[0] ?? "";
};

describe("a relay that a stack adopts", () => {
  it("has a sender for a connector, and a domain that is as the stack would have it", async () => {
    const { senders, domains, left } = await judged({ connectors: [connector()] });
    assert.deepEqual(
      senders.map(({ name, source, notes }) => ({ name, source, notes })),
      [{ name: "relay", source: 'connector "Relay"', notes: [] }],
    );
    assert.deepEqual(domains, [
      {
        ...{ name: "contoso.com", isAtCloudflare: true, isSigned: true, adoptDmarc: true },
        ...{ unmanaged: [], notes: [] },
      },
    ]);
    assert.deepEqual(left, []);
  });

  for (const [what, change, says] of [
    ["is hybrid", { isHybrid: true }, /belongs to the organisation's hybrid configuration/],
    [
      "has another stack's mark",
      { name: "Bob's", owner: "m365-smtp-relay/test/erp" },
      /managed by m365-smtp-relay\/test\/erp; .* gone, .* -Identity 'Bob''s' -Comment ''/,
    ],
    [
      "has a mark of the same stack",
      { owner: `${OWNER}/erp` },
      /managed by \S+; write the sender "erp" into the stack file as it was, and the next up/,
    ],
    ["is a partner's", { connectorType: "Partner" }, /is of the type Partner/],
    ["is disabled", { enabled: false }, /is disabled, so that nothing relays through it/],
    ["is for the cloud", { cloudServicesMailEnabled: true }, /has CloudServicesMailEnabled set/],
    ["is internal", { treatMessagesAsInternal: true }, /has TreatMessagesAsInternal set/],
    [
      "is for some sender domains",
      { senderDomains: ["a.example"] },
      /sender domains a\.example alone/,
    ],
    [
      "matches by both",
      { tlsSenderCertificateName: "relay.contoso.com" },
      /by addresses and by a certificate at once/,
    ],
    [
      "has a wide range",
      { senderIPAddresses: ["198.51.0.0/16"] },
      /has "198\.51\.0\.0\/16", which covers 65,536 addresses/,
    ],
    [
      "has a certificate in no accepted domain",
      { senderIPAddresses: [], tlsSenderCertificateName: "relay.fabrikam.com" },
      /has "relay\.fabrikam\.com", which is in none of the tenant's accepted domains/,
    ],
    [
      "has a character that nobody sees in its name",
      { name: "ERP\u200b" },
      /invisible character U\+200B/,
    ],
    [
      "is limited to Microsoft's own domain",
      { associatedAcceptedDomains: ["contoso.onmicrosoft.com"] },
      /contoso\.onmicrosoft\.com is Microsoft's own/,
    ],
  ] as [string, Partial<FoundConnector>, RegExp][]) {
    it(`leaves a connector alone that ${what}, and says why`, async () =>
      assert.match(await reasonOf(change), says));
  }

  it("leaves connectors alone that match the same address, each naming the other", async () => {
    const other = connector({ name: "Other", senderIPAddresses: ["198.51.100.0/28"] });
    assert.match(
      await reasonOf({}, [other]),
      /same address as connector "Other" \("198\.51\.100\.7"\)/,
    );
    const { senders, left } = await judged({ connectors: [connector(), other] });
    assert.deepEqual([senders, left.length], [[], 2]);
  });

  it("says that it takes mail without TLS, and that SPF lacks a certificate's addresses", async () => {
    const { senders } = await judged({
      connectors: [
        connector({ requireTls: false }),
        connector({
          ...{ name: "B", requireTls: false, senderIPAddresses: [] },
          tlsSenderCertificateName: "b.contoso.com",
        }),
      ],
    });
    assert.deepEqual(
      senders.map(({ notes }) => notes.map((note) => note.slice(0, 27))),
      [["it takes mail without TLS ("], ["Exchange does not say from "]],
    );
  });

  it("has one sender for a mailbox, though two apps send from it", async () => {
    const { senders, left } = await judged({
      submissions: [submission(), submission({ appId: "b", displayName: "Other" })],
    });
    assert.deepEqual(
      senders.map(({ name }) => name),
      ["shop"],
    );
    assert.match(left[0]?.what ?? "", /^app "Other" \(b\) at mailbox shop@contoso\.com$/);
    assert.match(left[0]?.reason ?? "", /that app "Shop" \(a\) sends from too/);
  });

  it("has a sender for each mailbox of an app, with the addresses that it may send as", async () => {
    const { senders, isClassic } = await judged({
      submissions: [
        submission({ sendAs: ["info@contoso.com", "x@fabrikam.com"], by: "full access" }),
        submission({ mailbox: "info@contoso.com", by: "full access" }),
      ],
    });
    assert.deepEqual(
      senders.map((one) => [one.name, one.kind === "submission" && one.from, one.notes.length]),
      [
        ["shop-shop", ["shop@contoso.com", "info@contoso.com"], 1],
        ["shop-info", ["info@contoso.com"], 0],
      ],
    );
    assert.equal(isClassic, true);
  });

  it("leaves an app alone whose mailbox is in no domain of the stack", async () => {
    const { left } = await judged({
      submissions: [submission({ mailbox: "a@contoso.onmicrosoft.com" })],
    });
    assert.match(left[0]?.reason ?? "", /which is no domain of this stack/);
  });

  for (const [what, records, unmanaged, note] of [
    [
      "no records",
      [],
      ["spf", "dmarc"],
      /SPF of contoso\.com is no record, and would be v=spf1 include/,
    ],
    [
      "an SPF record that leads elsewhere",
      [txt("contoso.com", '"v=spf1 redirect=spf.contoso.com"')],
      ["spf", "dmarc"],
      /SPF of contoso\.com/,
    ],
    [
      "two SPF records",
      [txt("contoso.com", '"v=spf1 -all"'), txt("contoso.com", '"v=spf1 mx -all"')],
      ["spf", "dmarc"],
      /SPF of contoso\.com/,
    ],
    [
      "an SPF record without the address",
      [
        txt("contoso.com", `"v=spf1 ${INCLUDE} -all"`),
        txt("_dmarc.contoso.com", '"v=DMARC1;p=none"'),
      ],
      ["spf"],
      /would be v=spf1 .*ip4:198\.51\.100\.7/,
    ],
    [
      "a DMARC record that is kept elsewhere",
      [
        txt("contoso.com", `"v=spf1 ip4:198.51.100.7 ${INCLUDE} -all"`),
        { name: "_dmarc.contoso.com", type: "CNAME", content: "x.example" },
      ],
      ["dmarc"],
      /DMARC of contoso\.com: "CNAME x\.example" is managed elsewhere/,
    ],
  ] as [string, DnsRecord[], string[], RegExp][]) {
    it(`leaves records of a domain unmanaged that are not as a stack would have them: ${what}`, async () => {
      const found = { connectors: [connector()], domains: [contoso({ records })] };
      const [domain] = (await judged(found)).domains;
      assert.deepEqual(domain?.unmanaged, unmanaged);
      assert.match(domain?.notes.join("\n") ?? "", note);
    });
  }

  for (const dkim of [
    undefined,
    { enabled: false, hasKeys: true, missing: "" },
    { enabled: true, hasKeys: true, missing: "selector1: has no CNAME record" },
  ]) {
    it(`leaves DKIM unmanaged that does not sign: ${JSON.stringify(dkim)}`, async () => {
      const found = { connectors: [connector()], domains: [contoso({ dkim })] };
      const [domain] = (await judged(found)).domains;
      assert.deepEqual([domain?.unmanaged, domain?.isSigned], [["dkim"], false]);
    });
  }

  it("has a subdomain under the DMARC record of the domain above, and leaves its missing MX alone", async () => {
    const name = "mail.contoso.com";
    const mail = contoso({
      name,
      records: [txt(name, `"v=spf1 ip4:198.51.100.7 ${INCLUDE} -all"`)],
    });
    const { domains } = await judged({ connectors: [connector()], domains: [mail, contoso()] });
    assert.deepEqual(
      domains.map((one) => [one.name, one.adoptDmarc, one.unmanaged]),
      [
        ["contoso.com", true, []],
        [name, false, ["mx"]],
      ],
    );
  });

  it("notes what a domain at another host lacks, and leaves nothing of it unmanaged but DKIM", async () => {
    const elsewhere = contoso({ zone: undefined, records: [], dkim: undefined });
    const [domain] = (await judged({ connectors: [connector()], domains: [elsewhere] })).domains;
    assert.deepEqual([domain?.isAtCloudflare, domain?.unmanaged], [false, ["dkim"]]);
    assert.equal(domain?.notes.length, 3);
  });

  it("has no domain of another stack", async () => {
    const { senders, left } = await judged({
      connectors: [connector()],
      domains: [contoso({ owners: ["m365-smtp-relay/test"] })],
    });
    assert.deepEqual(senders, []);
    assert.match(
      left.map(({ reason }) => reason).join("\n"),
      /belongs to the stack m365-smtp-relay\/test/,
    );
  });

  it("is told in lines, and an empty tenant in one", async () => {
    assert.deepEqual(describeAdoptedRelay(await judged({})), ["nothing can be adopted"]);
    const lines = describeAdoptedRelay(
      await judged({
        connectors: [
          connector({ requireTls: false }),
          connector({ name: "P", enabled: false, senderIPAddresses: ["198.51.100.9"] }),
        ],
      }),
    );
    assert.match(
      lines.join("\n"),
      /^adopted, and not written to:\n {2}sender relay from connector "Relay"\n/,
    );
    assert.match(
      lines.join("\n"),
      /not adopted, and left as it is:\n {2}connector "P": is disabled/,
    );
  });
});
