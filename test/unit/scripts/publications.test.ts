// What `npm run dns` says of records that are published in another form, or broken.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Config } from "../../../config/read.ts";
import type { Resolve } from "../../../mail/dns/record.ts";
import type { SendingDomain } from "../../../mail/dns/sendingDomain.ts";
import { publicationsOf } from "../../../scripts/dns/publications.ts";

const DOMAIN = "contoso.com";
const EXCHANGE = "include:spf.protection.outlook.com";
const config: Config = {
  tenantId: "11111111-1111-1111-1111-111111111111",
  environment: "global",
  disposable: false,
  waitMinutes: 0,
  applicationAccess: "rbac",
  domains: [],
  senders: [],
};
const domain: SendingDomain = {
  name: DOMAIN,
  dns: { host: "external" },
  dkim: { records: "publish" },
  dmarc: {
    policy: "reject",
    rua: ["mailto:dmarc@contoso.com", "mailto:a@other.example"],
    adopt: false,
  },
  unmanaged: [],
  retire: false,
  mtaSts: { id: "20261123" },
  tlsRpt: { rua: ["mailto:tls@contoso.com"] },
};
const outputs = { dkim: [], mxHost: "contoso-com.mail.protection.outlook.com" };

/** What is published at a name, by type. */
type Zone = Readonly<Record<string, readonly string[]>>;

async function statesOf(zone: Zone, change: Partial<SendingDomain> = {}) {
  const published: Zone = {
    "MX contoso.com": ["contoso-com.mail.protection.outlook.com"],
    "TXT spf.protection.outlook.com": ["v=spf1 ip4:192.0.2.0/24 -all"],
    ...zone,
  };
  const resolve: Resolve = async (name, type) => {
    const records = published[`${type} ${name}`];
    return records === undefined ? { status: "nodata" } : { status: "found", records };
  };
  const all = await publicationsOf({ ...domain, ...change }, config, outputs, resolve);
  return new Map(all.filter(({ type }) => type !== "MX").map((one) => [one.name, one]));
}

describe("npm run dns, of what is published", () => {
  it("compares by meaning", async () => {
    const states = await statesOf({
      "TXT contoso.com": ["MS=ms1", "V=SPF1 +Include:SPF.Protection.Outlook.com. -ALL"],
      "TXT _dmarc.contoso.com": [
        "v=DMARC1;rua=mailto:A@other.example,MAILTO:dmarc@contoso.com!10m;p=Reject;sp=reject;",
      ],
      "TXT contoso.com._report._dmarc.other.example": ["v=DMARC1;"],
      "TXT _mta-sts.contoso.com": ["v=STSv1;id=20261123"],
      "TXT _smtp._tls.contoso.com": ["v=TLSRPTv1;rua=mailto:TLS@contoso.com,mailto:a@b.example"],
    });
    const txt = [...states.values()].filter(({ type }) => type === "TXT");
    assert.deepEqual(
      txt.map(({ state, problems }) => [state, problems]),
      txt.map(() => ["published", []]),
    );
    assert.equal(txt.length, 5);
  });

  it("says what is broken, and what receivers pass over", async () => {
    const states = await statesOf({
      "TXT contoso.com": ['"v=spf1 mx -all"'],
      "TXT _dmarc.contoso.com": ["v=DMARC1; p=reject; pct=50", " v=DMARC1; p=none"],
      "TXT _mta-sts.contoso.com": ["v=STSv1"],
      "TXT _smtp._tls.contoso.com": ["v=tlsrptv1; rua=mailto:tls@contoso.com"],
    });
    const saidOf = (name: string) => {
      const { state, problems = [], warnings = [] } = states.get(name) ?? {};
      return { state, problems: problems.join("\n"), warnings: warnings.join("\n") };
    };
    const spf = saidOf(DOMAIN);
    assert.equal(spf.state, "unknown");
    assert.match(spf.problems, /has quotation marks .* change it to "v=spf1 mx -all"$/);
    const dmarc = saidOf(`_dmarc.${DOMAIN}`);
    assert.deepEqual([dmarc.state, dmarc.problems], ["differs", ""]);
    assert.match(dmarc.warnings, /"pct=50" is not a tag of DMARC any more/);
    assert.match(dmarc.warnings, /" v=DMARC1; p=none" has white space around it/);
    assert.match(
      saidOf(`_mta-sts.${DOMAIN}`).problems,
      /has no id, so senders see no MTA-STS policy/,
    );
    assert.match(
      saidOf(`_smtp._tls.${DOMAIN}`).problems,
      /so senders see no TLSRPT record; change it/,
    );
  });

  it("says what a subdomain's record inherits", async () => {
    const name = `mail.${DOMAIN}`;
    const states = await statesOf(
      { "TXT _dmarc.contoso.com": ["v=DMARC1; p=reject; adkim=s"] },
      { name, dmarc: { rua: ["mailto:dmarc@contoso.com"], adopt: false } },
    );
    const { content, inherits } = states.get(`_dmarc.${name}`) ?? {};
    assert.equal(content, "v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com; adkim=s");
    assert.equal(inherits, "p=reject; adkim=s from _dmarc.contoso.com");
  });

  it("looks for a record among others of its name", async () => {
    const states = await statesOf({
      "TXT _dmarc.contoso.com": ["v=spf1 -all"],
      "TXT contoso.com": [`v=spf1 ${EXCHANGE} ~all`],
    });
    assert.equal(states.get(`_dmarc.${DOMAIN}`)?.state, "missing");
    assert.equal(states.get(DOMAIN)?.state, "published");
  });
});
