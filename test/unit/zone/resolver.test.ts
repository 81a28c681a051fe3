import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Answer, Resolve } from "../../../mail/dns/record.ts";
import {
  authoritativeView,
  followingAliases,
  publicViews,
  resolver,
  zoneResolver,
} from "../../../zone/resolver.ts";
import { openTenantBench, type TenantBench, thrownBy } from "../tenant/bench.ts";

const SERVER = "M365_SMTP_RELAY_DNS_SERVER";

describe("the resolver", () => {
  let bench: TenantBench;
  let domain: string;
  let resolve: Resolve;
  before(async () => {
    bench = await openTenantBench("resolver");
    domain = bench.lab.world.tenant.domain;
    resolve = resolver(bench.lab.env);
  });
  after(() => bench.lab.close());
  beforeEach(() => bench.reset());

  const strike = (kind: "servfail" | "silence", times = 30) =>
    bench.lab.faults.inject({ where: { service: "dns" }, what: { kind }, times });

  it("answers every type in canonical form", async () => {
    const { mxHost } = bench.lab.world.tenant;
    bench.lab.editZone(domain, (records) => [
      ...records,
      { type: "AAAA", name: `v6.${domain}`, content: "2001:db8::1" },
      { type: "CNAME", name: `alias.${domain}`, content: "Autodiscover.Outlook.com" },
      { type: "TXT", name: `odd.${domain}`, content: '"\\194\\160v=spf1 " "\\195\\188"' },
      { type: "TXT", name: `long.${domain}`, content: `"${"a".repeat(255)}" "b c"` },
    ]);
    const found = (...records: string[]) => ({ status: "found", records });
    assert.deepEqual(await resolve(domain, "A"), found("192.0.2.251"));
    assert.deepEqual(await resolve(`v6.${domain}`, "AAAA"), found("2001:db8::1"));
    assert.deepEqual(await resolve(domain, "MX"), found(mxHost));
    assert.deepEqual(await resolve(`alias.${domain}`, "CNAME"), found("autodiscover.outlook.com"));
    assert.deepEqual(await resolve(`long.${domain}`, "TXT"), found(`${"a".repeat(255)}b c`));
    assert.deepEqual(await resolve(`odd.${domain}`, "TXT"), found("\u00a0v=spf1 \u00fc"));
    const own = bench.lab.world.cloudflare.zones.find(({ name }) => name === domain);
    const servers = await resolve(domain, "NS");
    assert.deepEqual(
      servers.status === "found" && [...servers.records].sort(),
      [...(own?.nameServers ?? [])].sort(),
    );
    const [a, b, c, d] = bench.lab.world.addresses.exchangeOutbound.split(".");
    assert.deepEqual(
      await resolve(`${d}.${c}.${b}.${a}.in-addr.arpa`, "PTR"),
      found(bench.lab.world.tenant.servers.outbound.toLowerCase()),
    );
  });

  it("no such name, no such type, and a failure are three things", async () => {
    assert.deepEqual(await resolve(`nowhere.${domain}`, "TXT"), { status: "nxdomain" });
    assert.deepEqual(await resolve(`www.${domain}`, "TXT"), { status: "nodata" });
    strike("servfail");
    assert.deepEqual(await resolve(domain, "TXT"), {
      status: "failed",
      why: `TXT ${domain}: queryTxt ESERVFAIL ${domain}`,
    });
  });

  it("a server that does not answer is a failure after its patience, and asked again before", async () => {
    const patience = { timeout: 40, tries: 2 };
    const impatient = resolver(bench.lab.env, patience);
    strike("silence", 1);
    assert.equal((await impatient(domain, "A")).status, "found");
    strike("silence");
    const answer = await impatient(domain, "A");
    assert.equal(answer.status, "failed");
    assert.match(answer.status === "failed" ? answer.why : "", /ETIMEOUT/);
  });

  it("never throws, whatever the name", async () => {
    for (const name of ["", ".", "a..b", "ä.example", `${"a".repeat(64)}.example`, "*"]) {
      assert.notEqual((await resolve(name, "TXT")).status, "found", name);
    }
  });

  it("the servers that are named are asked in place of a zone's own", async () => {
    const own = await zoneResolver(domain, bench.lab.env);
    assert.equal((await own(domain, "MX")).status, "found");
    const spaced = resolver({ [SERVER]: ` ${bench.lab.env[SERVER]} , ` });
    assert.equal((await spaced(domain, "MX")).status, "found");
  });

  it("a zone's name servers that can't be found are a failure, not those of the domain above", async () => {
    const cases: [answers: Record<string, Answer>, why: RegExp, asked: string[]][] = [
      [
        { "NS mail.contoso.com": { status: "failed", why: "NS: timeout" } },
        /^the name servers of mail\.contoso\.com could not be found \(NS: timeout\)$/,
        ["NS mail.contoso.com"],
      ],
      [
        { "NS contoso.com": { status: "found", records: ["ns1.contoso.net"] } },
        /^the name servers of mail\.contoso\.com could not be found$/,
        ["NS mail.contoso.com", "NS contoso.com", "A ns1.contoso.net", "AAAA ns1.contoso.net"],
      ],
      [{}, /could not be found$/, ["NS mail.contoso.com", "NS contoso.com"]],
    ];
    for (const [answers, why, expected] of cases) {
      const asked: string[] = [];
      const general: Resolve = async (name, type) => {
        asked.push(`${type} ${name}`);
        return answers[`${type} ${name}`] ?? { status: "nodata" };
      };
      const own = await zoneResolver("mail.contoso.com", {}, general);
      const answer = await own("mail.contoso.com", "TXT");
      assert.match(answer.status === "failed" ? answer.why : "", why);
      assert.deepEqual(asked, expected);
    }
  });

  it("a server that is no address names the variable", async () => {
    for (const value of ["dns.contoso.com", "192.0.2.53,x"]) {
      const error = await thrownBy(() => resolver({ [SERVER]: value }));
      assert.match(
        error.message,
        /^M365_SMTP_RELAY_DNS_SERVER: ".*" is not a list of addresses; use/,
      );
      assert.deepEqual(
        (await thrownBy(() => zoneResolver(domain, { [SERVER]: value }))).message,
        error.message,
      );
    }
  });
});

describe("the world's view of DNS", () => {
  it("is that of two public resolvers, of those that are named, or of one server for all", () => {
    const PUBLIC = "M365_SMTP_RELAY_PUBLIC_RESOLVERS";
    const servers = (env: Record<string, string>) => publicViews(env).map(({ server }) => server);
    assert.deepEqual(servers({}), ["1.1.1.1", "8.8.8.8"]);
    assert.deepEqual(servers({ [SERVER]: "192.0.2.53" }), []);
    assert.deepEqual(servers({ [SERVER]: "192.0.2.53", [PUBLIC]: "192.0.2.1, 192.0.2.2:5353" }), [
      "192.0.2.1",
      "192.0.2.2:5353",
    ]);
    assert.match(authoritativeView({ [SERVER]: "192.0.2.53" }).server, /^192\.0\.2\.53 \(M365_/);
    assert.throws(() => publicViews({ [PUBLIC]: "one.one" }), /^Error: M365_SMTP_RELAY_PUBLIC/);
  });

  it("follows a CNAME to servers of another zone, and no circle", async () => {
    const zones: Record<string, Record<string, readonly string[]>> = {
      com: { "CNAME a.com": ["a.net"], "CNAME b.com": ["b.net"] },
      net: { "TXT a.net": ["there"], "CNAME b.net": ["b.com"] },
    };
    const asked: string[] = [];
    const ask = followingAliases(async (name) => async (_, type) => {
      const zone = name.slice(name.indexOf(".") + 1);
      asked.push(`${type} ${name}`);
      const records = zones[zone]?.[`${type} ${name}`];
      return records === undefined ? { status: "nodata" } : { status: "found", records };
    });
    assert.deepEqual(await ask("a.com", "TXT"), { status: "found", records: ["there"] });
    assert.deepEqual(await ask("a.com", "CNAME"), { status: "found", records: ["a.net"] });
    assert.deepEqual(await ask("b.com", "TXT"), { status: "nodata" });
    assert.ok(asked.length < 40, `${asked.length}`);
  });
});
