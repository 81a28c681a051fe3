import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type KnownZone,
  placementProblems,
  takenProblems,
} from "../../../../mail/dns/placement.ts";
import type { DnsRecord } from "../../../../mail/dns/record.ts";
import { sentence } from "../../../../mail/problem.ts";

type Placed = Parameters<typeof placementProblems>[1][number];

const SHOP: readonly Placed[] = [
  { name: "shop.d.example", purpose: "spf" },
  { name: "shop.d.example", purpose: "mx" },
  { name: "selector1._domainkey.shop.d.example", purpose: "dkim" },
  { name: "selector2._domainkey.shop.d.example", purpose: "dkim" },
  { name: "_dmarc.shop.d.example", purpose: "dmarc" },
  { name: "_mta-sts.shop.d.example", purpose: "mta-sts" },
  { name: "_smtp._tls.shop.d.example", purpose: "tls-rpt" },
];
const MX: DnsRecord = { name: "shop.d.example", type: "MX", content: "mail.d.example" };

function problemsOf(
  records: readonly DnsRecord[],
  placed = SHOP,
  overrideWildcard = false,
  more: Partial<KnownZone> = {},
): string[] {
  const zone = { name: "d.example", records, ...more };
  return placementProblems({ domain: "shop.d.example", overrideWildcard }, placed, zone).map(
    sentence,
  );
}

const record = (type: string, name: string, content: string): DnsRecord => ({
  type,
  name,
  content,
});

describe("a wildcard", () => {
  const wild = [
    record("A", "*.d.example", "192.0.2.1"),
    record("MX", "*.d.example", "mail.d.example"),
    record("TXT", "*.d.example", '"v=spf1 -all"'),
  ];

  it("that serves a name of ours is told with all that it no longer serves", () =>
    assert.deepEqual(problemsOf(wild), [
      'shop.d.example: "*.d.example" serves this name and every name below it only until a record exists there (RFC 4592): A 192.0.2.1, MX mail.d.example, TXT v=spf1 -all would no longer be served; create these records at shop.d.example and *.shop.d.example first, or set overrideWildcard: true in dns of the domain',
    ]));

  it("is accepted with overrideWildcard", () => assert.deepEqual(problemsOf(wild, SHOP, true), []));

  it("does not serve a name that exists, if only by a name below it", () => {
    assert.deepEqual(problemsOf([...wild, MX]), []);
    assert.deepEqual(problemsOf([...wild, record("A", "a.b.shop.d.example", "192.0.2.2")]), []);
  });

  it("is followed by records that pass: its own at the name, or addresses for a CNAME", () => {
    const copied = ["shop.d.example", "*.shop.d.example"].flatMap((name) =>
      wild.map((one) => ({ ...one, name })),
    );
    assert.deepEqual(problemsOf([...wild, ...copied]), []);
    const alias = record("CNAME", "*.d.example", "Sites.example.");
    assert.match(
      problemsOf([alias])[0] ?? "",
      /CNAME Sites\.example\. would no.*; create A and AAAA records with the addresses of sites\.example at shop\.d\.example and/,
    );
  });

  it("of a name between is told by the uppermost name that comes to exist", () => {
    const deep = SHOP.map(({ name, purpose }) => ({
      name: name.replace("shop.d.", "shop.eu.d."),
      purpose,
    }));
    assert.match(problemsOf(wild, deep).join(), /^eu\.d\.example: "\*\.d\.example" serves/);
    const nearer = [...wild, record("A", "*.eu.d.example", "192.0.2.3")];
    assert.match(problemsOf(nearer, deep).join(), /^shop\.eu\.d\.example: .*A 192\.0\.2\.3 would/);
  });

  it("that only serves names with an underscore is overridden in silence", () => {
    const apex = SHOP.map(({ name, purpose }) => ({
      name: name.replace("shop.d.", "d."),
      purpose,
    }));
    assert.deepEqual(problemsOf(wild, apex), []);
    const below = [record("A", "*.shop.d.example", "192.0.2.1"), MX];
    assert.deepEqual(problemsOf(below), []);
  });

  it("that serves the host that gets reports is told too", () => {
    const name = "shop.d.example._report._dmarc.reports.d.example";
    assert.match(
      problemsOf(wild, [{ name, purpose: "reports" }]).join(),
      /^reports\.d\.example: "\*\.d\.example" serves/,
    );
  });

  it("shows long contents cut", () =>
    assert.match(
      problemsOf([record("TXT", "*.d.example", `"${"x".repeat(300)}"`)]).join(),
      /TXT x{57}\.\.\. would/,
    ));
});

describe("a CNAME at the sending name", () => {
  const alias = record("CNAME", "shop.d.example", "Shops.Example.");

  it("is refused once, as nothing beside it is found", () =>
    assert.deepEqual(problemsOf([alias]), [
      'shop.d.example: "CNAME shops.example" is all that resolvers read at this name, so that a TXT or MX record beside it is not found (RFC 1034 section 3.6.2); replace it by A and AAAA records with the addresses of its target',
    ]));

  it("is no problem where the host answers with addresses in its place", () =>
    assert.deepEqual(problemsOf([alias], SHOP, false, { isFlattened: () => true }), []));

  it("is refused at the name of a report authorisation too", () => {
    const name = "shop.d.example._report._dmarc.d.example";
    assert.match(
      problemsOf([record("CNAME", name, "a.example")], [{ name, purpose: "reports" }]).join(),
      /remove it, or remove the address from rua$/,
    );
  });
});

describe("a delegation", () => {
  const ns = (name: string) => [
    record("NS", name, "ns1.other.example"),
    record("NS", name, "ns2.other.example"),
  ];

  for (const name of ["shop.d.example", "eu.d.example"]) {
    it(`at ${name} hides all records of a domain in it`, () => {
      const below = SHOP.map((one) => ({
        ...one,
        name: one.name.replace("shop.d.example", `s.${name}`),
      }));
      const placed = name === "shop.d.example" ? SHOP : below;
      assert.deepEqual(problemsOf(ns(name), placed), [
        `${name}: "NS ns1.other.example, ns2.other.example" delegates this name to other name servers, so that records of shop.d.example in the zone d.example are not served to anybody; set dns: {host: external} for the domain and publish what npm run dns lists at those name servers, or remove the NS records`,
      ]);
    });
  }

  for (const [name, fix] of [
    ["_domainkey.shop.d.example", /publish the two DKIM CNAME .* dkim: \{records: published\}/],
    ["selector1._domainkey.shop.d.example", /dkim: \{records: published\}/],
    ["_tls.shop.d.example", /remove mtaSts and tlsRpt from the domain/],
  ] as const) {
    it(`at ${name} is left with what hides there elsewhere`, () => {
      const [problem = "", ...others] = problemsOf([...ns(name), MX]);
      assert.match(problem, fix);
      assert.deepEqual(others, []);
      const isHidden = (record: Placed) => record.name === name || record.name.endsWith(`.${name}`);
      const followed = SHOP.filter((record) => !isHidden(record));
      assert.deepEqual(problemsOf([...ns(name), MX], followed), []);
    });
  }

  it("to Cloudflare's own name servers may be a zone that the token does not see", () =>
    assert.match(
      problemsOf([record("NS", "shop.d.example", "ada.ns.cloudflare.com")]).join(),
      /; give the token the zone shop\.d\.example at Cloudflare, or set dns: \{host: external\}/,
    ));

  it("at the apex, beside or below our names is nobody's problem, nor one at _dmarc, which is the DMARC record's", () => {
    for (const name of [
      "d.example",
      "other.d.example",
      "x.shop.d.example",
      "_dmarc.shop.d.example",
    ])
      assert.deepEqual(problemsOf([...ns(name), MX]), []);
  });

  it("by DNAME hides what is below its name and nothing at it", () => {
    const [problem = "", ...others] = problemsOf([record("DNAME", "shop.d.example", "e.example")]);
    assert.match(
      problem,
      /"DNAME e\.example" redirects every name below this one, so that records/,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      problemsOf([record("DNAME", "shop.d.example", "e.example")], SHOP.slice(0, 2)),
      [],
    );
  });
});

describe("takenProblems", () => {
  const name = "selector1._domainkey.d.example";
  const wanted = { name, type: "CNAME", purpose: "dkim", content: "s1.a-v1.dkim.example" } as const;
  const taken = (records: readonly DnsRecord[], content: string | undefined = wanted.content) =>
    takenProblems({ owner: "p/s" }, { ...wanted, content }, records).map(sentence);
  const theirs = record("CNAME", name, "other.example");

  it("refuses what somebody else has where one of ours is to stand alone", () =>
    assert.deepEqual(taken([theirs]), [
      `${name}: "CNAME other.example" is a record that somebody else created; set dkim: {records: published} for the domain to leave the record as it is, or remove the record`,
    ]));

  it("passes what is marked as ours, and names the stack whose mark stands there", () => {
    assert.deepEqual(taken([{ ...theirs, comment: "Managed by Pulumi: p/s" }]), []);
    assert.match(
      taken([{ ...theirs, comment: "Managed by Pulumi: p/t" }]).join(),
      /belongs to the stack p\/t/,
    );
  });

  it("passes a single record that says the same, however it is written", () => {
    const same = { ...theirs, content: "S1.A-v1.dkim.example." };
    assert.deepEqual(taken([same]), []);
    assert.equal(taken([same, record("TXT", name, '"v=DKIM1; p="')]).length, 2);
    assert.equal(taken([same], "").length, 1);
  });

  it("passes a record for MTA-STS that says the same in another form", () => {
    const at = {
      name: "x.d.example",
      type: "TXT",
      purpose: "mta-sts",
      content: "v=STSv1; id=1;",
    } as const;
    const judge = (text: string) =>
      takenProblems({ owner: "p/s" }, at, [record("TXT", at.name, text)]);
    assert.deepEqual(judge('"v=STSv1;id=1"'), []);
    assert.equal(judge('"v=STSv1;id=2"').length, 1);
  });

  it("says what keeps a record for MTA-STS or TLSRPT from having an effect", () => {
    const refused = (purpose: "mta-sts" | "tls-rpt", text: string) => {
      const at = { name: "x.d.example", type: "TXT", purpose, content: "wanted" } as const;
      return takenProblems({ owner: "p/s" }, at, [record("TXT", at.name, text)]).map(sentence);
    };
    const fix = "remove it, as it has no effect, so that the stack can publish its own";
    assert.deepEqual(refused("mta-sts", '"v=STSv1; id=a-b"'), [
      `x.d.example: "TXT v=STSv1; id=a-b" is a record that somebody else created, and has the id "a-b", which is not valid, so senders see no MTA-STS policy; ${fix}`,
    ]);
    assert.match(
      refused("tls-rpt", '" v=TLSRPTv1; rua=mailto:a@b.example"').join(),
      /created, and has white space around it, so senders see no TLSRPT record; remove it/,
    );
    assert.match(
      refused("tls-rpt", '"v=TLSRPTv1; rua=mailto:a@b.example"').join(),
      /remove mtaSts/,
    );
  });

  it("says nothing of names that several may share", () =>
    assert.deepEqual(takenProblems({ owner: "p/s" }, { ...wanted, purpose: "spf" }, [theirs]), []));
});
