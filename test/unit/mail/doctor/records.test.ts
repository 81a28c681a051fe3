// What doctor says of a domain's records as several servers show them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type DomainView,
  judgeRecords,
  type LookedAtDomain,
  type SeenRecord,
} from "../../../../mail/doctor/network/records.ts";

const domain: LookedAtDomain = {
  name: "contoso.com",
  unmanaged: [],
  host: "cloudflare",
  stack: "prod",
  isUp: true,
};

const record = (
  purpose: SeenRecord["purpose"],
  name: string,
  content: string,
  change: Partial<SeenRecord> = {},
): SeenRecord => ({
  purpose,
  name,
  type: purpose === "dkim" ? "CNAME" : "TXT",
  content,
  state: "published",
  found: [content],
  problems: [],
  warnings: [],
  ...change,
});

const spf = (change?: Partial<SeenRecord>) =>
  record("spf", "contoso.com", "v=spf1 include:spf.protection.outlook.com -all", change);
const dmarc = (change?: Partial<SeenRecord>) =>
  record("dmarc", "_dmarc.contoso.com", "v=DMARC1; p=reject", change);
const dkim = (change?: Partial<SeenRecord>) =>
  record("dkim", "selector1._domainkey.contoso.com", "selector1-contoso.example", {
    keys: ["v=DKIM1; p=AA"],
    ...change,
  });

const problem = { key: "SPF of contoso.com", value: "+all", rule: "is open", fix: "close it" };
const gone: Partial<SeenRecord> = { state: "missing", found: [] };
const own = (...records: SeenRecord[]): DomainView => ({ server: "its own name servers", records });
const at = (server: string, ...records: SeenRecord[]): DomainView => ({ server, records });
const failed = (server: string, why: string): DomainView => ({ server, records: { failed: why } });
const SERVFAIL = "TXT contoso.com: queryTxt ESERVFAIL contoso.com";
const TIMEOUT = "TXT contoso.com: queryTxt ETIMEOUT contoso.com";

interface Case {
  readonly of: string;
  readonly domain?: Partial<LookedAtDomain>;
  readonly views: readonly DomainView[];
  /** Severity and what has to be said, of each finding. */
  readonly says: readonly (readonly [string, RegExp])[];
}

const CASES: readonly Case[] = [
  {
    of: "records that are right everywhere",
    views: [own(spf(), dkim(), dmarc()), at("1.1.1.1", spf(), dkim(), dmarc())],
    says: [["ok", /SPF, DKIM, DMARC are correct at its own name servers, 1\.1\.1\.1$/]],
  },
  {
    of: "a policy that comes from the domain above",
    views: [own(spf(), dmarc({ state: "inherited", content: "", found: [] }))],
    says: [["ok", /SPF, DMARC are correct/]],
  },
  {
    of: "a record that is gone at the name servers and in a cache still",
    views: [own(spf(), dmarc(gone)), at("1.1.1.1", spf(), dmarc())],
    says: [
      ["error", /TXT _dmarc\.contoso\.com should say "v=DMARC1; p=reject", but there is none/],
      ["warning", /: "v=DMARC1; p=reject" at 1\.1\.1\.1, but none at its own name servers$/],
      ["ok", /: SPF is correct/],
    ],
  },
  {
    of: "a record that two caches still have",
    views: [own(spf(), dmarc(gone)), at("1.1.1.1", spf(), dmarc()), at("8.8.8.8", spf(), dmarc())],
    says: [
      ["error", /but there is none/],
      ["warning", /: "v=DMARC1; p=reject" at 1\.1\.1\.1, 8\.8\.8\.8, but none at/],
      ["ok", /: SPF is correct/],
    ],
  },
  {
    of: "a CNAME to another key",
    views: [own(dkim({ state: "differs", found: ["old.example"], keys: undefined as never }))],
    says: [["error", /should say "selector1-contoso\.example", but it says "old\.example"/]],
  },
  {
    of: "CNAMEs to no key",
    views: [own(dkim({ keys: [] }))],
    says: [
      ["error", /there is no key at selector1-contoso\.example$/],
      ["ok", /DKIM/],
    ],
  },
  {
    of: "a broken record, and one that could be better",
    views: [own(spf({ problems: [problem] }), dmarc({ warnings: [{ ...problem, key: "DMARC" }] }))],
    says: [
      ["error", /^SPF of contoso\.com: "\+all" is open$/],
      ["warning", /^DMARC: "\+all" is open$/],
      ["ok", /: DMARC is correct/],
    ],
  },
  {
    of: "a lost record without which mail still works",
    views: [own(record("tls-rpt", "_smtp._tls.contoso.com", "v=TLSRPTv1; rua=x", gone))],
    says: [["warning", /TLS reporting of contoso\.com/]],
  },
  {
    of: "a target that nobody knows",
    views: [own(dkim({ content: "", state: "unknown", found: [], keys: undefined as never }))],
    says: [["unknown", /what CNAME selector1\._domainkey\.contoso\.com should say is not known/]],
  },
  {
    of: "records before the first up",
    domain: { isUp: false },
    views: [own(spf(gone), dmarc(gone))],
    says: [
      [
        "ok",
        /nothing is wrong with its records .*; not published yet: TXT contoso\.com, TXT _dmarc\.contoso\.com$/,
      ],
    ],
  },
  {
    of: "a policy that one mechanism alone keeps",
    domain: { unmanaged: ["dkim"] },
    views: [own(spf(), dmarc())],
    says: [
      ["warning", /^DKIM of contoso\.com: is off/],
      ["ok", /SPF, DMARC/],
    ],
  },
  {
    of: "a policy that acts on nothing",
    domain: { unmanaged: ["spf"] },
    views: [own(dkim(), dmarc({ content: "v=DMARC1; p=none" }))],
    says: [["ok", /DKIM, DMARC/]],
  },
  {
    of: "a resolver that checks DNSSEC and fails",
    views: [own(spf()), failed("1.1.1.1", SERVFAIL)],
    says: [
      ["error", /1\.1\.1\.1 can't resolve names of contoso\.com .*though its own name servers/],
      ["ok", /at its own name servers$/],
    ],
  },
  {
    of: "a resolver that is silent",
    views: [own(spf()), failed("8.8.8.8", TIMEOUT)],
    says: [
      ["unknown", /8\.8\.8\.8 did not answer/],
      ["ok", /at its own name servers$/],
    ],
  },
  {
    of: "name servers that are silent, and a resolver that is not",
    views: [failed("its own name servers", SERVFAIL), at("1.1.1.1", spf(gone))],
    says: [
      ["error", /but there is none at 1\.1\.1\.1/],
      ["unknown", /its own name servers did not answer/],
    ],
  },
  {
    of: "servers that are all silent",
    views: [failed("its own name servers", TIMEOUT), failed("1.1.1.1", SERVFAIL)],
    says: [
      ["unknown", /its own name servers did not answer/],
      ["unknown", /1\.1\.1\.1 did not answer/],
    ],
  },
];

describe("a domain's records as the world sees them", () => {
  for (const { of, domain: change, views, says } of CASES) {
    it(`judges ${of}`, () => {
      const findings = judgeRecords({ ...domain, ...change }, views);
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        says.map(([severity]) => severity),
        JSON.stringify(findings, null, 2),
      );
      for (const [index, [, words]] of says.entries())
        assert.match(findings[index]?.what ?? "", words);
    });
  }

  it("names the line to publish where the stack does not publish it", () => {
    const [finding] = judgeRecords({ ...domain, host: "external" }, [own(dmarc(gone))]);
    assert.ok(finding?.severity === "error");
    assert.match(
      finding.fix,
      /^publish TXT _dmarc\.contoso\.com "v=DMARC1; p=reject"; npm run dns/,
    );
    assert.equal(finding.resource, "TXT _dmarc.contoso.com");
  });
});

describe("the fix of a record that is missing", () => {
  const findingOf = (missing: SeenRecord) => judgeRecords(domain, [own(missing)])[0] ?? {};

  it("is an up, where the stack publishes the record", () =>
    assert.partialDeepStrictEqual(findingOf(spf(gone)), {
      fix: "publish it with npm run pulumi -- up --refresh --stack prod",
    }));
  it("leaves the MX record of the zone's own name to the zone's owner", () =>
    assert.partialDeepStrictEqual(
      findingOf(record("mx", "contoso.com", "contoso-com.mail.example", { ...gone, type: "MX" })),
      {
        fix: 'publish MX contoso.com "contoso-com.mail.example" in the zone, or run npm run pulumi -- up --refresh --stack prod if contoso.com is a name below the zone\'s',
      },
    ));
});
