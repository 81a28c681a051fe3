// What `npm run dns` says of names where a record can't stand, or that a wildcard serves, by what public DNS shows.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "../../../config/read.ts";
import type { Answer, RecordType, Resolve } from "../../../mail/dns/record.ts";
import { publicationsOf } from "../../../scripts/dns/publications.ts";
import { goodConfig } from "../../badConfigs.ts";

const DOMAIN = "shop.contoso.com";

/** Public DNS with these records. A name of `*` serves every name below that has no records at or under it. */
function dnsWith(
  records: readonly (readonly [name: string, type: RecordType, content: string])[],
): Resolve {
  const isAtOrUnder = (name: string, above: string) => name === above || name.endsWith(`.${above}`);
  const exchange = "v=spf1 ip4:40.92.0.0/15 -all";
  return async (name, type): Promise<Answer> => {
    if (name === "spf.protection.outlook.com") return { status: "found", records: [exchange] };
    if (type === "NS" && name === "contoso.com")
      return { status: "found", records: ["ns.example"] };
    const isThere = (at: string) => records.some(([one]) => isAtOrUnder(one, at));
    const exists = isThere(name);
    let encloser = name;
    while (encloser.includes(".") && !isThere(encloser))
      encloser = encloser.replace(/^[^.]*\./, "");
    const wild = records.filter(([one]) => one === `*.${encloser}`);
    const there = exists ? records.filter(([one]) => one === name) : wild;
    if (!exists && there.length === 0) return { status: "nxdomain" };
    const found = there.filter(([, one]) => one === type).map(([, , content]) => content);
    return found.length > 0 ? { status: "found", records: found } : { status: "nodata" };
  };
}

async function publicationsAt(records: Parameters<typeof dnsWith>[0], change: object = {}) {
  const raw = goodConfig();
  raw["m365-smtp-relay:domains"] = [
    { name: "contoso.com" },
    {
      name: DOMAIN,
      dns: { host: "external" },
      mtaSts: { id: "1" },
      dmarc: { policy: "none" },
      ...change,
    },
  ];
  const text = Object.entries(raw).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const config = readConfig(Object.fromEntries(text), "test");
  const domain = config.domains.find(({ name }) => name.startsWith("shop."));
  const all = await publicationsOf(domain ?? assert.fail(), config, undefined, dnsWith(records));
  return {
    all,
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

describe("npm run dns", () => {
  it("says in the preview's words what a wildcard no longer serves, and lists the MX that is then missing", async () => {
    const wild = [
      ["*.contoso.com", "A", "192.0.2.1"],
      ["*.contoso.com", "MX", "mail.contoso.com"],
    ] as const;
    const { all, problems } = await publicationsAt(wild);
    assert.deepEqual(problems, [
      'shop.contoso.com: "*.contoso.com" serves this name and every name below it only until a record exists there (RFC 4592): A 192.0.2.1, MX mail.contoso.com would no longer be served; create these records at shop.contoso.com and *.shop.contoso.com first, or set overrideWildcard: true in dns of the domain',
    ]);
    assert.ok(all.some(({ type }) => type === "MX"));
    const dns = { host: "external", overrideWildcard: true };
    assert.deepEqual((await publicationsAt(wild, { dns })).problems, []);
    const followed = wild.flatMap(([, type, content]) => [
      [DOMAIN, type, content] as const,
      [`*.${DOMAIN}`, type, content] as const,
    ]);
    const other = [[DOMAIN, "TXT", "site"] as const];
    assert.deepEqual((await publicationsAt([...wild, ...followed, ...other])).problems, []);
  });

  it("names the wildcard that serves a name two levels below, and the uppermost name that comes to exist", async () => {
    const deep = { name: "shop.eu.contoso.com", dns: { host: "external" }, dmarc: {} };
    const wild = ["*.contoso.com", "A", "192.0.2.1"] as const;
    const judge = async (...more: Parameters<typeof dnsWith>[0]) =>
      (await publicationsAt([wild, ...more], deep)).problems.map((one) => one.split(" serves")[0]);
    assert.deepEqual(await judge(), ['eu.contoso.com: "*.contoso.com"']);
    assert.deepEqual(await judge(["eu.contoso.com", "A", "192.0.2.2"]), []);
    const nearer = ["*.eu.contoso.com", "A", "192.0.2.3"] as const;
    assert.deepEqual(await judge(nearer), ['shop.eu.contoso.com: "*.eu.contoso.com"']);
  });

  it("plans the records that the stack would make where a wildcard serves others", async () => {
    const accepted = { dns: { host: "external", overrideWildcard: true } };
    for (const texts of [["v=spf1 -all"], ["v=spf1 -all", "v=spf1 mx -all"]]) {
      const wild = texts.map((text) => ["*.contoso.com", "TXT", text] as const);
      const { all, problems, warnings } = await publicationsAt(
        [...wild, ["*.contoso.com", "MX", ""]],
        accepted,
      );
      const [spf] = all;
      assert.deepEqual(
        [spf?.state, spf?.content, spf?.found],
        ["missing", "v=spf1 include:spf.protection.outlook.com ~all", []],
      );
      assert.deepEqual(all.find(({ type }) => type === "MX")?.found, []);
      assert.deepEqual([problems, warnings], [[], []]);
    }
    const same = ["TXT", "v=spf1 include:spf.protection.outlook.com ~all"] as const;
    const { all } = await publicationsAt(
      [
        ["*.contoso.com", ...same],
        [DOMAIN, ...same],
      ],
      accepted,
    );
    assert.equal(all[0]?.state, "published");
  });

  it("refuses a CNAME at the sending name, at _dmarc and at _mta-sts in the preview's words", async () => {
    const { problems } = await publicationsAt([
      [DOMAIN, "CNAME", "shops.example"],
      [`_dmarc.${DOMAIN}`, "CNAME", "dmarc.example"],
      [`_mta-sts.${DOMAIN}`, "CNAME", "sts.example"],
      [`selector1._domainkey.${DOMAIN}`, "TXT", "v=DKIM1; p="],
    ]);
    assert.deepEqual(
      problems.map((problem) => problem.split(";", 1)[0]),
      [
        'shop.contoso.com: "CNAME shops.example" is all that resolvers read at this name, so that a TXT or MX record beside it is not found (RFC 1034 section 3.6.2)',
        'selector1._domainkey.shop.contoso.com: "TXT v=DKIM1',
        'DMARC of shop.contoso.com: "CNAME dmarc.example" is managed elsewhere',
        '_mta-sts.shop.contoso.com: "CNAME sts.example" is a record that somebody else created',
      ],
    );
  });

  it("takes what a wildcard serves at a name for nobody's record there", async () => {
    const site = [DOMAIN, "A", "192.0.2.1"] as const;
    for (const wild of [
      [`*.${DOMAIN}`, "CNAME", "sites.example"],
      [`*.${DOMAIN}`, "TXT", "v=spf1 -all"],
    ] as const) {
      assert.deepEqual((await publicationsAt([site, wild])).problems, []);
    }
    const wild = ["*.contoso.com", "TXT", "v=spf1 -all"] as const;
    const accepted = { dns: { host: "external", overrideWildcard: true } };
    assert.deepEqual((await publicationsAt([wild], accepted)).problems, []);
  });

  it("passes a CNAME that leads to the very record", async () => {
    const alias = [[`_mta-sts.${DOMAIN}`, "CNAME", "sts.example"] as const];
    const text = [[`_mta-sts.${DOMAIN}`, "TXT", "v=STSv1; id=1;"] as const];
    assert.deepEqual((await publicationsAt([...alias, ...text])).problems, []);
  });

  it("warns of a null MX", async () => {
    const { problems, warnings } = await publicationsAt([[DOMAIN, "MX", ""]]);
    assert.deepEqual(problems, []);
    assert.match(
      warnings.join(),
      /^MX of shop\.contoso\.com: "\." says that the domain takes no mail/,
    );
  });
});
