import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isPublished, recordsFor } from "../../../../mail/dns/published.ts";

type Purpose = Parameters<typeof isPublished>[0];

const STS = "v=STSv1; id=20261123;";
const RPT = "v=TLSRPTv1; rua=mailto:tls@contoso.com";
const DMARC = "v=DMARC1; p=reject; rua=mailto:a@b.com";
const CNAME = "selector1-contoso-com._domainkey.contoso.a-v1.dkim.mail.microsoft";

describe("a needed record", () => {
  const same: [Purpose, needed: string, found: string[]][] = [
    ["spf", "v=spf1 -all", ["MS=ms1", "v=spf1 -all"]],
    ["dmarc", DMARC, ["v=DMARC1;rua=MAILTO:A@B.com;p=Reject;sp=reject;", "hello"]],
    ["reports", "v=DMARC1", ["v=DMARC1;"]],
    ["reports", "v=DMARC1", ["v=spf1 -all", "v=DMARC1; rua=mailto:x@y.com", "v=DMARC1"]],
    ["mta-sts", STS, ["v=STSv1;id=20261123"]],
    ["mta-sts", STS, ["hello", "v=STSv1; x=y ; id=20261123 ;"]],
    ["tls-rpt", RPT, ["v=TLSRPTv1;rua=mailto:tls@contoso.com"]],
    ["tls-rpt", RPT, ["v=TLSRPTv1; rua=MAILTO:TLS@contoso.com;"]],
    ["tls-rpt", RPT, ["v=TLSRPTv1; rua=https://contoso.com/r , mailto:tls@contoso.com", "v=spf1"]],
    ["dkim", CNAME, [CNAME.toUpperCase()]],
    ["mx", "Contoso-com.mail.protection.outlook.com.", ["contoso-com.mail.protection.outlook.com"]],
  ];
  for (const [purpose, needed, found] of same) {
    it(`for ${purpose} is published as ${JSON.stringify(found)}`, () =>
      assert.equal(isPublished(purpose, needed, found), true));
  }
  const others: [Purpose, needed: string, found: string[]][] = [
    ["spf", "v=spf1 -all", ["v=spf1 mx -all"]],
    ["spf", "v=spf1 -all", ["v=spf1 -all", "v=spf1 -all"]],
    ["dmarc", DMARC, [DMARC, DMARC]],
    ["dmarc", DMARC, ["v=DMARC1; p=reject"]],
    ["dmarc", DMARC, [DMARC.toLowerCase()]],
    ["reports", "v=DMARC1", ["v=spf1 -all"]],
    ["mta-sts", STS, [STS, STS]],
    ["mta-sts", STS, ["v=STSv1; id=20261124"]],
    ["mta-sts", STS, ["v=STSv1; ID=20261123"]],
    ["mta-sts", STS, [STS.toLowerCase()]],
    ["tls-rpt", RPT, ["v=TLSRPTv1; rua=mailto:other@contoso.com"]],
    ["tls-rpt", RPT, ["v=TLSRPTv1"]],
    ["tls-rpt", RPT, [` ${RPT}`]],
    ["dkim", CNAME, []],
    ["dkim", CNAME, ["other.example"]],
  ];
  for (const [purpose, needed, found] of others) {
    it(`for ${purpose} is not published as ${JSON.stringify(found)}`, () =>
      assert.equal(isPublished(purpose, needed, found), false));
  }
  it("is looked for among those of its kind", () =>
    assert.deepEqual(recordsFor("dmarc", ["hello", DMARC, "v=spf1"]), [DMARC]));
});
