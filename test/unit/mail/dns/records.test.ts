import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exclusiveNames, recordsOf } from "../../../../mail/dns/records.ts";
import type { SendingDomain } from "../../../../mail/dns/sendingDomain.ts";

const domain: SendingDomain = {
  name: "mail.contoso.com",
  dns: { host: "cloudflare" },
  dkim: { records: "publish" },
  dmarc: { rua: ["mailto:a@fabrikam.com", "mailto:b@reports.contoso.com"], adopt: false },
  mtaSts: { id: "20261123" },
  tlsRpt: { rua: ["mailto:tls@contoso.com"] },
};
const facts = {
  dkimTargets: ["one.example", "two.example"],
  mxHost: "mx.example",
  zones: ["contoso.com"],
} as const;

describe("recordsOf", () => {
  it("lists every record of a domain that asks for everything", () =>
    assert.deepEqual(
      recordsOf(domain, facts).map(({ id, name, type, content }) => [id, name, type, content]),
      [
        ["spf", "mail.contoso.com", "TXT", undefined],
        ["dkim-selector1", "selector1._domainkey.mail.contoso.com", "CNAME", "one.example"],
        ["dkim-selector2", "selector2._domainkey.mail.contoso.com", "CNAME", "two.example"],
        ["dmarc", "_dmarc.mail.contoso.com", "TXT", undefined],
        ["mx", "mail.contoso.com", "MX", "mx.example"],
        [
          "reports-to-fabrikam.com",
          "mail.contoso.com._report._dmarc.fabrikam.com",
          "TXT",
          "v=DMARC1",
        ],
        ["mta-sts", "_mta-sts.mail.contoso.com", "TXT", "v=STSv1; id=20261123;"],
        ["tls-rpt", "_smtp._tls.mail.contoso.com", "TXT", "v=TLSRPTv1; rua=mailto:tls@contoso.com"],
      ],
    ));

  it("lists SPF, DKIM, DMARC and MX of a domain that asks for nothing", () =>
    assert.deepEqual(
      recordsOf(
        {
          name: domain.name,
          dns: domain.dns,
          dkim: domain.dkim,
          dmarc: { rua: [], adopt: false },
        },
        facts,
      ).map(({ purpose }) => purpose),
      ["spf", "dkim", "dkim", "dmarc", "mx"],
    ));
});

describe("exclusiveNames", () => {
  const dkim = ["selector1._domainkey.mail.contoso.com", "selector2._domainkey.mail.contoso.com"];
  const receiving = ["_mta-sts.mail.contoso.com", "_smtp._tls.mail.contoso.com"];

  it("are those at which two records make both of no effect", () =>
    assert.deepEqual(exclusiveNames(domain), [...dkim, ...receiving]));

  it("are not those of DKIM records that are published already", () =>
    assert.deepEqual(exclusiveNames({ ...domain, dkim: { records: "published" } }), receiving));

  it("are those of the records that a domain asks for", () => {
    const { mtaSts: _, ...withoutMtaSts } = domain;
    assert.deepEqual(exclusiveNames(withoutMtaSts), [...dkim, receiving[1]]);
  });
});
