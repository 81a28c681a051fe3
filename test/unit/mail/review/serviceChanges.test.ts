import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlannedResource } from "../../../../mail/review/preview.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import { preview, resource } from "./previews.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const CRM = { spf: ["include:spf.crm.example", "ip4:192.0.2.7"], dkim: ["k1", "k2"] };

type Services = Readonly<Record<string, { readonly spf: string[]; readonly dkim: string[] }>>;
const dns = (otherServices?: Services) => ({
  senders: {},
  dns: { "contoso.com": { ...(otherServices && { otherServices }) } },
});
const reviewOf = (
  before: Services | undefined,
  after: Services | undefined,
  ...resources: PlannedResource[]
) => reviewStack(preview({ outputs: { before: dns(before), after: dns(after) }, resources }), NOW);

const spf = (before: string, after: string) =>
  resource("SpfRecord", "relay-contoso.com-spf", {
    before: { domain: "contoso.com", terms: [before] },
    after: { domain: "contoso.com", terms: [after], after },
    outputs: { after: before },
  });
const key = (selector: string, recordId: string) =>
  resource("DnsRecord", `relay-contoso.com-dkim-${selector}`, {
    before: { name: `${selector}._domainkey.contoso.com`, purpose: "service-dkim" },
    outputs: { recordId },
  });

describe("a service that sends for a domain, in a review", () => {
  it("says what an added one may do", () => {
    const { others, stops, risks, headline } = reviewOf(undefined, { crm: CRM });
    assert.deepEqual(
      others.map(({ who, text }) => [who, text]),
      [
        [
          "contoso.com",
          '"crm" sends as the domain without Exchange: SPF allows include:spf.crm.example, ip4:192.0.2.7; receivers find the DKIM keys k1, k2',
        ],
      ],
    );
    assert.deepEqual(stops, []);
    assert.match(risks[0]?.text ?? "", /^whoever sends by the service "crm" passes SPF or DKIM/);
    assert.match(headline, /^1 other service added or changed; nothing stops working/);
  });

  it("says what of a removed one goes, once, and nothing of what was there before the stack", () => {
    const exchange = "include:spf.protection.outlook.com";
    const { others, stops } = reviewOf(
      { crm: CRM },
      undefined,
      spf(
        `v=spf1 ip4:192.0.2.7 include:spf.crm.example ${exchange} ~all`,
        `v=spf1 ip4:192.0.2.7 ${exchange} ~all`,
      ),
      key("k1", "id-of-k1"),
      key("k2", ""),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(stops, [
      {
        who: "contoso.com",
        what: 'mail of the service "crm" fails SPF or DKIM: SPF no longer allows include:spf.crm.example; receivers no longer find the DKIM key k1',
        howLong: "for good",
      },
    ]);
  });

  it("says that nothing goes where nothing was the stack's own", () => {
    const { others, stops } = reviewOf({ crm: CRM }, undefined, key("k1", ""), key("k2", ""));
    assert.deepEqual(stops, []);
    assert.match(others[0]?.text ?? "", /^no longer lists the service "crm"; .* stay$/);
  });

  it("says of a changed one what is new alone", () => {
    const { others, stops } = reviewOf({ crm: CRM }, { crm: { ...CRM, dkim: ["k1", "k2", "k3"] } });
    assert.deepEqual(
      [others.map(({ text }) => text), stops],
      [['"crm" sends as the domain without Exchange: receivers find the DKIM key k3'], []],
    );
  });

  it("says nothing of one that stays", () => {
    const { others, stops, headline } = reviewOf({ crm: CRM }, { crm: CRM });
    assert.deepEqual([others, stops, headline], [[], [], "no change"]);
  });
});
