import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type OtherService,
  publicKeyProblem,
  selectorProblem,
  selectorTargetProblem,
  serviceTermProblem,
} from "../../../../mail/dns/otherServices.ts";
import { isPublished } from "../../../../mail/dns/published.ts";
import { placedRecords, recordsOf } from "../../../../mail/dns/records.ts";
import type { SendingDomain } from "../../../../mail/dns/sendingDomain.ts";
import { domainTerms } from "../../../../mail/dns/spf/domainTerms.ts";
import { withdrawSpf } from "../../../../mail/dns/spf/merge.ts";
import { planSpf } from "../../../../mail/dns/spf/plan.ts";

const KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const EXCHANGE = "include:spf.protection.outlook.com";
const crm: OtherService = {
  ...{ name: "crm", spf: ["include:SPF.crm.example", "ip4:198.51.100.7"] },
  dkim: [{ selector: "K1", target: "k1.Crm.example." }],
};
const news: OtherService = {
  ...{ name: "news", spf: ["include:spf.crm.example", "a:out.news.example"] },
  dkim: [{ selector: "n", publicKey: KEY }],
};
const termsOf = (...otherServices: OtherService[]) =>
  domainTerms({ name: "contoso.com", otherServices }, { environment: "global", senders: [] });

describe("rules of another service", () => {
  const fine: [rule: (key: string, value: string) => unknown, values: string[]][] = [
    [
      serviceTermProblem,
      [
        "include:servers.mcsv.net",
        "ip4:192.0.2.0/24",
        "ip6:2001:db8::1",
        "mx",
        "exists:%{i}.spf.crm.example",
        "+a:crm.example",
      ],
    ],
    [selectorProblem, ["k1", "s1.crm", "20240101", "mte1", "a_b"]],
    [selectorTargetProblem, ["dkim.mcsv.net", "s1._domainkey.crm.example.", "a-b.c_d.example"]],
    [publicKeyProblem, [KEY, KEY.replace("v=DKIM1; ", "")]],
  ];
  for (const [rule, values] of fine) {
    for (const value of values) {
      it(`${rule.name} lets "${value}" pass`, () => assert.equal(rule("key", value), undefined));
    }
  }
  const wrong: [rule: (key: string, value: string) => unknown, values: string[]][] = [
    [
      serviceTermProblem,
      ["", "servers.mcsv.net", "all", "-ip4:192.0.2.1", "redirect=crm.example", "v=spf1 a", "a b"],
    ],
    [selectorProblem, ["", "-a", "a.", "k1._domainkey", "Selector2"]],
    [selectorTargetProblem, ["", "crm", "-a.example", "a..example", "https://crm.example"]],
    [publicKeyProblem, ["", "p=", "k=rsa", "dkim.mcsv.net"]],
  ];
  for (const [rule, values] of wrong) {
    for (const value of values) {
      it(`${rule.name} refuses "${value}"`, () => assert.notEqual(rule("key", value), undefined));
    }
  }
});

describe("the DNS of other services", () => {
  it("is in the terms of SPF, each once, whatever their order", () => {
    const terms = [EXCHANGE, "a:out.news.example", "include:spf.crm.example", "ip4:198.51.100.7"];
    assert.deepEqual(termsOf(crm, news), terms);
    assert.deepEqual(termsOf(news, crm), terms);
  });

  it("counts in SPF's look-ups before anything is written: ten pass, eleven are refused", async () => {
    const planned = (count: number) => {
      const spf = Array.from({ length: count }, (_, index) => `include:s${index}.crm.example`);
      const request = { owner: "p/s", domain: "contoso.com", terms: termsOf({ ...crm, spf }) };
      return planSpf(request, [], async () => ({ status: "found", records: ["v=spf1 -all"] }));
    };
    assert.deepEqual((await planned(9)).problems, []);
    const [problem] = (await planned(10)).problems;
    assert.equal(problem?.value, 11);
    assert.match(problem?.rule ?? "", /^look-ups exceed the limit of 10/);
  });

  it("leaves terms that are there already as they are, and takes away with a service what was added for it alone", async () => {
    const resolve = async () => ({ status: "found", records: ["v=spf1 -all"] }) as const;
    const owners = '"v=spf1 include:Spf.Crm.example mx -all"';
    const record = { type: "TXT", name: "contoso.com", content: owners } as const;
    const request = { owner: "p/s", domain: "contoso.com" };
    const first = await planSpf({ ...request, terms: termsOf(crm) }, [record], resolve);
    assert.equal(first.text, `v=spf1 include:Spf.Crm.example mx ${EXCHANGE} ip4:198.51.100.7 -all`);
    assert.deepEqual(first.added, [EXCHANGE, "ip4:198.51.100.7"]);
    const now = { ...record, content: `"${first.text}"` };
    const second = await planSpf({ ...request, terms: termsOf() }, [now], resolve, first.added);
    assert.equal(second.text, `v=spf1 include:Spf.Crm.example mx ${EXCHANGE} -all`);
    assert.equal(
      withdrawSpf(second.text, second.added, false),
      "v=spf1 include:Spf.Crm.example mx -all",
    );
  });

  it("is a record for each selector, whose id keeps when others come, go or get another name", () => {
    const facts = { dkimTargets: ["", ""], mxHost: "", zones: [] } as const;
    const domain: SendingDomain = {
      ...{ name: "contoso.com", dns: { host: "cloudflare" }, dkim: { records: "published" } },
      ...{ dmarc: { rua: [], adopt: false }, unmanaged: [], retire: false },
    };
    const idsOf = (...otherServices: OtherService[]) =>
      recordsOf<string>({ ...domain, otherServices }, facts)
        .filter(({ purpose }) => purpose === "service-dkim")
        .map(({ id, name, type, content }) => [id, name, type, content]);
    const k1 = ["dkim-k1", "k1._domainkey.contoso.com", "CNAME", "k1.crm.example"];
    const n = ["dkim-n", "n._domainkey.contoso.com", "TXT", KEY];
    assert.deepEqual(idsOf(crm, news), [k1, n]);
    assert.deepEqual(idsOf({ ...news, name: "mail" }), [n]);
    // Exchange's own are published elsewhere then, and these are not.
    const zone = { name: "contoso.com" };
    assert.deepEqual(
      placedRecords({ ...domain, otherServices: [crm] }, [zone], false).map(({ name }) => name),
      ["contoso.com", "_dmarc.contoso.com", "k1._domainkey.contoso.com"],
    );
  });

  it("is published where a record lets the same key pass, in whatever form", () => {
    const same = KEY.replace("v=DKIM1; ", "").replace("p=", "p= ");
    const other = KEY.replace("p=11q", "p=11Q");
    assert.equal(isPublished("service-dkim", KEY, [same]), true);
    assert.equal(isPublished("service-dkim", KEY, [other]), false);
    assert.equal(isPublished("service-dkim", "k1.crm.example", ["K1.crm.example."]), true);
    assert.equal(isPublished("service-dkim", "k1.crm.example", ["k2.crm.example"]), false);
  });
});
