// The lab's DNS: what it says of names, and how it says it over UDP and TCP.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import { lookUp } from "../../src/dns/lookUp.ts";
import { type DnsServer, serveDns } from "../../src/dns/server.ts";
import { type Lab, openLab, type RecordByHand } from "../../src/lab.ts";
import { makeWorld } from "../../src/world/make.ts";
import type { World } from "../../src/world/world.ts";

const NOW = new Date("2026-11-01T00:00:00Z");

/** A world whose own zone has these records and no others. */
function worldWith(records: RecordByHand[], change: (world: World) => void = () => {}): World {
  const world = makeWorld("dns");
  const zone = world.cloudflare.zones.find(({ name }) => name === world.tenant.domain);
  assert.ok(zone);
  zone.records = records.map((record) => ({
    id: "0".repeat(32),
    ttl: 1,
    proxied: false,
    settings: {},
    comment: null,
    tags: [],
    createdOn: "",
    modifiedOn: "",
    ...record,
  }));
  change(world);
  return world;
}

/** Status and data of an answer, its CNAME records as "-> target". */
function answersTo(world: World, name: string, type: string, now = NOW): unknown[] {
  const { status, answers } = lookUp(world, now, name, type);
  const data = answers.map((one) => (one.type === "CNAME" ? `-> ${one.data}` : one.data));
  return [status, ...data];
}

const { domain } = makeWorld("dns").tenant;

describe("the lab's names", () => {
  it("what stands below a delegation is served to nobody, and the delegation itself can be asked for", () => {
    const world = worldWith([
      { type: "NS", name: `sub.${domain}`, content: "ns1.elsewhere.example" },
      { type: "TXT", name: `sub.${domain}`, content: '"at"' },
      { type: "TXT", name: `a.sub.${domain}`, content: '"below"' },
    ]);
    assert.deepEqual(answersTo(world, `sub.${domain}`, "TXT"), ["SERVFAIL"]);
    assert.deepEqual(answersTo(world, `a.sub.${domain}`, "TXT"), ["SERVFAIL"]);
    assert.deepEqual(answersTo(world, `sub.${domain}`, "NS"), ["NOERROR", "ns1.elsewhere.example"]);
  });

  it("no such name and no such type differ, with the zone's SOA", () => {
    const world = worldWith([{ type: "A", name: `a.b.${domain}`, content: "192.0.2.1" }]);
    for (const [name, type, status] of [
      [`a.b.${domain}`, "TXT", "NOERROR"],
      [`b.${domain}`, "A", "NOERROR"],
      [`c.${domain}`, "A", "NXDOMAIN"],
      [`x.a.b.${domain}`, "A", "NXDOMAIN"],
      [domain, "TXT", "NOERROR"],
    ] as const) {
      const answer = lookUp(world, NOW, name, type);
      assert.deepEqual([answer.status, answer.answers], [status, []], name);
      const [soa, ...more] = answer.authorities;
      assert.deepEqual([soa?.type, soa?.name, more], ["SOA", domain, []]);
      assert.equal(soa?.ttl, 1800);
    }
    const nowhere = lookUp(world, NOW, "_dmarc.example", "TXT");
    assert.deepEqual([nowhere.status, nowhere.authorities[0]?.name], ["NXDOMAIN", ""]);
    assert.equal(lookUp(world, NOW, "example", "TXT").status, "NOERROR");
  });

  it("letter case and the dot at the end make no difference", () => {
    const world = worldWith([{ type: "A", name: `www.${domain}`, content: "192.0.2.1" }]);
    assert.deepEqual(answersTo(world, `WWW.${domain.toUpperCase()}.`, "a"), [
      "NOERROR",
      "192.0.2.1",
    ]);
  });

  it("each zone has its name servers and a SOA, and the servers have addresses", () => {
    const world = worldWith([]);
    const [, ...servers] = answersTo(world, domain, "NS");
    assert.equal(servers.length, 2);
    for (const server of servers) {
      assert.match(String(answersTo(world, String(server), "A")[1]), /^173\.245\.58\.\d+$/);
    }
    const [soa] = lookUp(world, NOW, domain, "SOA").answers;
    assert.ok(soa?.type === "SOA");
    assert.equal(soa.data.mname, servers[0]);
  });

  it("aliases are followed through every zone, and a circle fails", () => {
    const world = worldWith([
      { type: "CNAME", name: `one.${domain}`, content: "autodiscover.outlook.com" },
      { type: "CNAME", name: `dead.${domain}`, content: "nothing.outlook.com" },
    ]);
    world.otherZones[0]?.records.push(
      ...worldWith([
        {
          type: "CNAME",
          name: `round.${world.outside.domain}`,
          content: `${world.outside.domain}`,
        },
        { type: "CNAME", name: `x.${world.outside.domain}`, content: `y.${world.outside.domain}` },
        { type: "CNAME", name: `y.${world.outside.domain}`, content: `x.${world.outside.domain}` },
      ]).cloudflare.zones.flatMap(({ name, records }) => (name === domain ? records : [])),
    );
    const alias = "-> autodiscover.outlook.com";
    assert.deepEqual(answersTo(world, `one.${domain}`, "A"), ["NOERROR", alias, "40.104.46.8"]);
    assert.deepEqual(answersTo(world, `one.${domain}`, "CNAME"), ["NOERROR", alias]);
    assert.deepEqual(answersTo(world, `one.${domain}`, "TXT"), ["NOERROR", alias]);
    assert.deepEqual(answersTo(world, `dead.${domain}`, "A"), [
      "NXDOMAIN",
      "-> nothing.outlook.com",
    ]);
    assert.equal(answersTo(world, `round.${world.outside.domain}`, "MX").length, 3);
    assert.deepEqual(answersTo(world, `x.${world.outside.domain}`, "A"), ["SERVFAIL"]);
  });

  it("wildcards stand in for names that are not there", () => {
    const world = worldWith([
      { type: "A", name: `*.${domain}`, content: "192.0.2.1" },
      { type: "TXT", name: `there.${domain}`, content: '"t"' },
      { type: "A", name: `deep.below.${domain}`, content: "192.0.2.2" },
    ]);
    assert.deepEqual(answersTo(world, `any.${domain}`, "A"), ["NOERROR", "192.0.2.1"]);
    assert.deepEqual(answersTo(world, `two.any.${domain}`, "A"), ["NOERROR", "192.0.2.1"]);
    assert.equal(lookUp(world, NOW, `any.${domain}`, "A").answers[0]?.name, `any.${domain}`);
    assert.deepEqual(answersTo(world, `any.${domain}`, "TXT"), ["NOERROR"]);
    assert.deepEqual(answersTo(world, `there.${domain}`, "A"), ["NOERROR"]);
    assert.deepEqual(answersTo(world, `below.${domain}`, "A"), ["NOERROR"]);
    assert.deepEqual(answersTo(world, `other.below.${domain}`, "A"), ["NXDOMAIN"]);
  });

  it("a proxied record leads to Cloudflare, and a proxied CNAME is no CNAME", () => {
    const name = `selector1._domainkey.${domain}`;
    const target = { content: "spf.protection.outlook.com", type: "CNAME" };
    const world = worldWith([
      { type: "A", name: `www.${domain}`, content: "192.0.2.1", proxied: true },
      {
        type: "A",
        name: `four.${domain}`,
        content: "192.0.2.1",
        proxied: true,
        settings: { ipv4_only: true },
      },
      { ...target, name, proxied: true },
    ]);
    const [status, ...addresses] = answersTo(world, `www.${domain}`, "A");
    assert.deepEqual([status, addresses.length], ["NOERROR", 2]);
    for (const address of addresses) assert.match(String(address), /^(104\.21|172\.67)\./);
    assert.equal(answersTo(world, `www.${domain}`, "AAAA").length, 3);
    assert.deepEqual(answersTo(world, `four.${domain}`, "AAAA"), ["NOERROR"]);
    for (const type of ["CNAME", "TXT"])
      assert.deepEqual(answersTo(world, name, type), ["NOERROR"]);
    for (const zone of world.cloudflare.zones) zone.paused = true;
    assert.deepEqual(answersTo(world, `www.${domain}`, "A"), ["NOERROR", "192.0.2.1"]);
    assert.equal(answersTo(world, name, "TXT").length, 3);
  });

  it("a flattened CNAME gives addresses under its own name, and nothing else", () => {
    const records = (settings: Record<string, boolean>): RecordByHand[] => [
      { type: "CNAME", name: `auto.${domain}`, content: "autodiscover.outlook.com", settings },
      { type: "CNAME", name: `key.${domain}`, content: "spf.protection.outlook.com", settings },
    ];
    const flattenAll = (world: World): void => {
      for (const zone of world.cloudflare.zones) zone.flattenAll = true;
    };
    for (const world of [
      worldWith(records({ flatten_cname: true })),
      worldWith(records({}), flattenAll),
    ]) {
      assert.deepEqual(answersTo(world, `auto.${domain}`, "A"), ["NOERROR", "40.104.46.8"]);
      const [address] = lookUp(world, NOW, `auto.${domain}`, "A").answers;
      assert.deepEqual([address?.name, address?.ttl], [`auto.${domain}`, 60]);
      for (const type of ["CNAME", "TXT"]) {
        assert.deepEqual(answersTo(world, `key.${domain}`, type), ["NOERROR"]);
      }
    }
    const apex = worldWith([
      { type: "CNAME", name: domain, content: "autodiscover.outlook.com" },
      { type: "TXT", name: domain, content: '"beside"' },
    ]);
    assert.deepEqual(answersTo(apex, domain, "A"), ["NOERROR", "40.104.46.8"]);
    assert.deepEqual(answersTo(apex, domain, "TXT"), ["NOERROR", ["beside"]]);
  });

  it("a zone that is not active is not served", () => {
    const world = worldWith([{ type: "A", name: domain, content: "192.0.2.1" }], (made) => {
      for (const zone of made.cloudflare.zones) zone.status = "pending";
    });
    assert.deepEqual(answersTo(world, domain, "A"), ["NXDOMAIN"]);
  });

  it("Microsoft's names and the outside's are there", () => {
    const world = worldWith([]);
    const { tenant, addresses, outside } = world;
    assert.match(
      String(answersTo(world, "spf.protection.outlook.com", "TXT")[1]),
      /ip4:40\.107\.0\.0\/16/,
    );
    assert.deepEqual(answersTo(world, tenant.initialDomain, "TXT"), [
      "NOERROR",
      ["v=spf1 include:spf.protection.outlook.com -all"],
    ]);
    assert.equal(answersTo(world, tenant.initialDomain, "MX").length, 2);
    assert.equal(answersTo(world, `_dmarc.${tenant.initialDomain}`, "TXT").length, 2);
    assert.equal(answersTo(world, tenant.mxHost, "A").length, 3);
    assert.equal(answersTo(world, tenant.mxHost, "AAAA").length, 2);
    const reverse = `${addresses.exchangeOutbound.split(".").reverse().join(".")}.in-addr.arpa`;
    assert.deepEqual(answersTo(world, reverse, "PTR"), ["NOERROR", tenant.servers.outbound]);
    assert.deepEqual(answersTo(world, tenant.servers.outbound, "A"), [
      "NOERROR",
      addresses.exchangeOutbound,
      world.pools.highRisk,
    ]);
    assert.deepEqual(answersTo(world, outside.mxHost, "A"), ["NOERROR", addresses.outsideMx]);
    assert.deepEqual(answersTo(world, outside.domain, "MX"), [
      "NOERROR",
      { preference: 10, exchange: outside.mxHost },
    ]);
  });

  it("DKIM keys are there from their time on, in strings of 255 bytes", () => {
    const publicKey = "M".repeat(392);
    const cname = (n: number): string =>
      `selector${n}-x._domainkey.contoso.n-v1.dkim.mail.microsoft`;
    const keysAt = "2026-11-01T00:10:00.000Z";
    const world = worldWith([
      { type: "CNAME", name: `selector1._domainkey.${domain}`, content: cname(1) },
    ]);
    world.dkimConfigs.push({
      guid: "",
      domain,
      adminDisplayName: "",
      enabled: false,
      headerCanonicalization: "Relaxed",
      bodyCanonicalization: "Relaxed",
      keysAt,
      selectors: [
        { cname: cname(1), publicKey, keySize: 2048, keyId: "one" },
        { cname: cname(2), publicKey: "", keySize: 2048, keyId: "two" },
      ],
      rotation: { on: keysAt, before: 0, after: 0 },
      cnamesSeenAt: null,
      lastChecked: keysAt,
      keyCreationTime: keysAt,
    });
    const name = `selector1._domainkey.${domain}`;
    assert.deepEqual(answersTo(world, name, "TXT"), ["NXDOMAIN", `-> ${cname(1)}`]);
    const [status, , strings] = answersTo(world, name, "TXT", new Date(keysAt));
    assert.ok(Array.isArray(strings));
    assert.deepEqual([status, strings.length, strings[0]?.length], ["NOERROR", 2, 255]);
    assert.equal(strings.join(""), `v=DKIM1; k=rsa; p=${publicKey};`);
    assert.deepEqual(answersTo(world, cname(2), "TXT", new Date(keysAt)), ["NXDOMAIN"]);
  });
});

describe("the lab's name server", () => {
  let lab: Lab;
  let resolver: Resolver;
  let own: string;
  before(async () => {
    lab = await openLab({ seed: "dns server" });
    resolver = new Resolver({ timeout: 200, tries: 1 });
    resolver.setServers([`127.0.0.1:${lab.ports.dns}`]);
    own = lab.world.tenant.domain;
  });
  after(() => lab.close());

  const code = (wanted: string) => (error: { code?: string }) => error.code === wanted;
  const put = (...records: RecordByHand[]) => lab.editZone(own, (all) => [...all, ...records]);

  it("answers an ordinary resolver", async () => {
    assert.equal(lab.env.M365_SMTP_RELAY_DNS_SERVER, `127.0.0.1:${lab.ports.dns}`);
    const { mxHost } = lab.world.tenant;
    const [mx] = await resolver.resolveMx(own);
    assert.deepEqual([mx?.exchange, mx?.priority], [mxHost, 0]);
    assert.equal((await resolver.resolve4(mxHost)).length, 2);
    assert.equal((await resolver.resolveSoa(own)).hostmaster, "dns.cloudflare.com");
    assert.equal((await resolver.resolveNs(own)).length, 2);
    await assert.rejects(resolver.resolve4(`nope.${own}`), code("ENOTFOUND"));
    await assert.rejects(resolver.resolveTxt(`www.${own}`), code("ENODATA"));
    const { exchangeOutbound } = lab.world.addresses;
    assert.equal((await resolver.reverse(exchangeOutbound)).length, 1);
    assert.ok(lab.log.count({ service: "dns", what: `MX ${own}`, result: "NOERROR 1" }) >= 1);
  });

  it("serves a change at once, or after the delay in virtual time", async () => {
    const name = `late.${own}`;
    put({ type: "TXT", name, content: '"one"' });
    assert.deepEqual(await resolver.resolveTxt(name), [["one"]]);
    lab.world.settings.dnsDelayMs = 60_000;
    const rename = (content: string): void =>
      lab.editZone(own, (all) => all.map((one) => (one.name === name ? { ...one, content } : one)));
    rename('"two"');
    await lab.clock.advance(30_000);
    rename('"three"');
    assert.deepEqual(await resolver.resolveTxt(name), [["one"]]);
    await lab.clock.advance(30_000);
    assert.deepEqual(await resolver.resolveTxt(name), [["two"]]);
    await lab.clock.advance(30_000);
    assert.deepEqual(await resolver.resolveTxt(name), [["three"]]);
    lab.world.settings.dnsDelayMs = 0;
    rename('"four"');
    assert.deepEqual(await resolver.resolveTxt(name), [["four"]]);
    assert.ok(lab.world.cloudflare.zones.every(({ past }) => past.length === 0));
  });

  it("says what is too long for UDP over TCP, and how much room there is", async () => {
    const name = `long.${own}`;
    put({ type: "TXT", name, content: "x".repeat(600) });
    const question = { name, type: "TXT" } as const;
    const plain = await overUdp(lab.ports.dns, { questions: [question] });
    assert.ok(has(plain, TRUNCATED_RESPONSE));
    assert.deepEqual(plain.answers, []);
    const roomy = await overUdp(lab.ports.dns, {
      questions: [question],
      additionals: [edns(1232)],
    });
    assert.ok(!has(roomy, TRUNCATED_RESPONSE));
    assert.equal(roomy.answers?.length, 1);
    const small = await overUdp(lab.ports.dns, { questions: [question], additionals: [edns(100)] });
    assert.ok(has(small, TRUNCATED_RESPONSE));
    const stream = await overTcp(lab.ports.dns, { questions: [question] });
    assert.equal(stream.answers?.length, 1);
    assert.deepEqual(await resolver.resolveTxt(name), [
      ["x".repeat(255), "x".repeat(255), "x".repeat(90)],
    ]);
  });

  it("repeats the question as it was spelled, with AA and without RA", async () => {
    const spelled = own.replace(/[a-z]/g, (letter, at: number) =>
      at % 2 ? letter : letter.toUpperCase(),
    );
    const reply = await overUdp(lab.ports.dns, {
      id: 77,
      flags: RECURSION_DESIRED,
      questions: [{ name: spelled, type: "MX" }],
    });
    assert.deepEqual([reply.id, reply.questions?.[0]?.name], [77, spelled]);
    assert.equal(reply.answers?.[0]?.name, spelled);
    assert.ok(has(reply, AUTHORITATIVE_ANSWER) && has(reply, RECURSION_DESIRED));
    assert.ok(!has(reply, RECURSION_AVAILABLE));
  });

  it("refuses what is no question for it", async () => {
    const asked = async (packet: Packet) => rcode(await overUdp(lab.ports.dns, packet));
    const question = { name: own, type: "A" } as const;
    assert.equal(await asked({ questions: [] }), 1);
    assert.equal(await asked({ questions: [question, question] }), 1);
    assert.equal(await asked({ flags: 5 << 11, questions: [question] }), 4);
    assert.equal(await asked({ questions: [{ ...question, class: "CH" }] }), 5);
    assert.equal(await asked({ questions: [{ ...question, type: "AXFR" }] }), 5);
    const versioned = { ...edns(1232), ednsVersion: 1 };
    const bad = await overUdp(lab.ports.dns, { questions: [question], additionals: [versioned] });
    assert.equal(bad.additionals?.[0]?.type === "OPT" && bad.additionals[0].extendedRcode, 1);
    const any = await overUdp(lab.ports.dns, { questions: [{ ...question, type: "ANY" as "A" }] });
    assert.deepEqual(
      any.answers?.map(({ type }) => type),
      ["HINFO"],
    );
    const unknown = { ...question, type: "UNKNOWN_65" as "A" };
    const https = await overUdp(lab.ports.dns, { questions: [unknown] });
    assert.deepEqual([rcode(https), https.answers], [0, []]);
  });

  it("a record that can't be put into bytes is a failure, not the end", async () => {
    const broken = `broken.${own}`;
    put({ type: "A", name: broken, content: "no address" });
    put({ type: "MX", name: broken, content: `${"x".repeat(64)}.example`, priority: 1 });
    put({ type: "TXT", name: broken, content: `"open ${"x".repeat(300)}` });
    await assert.rejects(resolver.resolve4(broken), code("ENODATA"));
    await assert.rejects(resolver.resolveMx(broken), code("ESERVFAIL"));
    await assert.rejects(resolver.resolveTxt(broken), code("ESERVFAIL"));
    assert.equal((await resolver.resolveNs(own)).length, 2);
  });

  it("injected faults: a failure, silence, and the way to TCP", async () => {
    const inject = (kind: "servfail" | "silence" | "truncated", match: string) =>
      lab.faults.inject({ where: { service: "dns", match }, what: { kind } });
    inject("servfail", own);
    await assert.rejects(resolver.resolveMx(own), code("ESERVFAIL"));
    inject("silence", `MX ${own}`);
    assert.equal((await resolver.resolveNs(own)).length, 2);
    await assert.rejects(resolver.resolveMx(own), code("ETIMEOUT"));
    inject("truncated", own);
    assert.equal((await resolver.resolveMx(own)).length, 1);
    assert.deepEqual(lab.faults.list(), []);
    assert.throws(
      () => lab.faults.inject({ where: { service: "dns" }, what: { kind: "status", status: 503 } }),
      /dns has no "status"/,
    );
  });
});

describe("the lab's public resolvers", () => {
  it("keep an answer until its TTL is over, each on its own, and that there was none", async () => {
    const lab = await openLab({ seed: "resolvers" });
    try {
      const { domain } = lab.world.tenant;
      const [first, second] = (lab.env.M365_SMTP_RELAY_PUBLIC_RESOLVERS ?? "")
        .split(",")
        .map((server) => {
          const resolver = new Resolver({ timeout: 2000, tries: 1 });
          resolver.setServers([server]);
          const ask = () => resolver.resolveTxt(`new.${domain}`).then(String, ({ code }) => code);
          return ask;
        });
      assert.ok(first && second);
      const write = (content: string) =>
        lab.editZone(domain, (all) => [
          ...all.filter(({ name }) => name !== `new.${domain}`),
          { type: "TXT", name: `new.${domain}`, content: `"${content}"`, ttl: 300 },
        ]);
      assert.equal(await first(), "ENOTFOUND");
      write("one");
      assert.deepEqual([await first(), await second()], ["ENOTFOUND", "one"]);
      write("two");
      await lab.clock.advance(301_000);
      assert.deepEqual([await first(), await second()], ["ENOTFOUND", "two"]);
      await lab.clock.advance(1800_000);
      assert.equal(await first(), "two");
    } finally {
      await lab.close();
    }
  });
});

describe("a name server of one's own", () => {
  let server: DnsServer;
  after(() => server.close());

  it("serves whatever the answering function says, on one number for UDP and TCP", async () => {
    server = await serveDns(({ name, type }) => {
      if (name === "silent.example") return undefined;
      const answers: Answer[] = [{ name, type: "TXT", ttl: 1, data: [`${type} ${name}`] }];
      return { status: "NOERROR", answers, authorities: [] };
    }, 0);
    const question = { name: "Some.example", type: "TXT" } as const;
    for (const ask of [overUdp, overTcp]) {
      const { answers } = await ask(server.port, { questions: [question] });
      assert.deepEqual(answers?.[0]?.type === "TXT" && String(answers[0].data), "TXT Some.example");
    }
    await assert.rejects(
      serveDns(() => undefined, server.port),
      { code: "EADDRINUSE" },
    );
  });
});

function has({ flags = 0 }: DecodedPacket, flag: number): boolean {
  return (flags & flag) !== 0;
}

function rcode({ flags = 0 }: DecodedPacket): number {
  return flags & 0xf;
}

function edns(udpPayloadSize: number): Answer & { type: "OPT" } {
  const rest = { extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
  return { type: "OPT", name: ".", udpPayloadSize, ...rest };
}

async function overUdp(port: number, packet: Packet): Promise<DecodedPacket> {
  const socket = createSocket("udp4");
  socket.send(encode({ type: "query", id: 1, ...packet }), port, "127.0.0.1");
  const [message] = await once(socket, "message", { signal: AbortSignal.timeout(2000) });
  socket.close();
  return decode(message);
}

/** In two pieces, as a stream may bring it. */
async function overTcp(port: number, packet: Packet): Promise<DecodedPacket> {
  const socket = connect(port, "127.0.0.1");
  const query = encode({ type: "query", id: 1, ...packet });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query.subarray(0, 5)]));
  setImmediate(() => socket.write(query.subarray(5)));
  let heard = Buffer.alloc(0);
  for await (const chunk of socket) {
    heard = Buffer.concat([heard, chunk]);
    if (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) break;
  }
  return decode(heard.subarray(2));
}
