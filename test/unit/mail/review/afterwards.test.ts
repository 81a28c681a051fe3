import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StackPreview } from "../../../../mail/review/preview.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import { config, preview, relaying, resource, senders, submitting } from "./previews.ts";

const reviewOf = (given: Partial<StackPreview>) =>
  reviewStack(preview(given), new Date("2026-11-28T12:00:00Z"));
const tellOf = (given: Partial<StackPreview>) =>
  reviewOf(given).tell.map(({ who, text }) => `${who}: ${text}`);

describe("who has to be told", () => {
  for (const { title, before, after, says } of [
    {
      title: "the address to send from",
      before: relaying({ certificateName: "relay.contoso.com" }),
      after: relaying({ egress: ["198.51.100.7"] }),
      says: "erp: send from 198.51.100.7 from now on",
    },
    {
      title: "the certificate to present",
      before: relaying({ egress: ["198.51.100.7"] }),
      after: relaying({ certificateName: "relay.contoso.com" }),
      says: "erp: present a certificate for relay.contoso.com from now on",
    },
    {
      title: "the token to sign in with",
      before: submitting(),
      after: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "s" } }),
      says: "erp: sign in with a token of i for s from now on",
    },
    {
      title: "a further token to sign in with",
      before: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "s" } }),
      after: submitting({
        credential: {
          ...{ by: "federatedIdentity", issuer: "i", subject: "s" },
          others: [{ issuer: "i", subject: "t" }],
        },
      }),
      says: "erp: sign in with a token of i for t where it has that identity; the present ones go on working",
    },
    {
      title: "all of a new method at once",
      before: relaying({ egress: ["198.51.100.7"] }),
      after: submitting(),
      says: "erp: how to send (npm run pulumi -- stack output senders.erp --stack prod)",
    },
  ]) {
    it(title, () => assert.deepEqual(tellOf(senders({ erp: before }, { erp: after })), [says]));
  }

  it("a new sender's secret is not said to be beside another one", () => {
    const resources = [resource("ApplicationPassword", "relay-shop-secret-1", { after: {} })];
    assert.deepEqual(tellOf({ ...senders({}, { shop: submitting() }), resources }), [
      "shop: how to send (npm run pulumi -- stack output senders.shop --stack prod)",
      "shop: the new secret (npm run pulumi -- stack output secrets.shop --show-secrets --stack prod)",
    ]);
  });

  it("the host of a domain that moves there, before the records go", () => {
    const resources = [resource("SpfRecord", "relay-contoso.com-spf", { before: {} })];
    const external = { name: "contoso.com", retire: false, dns: { host: "external" as const } };
    const moved = { ...senders({}), resources, config: config({ domains: [external] }) };
    assert.deepEqual(tellOf(moved), [
      "the DNS of contoso.com: the records to publish there, before this is applied (npm run dns -- --stack prod)",
    ]);
    assert.deepEqual(tellOf({ ...moved, resources: [] }), []);
  });

  it("the web server that has to serve the policy of MTA-STS", () => {
    const after = { name: "_mta-sts.contoso.com", type: "TXT", purpose: "mta-sts" };
    const resources = [resource("DnsRecord", "relay-contoso.com-mta-sts", { after })];
    assert.deepEqual(tellOf({ ...senders({}), resources }), [
      "the web server of contoso.com: serve the policy at mta-sts.contoso.com/.well-known/mta-sts.txt, before this is applied",
    ]);
  });
});

describe("what an up waits for", () => {
  const signing = (given: Parameters<typeof resource>[2]) =>
    resource("DkimSigning", "relay-contoso.com-dkim", given);
  const missing = { outputs: { pending: "no CNAME" }, before: { a: 1 }, after: { a: 2 } };
  const record = (given: Parameters<typeof resource>[2]) =>
    resource("DnsRecord", "relay-contoso.com-dkim-selector1", given);

  it("what is new", () => {
    const { waits } = reviewOf({
      ...senders({}),
      resources: [signing({ after: {} })],
      config: config(),
    });
    assert.match(waits[0]?.text ?? "", /^DKIM: .* for at most 15 minutes/);
  });

  it("what is missing since the last one, unless this change sees to it", () => {
    const { waits, headline } = reviewOf({ ...senders({}), resources: [signing(missing)] });
    assert.deepEqual(waits, [{ who: "contoso.com", text: "missing since the last up: no CNAME" }]);
    assert.match(headline, /^nothing but what is missing since the last up; nothing stops/);
    const resources = [signing(missing), record({ after: {} })];
    assert.deepEqual(reviewOf({ ...senders({}), resources }).waits, []);
  });
});

describe("DMARC of a domain that a stack adopts", () => {
  for (const { before, stages } of [
    { before: "v=DMARC1; p=none", stages: [] },
    { before: "v=DMARC1; p=reject", stages: ["reject none"] },
    { before: "", stages: [" none"] },
  ]) {
    it(`whose record is "${before}"`, () => {
      const after = { domain: "contoso.com", before, after: "v=DMARC1; p=none" };
      const dns = { "contoso.com": { dmarc: { policy: "none" } } };
      const { dmarc } = reviewOf({
        outputs: { before: { senders: {}, dns: {} }, after: { senders: {}, dns } },
        resources: [resource("DmarcRecord", "relay-contoso.com-dmarc", { after })],
      });
      assert.deepEqual(
        dmarc.map((one) => `${one.before} ${one.after}`),
        stages,
      );
    });
  }
});

describe("what ends soon", () => {
  it("has what is announced for the senders", () =>
    assert.deepEqual(reviewOf({ announced: ["at the end of the year"] }).expiring, [
      "at the end of the year",
    ]));
});
