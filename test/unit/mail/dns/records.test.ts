import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placedRecords, recordsOf } from "../../../../mail/dns/records.ts";
import type { SendingDomain } from "../../../../mail/dns/sendingDomain.ts";

const domain: SendingDomain = {
  name: "mail.contoso.com",
  dns: { host: "cloudflare" },
  dkim: { records: "publish" },
  dmarc: { rua: ["mailto:a@fabrikam.com", "mailto:b@reports.contoso.com"], adopt: false },
  unmanaged: [],
  retire: false,
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
          unmanaged: [],
          retire: false,
        },
        facts,
      ).map(({ purpose }) => purpose),
      ["spf", "dkim", "dkim", "dmarc", "mx"],
    ));
});

describe("placedRecords", () => {
  const [contoso, mail] = [{ name: "contoso.com" }, { name: "mail.contoso.com" }];
  const purposes = (change: Partial<SendingDomain>, zones = [contoso], covered = false) =>
    placedRecords({ ...domain, ...change }, zones, covered).map(({ purpose }) => purpose);
  const all = ["spf", "dkim", "dkim", "dmarc", "mx", "mta-sts", "tls-rpt"];

  it("are those of the stack's own zone, with the content that is known", () => {
    assert.deepEqual(purposes({}), all);
    const [sts] = placedRecords(domain, [contoso], false).slice(-2);
    assert.deepEqual(sts, {
      zone: contoso,
      name: "_mta-sts.mail.contoso.com",
      type: "TXT",
      purpose: "mta-sts",
      content: "v=STSv1; id=20261123;",
    });
  });

  it("are without DKIM records that are published already, a DMARC record above, and an apex's MX", () => {
    const without = (...left: string[]) => all.filter((purpose) => !left.includes(purpose));
    assert.deepEqual(purposes({ dkim: { records: "published" } }), without("dkim"));
    assert.deepEqual(purposes({}, [contoso], true), without("dmarc"));
    assert.deepEqual(purposes({}, [contoso, mail]), without("mx"));
  });

  it("of a domain elsewhere are those in the zones of those who get its reports", () => {
    const external = { dns: { host: "external" } } as const;
    const fabrikam = { name: "fabrikam.com" };
    assert.deepEqual(purposes(external), []);
    const [reports, ...others] = placedRecords(
      { ...domain, ...external },
      [contoso, fabrikam],
      false,
    );
    assert.deepEqual([reports?.zone, reports?.purpose, others], [fabrikam, "reports", []]);
  });
});
