// Cloudflare's API as its clients see it, over HTTPS: the token, zones, and records from the first to the last.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, openLab } from "../../src/lab.ts";
import { type CloudflareClient, cloudflareOf, recordIn, zonesOf } from "./cloudflareClient.ts";

describe("Cloudflare", () => {
  let lab: Lab;
  let api: CloudflareClient;
  let records: string;
  let domain: string;
  before(async () => {
    lab = await openLab({ seed: "cloudflare" });
    api = cloudflareOf(lab);
    domain = lab.world.tenant.domain;
    records = `/zones/${zonesOf(lab).own.id}/dns_records`;
  });
  after(() => lab.close());

  const make = async (record: object) => {
    const answer = await api.post(records, record);
    assert.equal(answer.status, 200, answer.text);
    return answer.result;
  };
  const names = async (query: string) =>
    (await api.get(`${records}?${query}`)).results.map(({ name }) => name);

  it("knows its token", async () => {
    const { status, result, text } = await api.get("/user/tokens/verify");
    assert.equal(status, 200);
    assert.deepEqual(result, { id: lab.world.cloudflare.token.id, status: "active" });
    assert.match(text, /This API Token is valid and active/);
    assert.match(lab.env.CLOUDFLARE_API_TOKEN ?? "", /^[A-Za-z0-9_-]{40}$/);
  });

  it("shows each token what it may do in a zone, and none its own policies", async () => {
    const { own, closed } = zonesOf(lab);
    const { CLOUDFLARE_API_TOKEN: readToken } = lab.readerEnvs["global-reader"] ?? {};
    const asReader = { authorization: `Bearer ${readToken}` };
    const shown = async (zone: string, headers?: Record<string, string>) =>
      (await api.ask("GET", `/zones/${zone}`, undefined, headers)).result.permissions;
    const reading = ["#zone:read", "#dns_records:read"];
    assert.deepEqual(await shown(own.id), [...reading, "#dns_records:edit"]);
    assert.deepEqual(await shown(own.id, asReader), reading);
    assert.deepEqual(await shown(closed.id), ["#zone:read"]);
    const policies = await api.get(`/user/tokens/${lab.world.cloudflare.token.id}`);
    assert.deepEqual([policies.status, policies.codes], [403, [9109]]);
  });

  it("lists the zones that the token may see, by whole name", async () => {
    const { own, readable, closed } = zonesOf(lab);
    const all = await api.get("/zones");
    const ids = all.results.map(({ id }) => id);
    assert.deepEqual(new Set(ids), new Set([own.id, readable.id, closed.id]));
    assert.deepEqual(all.info, { page: 1, per_page: 20, count: 3, total_count: 3, total_pages: 1 });
    const one = await api.get(`/zones?name=${domain}&status=active`);
    assert.deepEqual([one.results.length, one.results[0]?.id], [1, own.id]);
    assert.deepEqual(one.results[0]?.name_servers, own.nameServers);
    assert.equal(one.results[0]?.account.id, lab.world.cloudflare.id);
    assert.deepEqual((await api.get("/zones?name=nowhere.example")).result, []);
    assert.deepEqual((await api.get("/zones?account.id=0")).result, []);
    assert.equal((await api.get(`/zones/${own.id}`)).result.name, domain);
  });

  it("a zone of which nothing may be read is not listed", async () => {
    const { closed } = zonesOf(lab);
    const { permissions } = lab.world.cloudflare.token;
    permissions[closed.id] = [];
    assert.equal((await api.get("/zones")).info.total_count, 2);
    assert.deepEqual((await api.get(`/zones/${closed.id}`)).codes, [9109]);
    permissions[closed.id] = ["zone:read"];
  });

  it("pages after the last are empty", async () => {
    const past = await api.get(`/zones?name=${domain}&page=2`);
    assert.deepEqual([past.status, past.result, past.info.total_count], [200, [], 1]);
    const total = zonesOf(lab).own.records.length;
    const first = await api.get(`${records}?per_page=2`);
    assert.deepEqual(first.info, {
      page: 1,
      per_page: 2,
      count: 2,
      total_count: total,
      total_pages: Math.ceil(total / 2),
    });
    const second = await api.get(`${records}?per_page=2&page=2`);
    assert.notDeepEqual(first.results, second.results);
    assert.deepEqual((await api.get(`${records}?page=99`)).result, []);
  });

  it("filters and orders records", async () => {
    assert.ok((await names(`name.exact=${domain}&type=TXT`)).length >= 2);
    assert.deepEqual(await names(`name=WWW.${domain}`), [`www.${domain}`]);
    assert.deepEqual(await names("name.startswith=auto"), [`autodiscover.${domain}`]);
    assert.deepEqual(await names(`name.endswith=discover.${domain}`), [`autodiscover.${domain}`]);
    assert.deepEqual(await names("name.contains=ww.&proxied=true"), [`www.${domain}`]);
    assert.deepEqual(await names("content=autodiscover.outlook.com"), [`autodiscover.${domain}`]);
    assert.deepEqual(await names("content.contains=MS=ms"), [domain]);
    assert.deepEqual(await names("comment=Search%20Console"), [domain]);
    assert.equal((await names("comment.present=")).includes(`www.${domain}`), false);
    assert.ok((await names("comment.absent=")).includes(`www.${domain}`));
    assert.deepEqual(await names("search=discover"), [`autodiscover.${domain}`]);
    const any = await names(`name=www.${domain}&type=MX&match=any&order=type&direction=desc`);
    assert.deepEqual(any, [domain, `www.${domain}`]);
  });

  it("gives a record with every field that clients read", async () => {
    const held = recordIn(zonesOf(lab).own, "MX", domain);
    const { result } = await api.get(`${records}/${held.id}`);
    assert.deepEqual(result, {
      id: held.id,
      name: domain,
      type: "MX",
      content: lab.world.tenant.mxHost,
      priority: 0,
      proxiable: false,
      proxied: false,
      ttl: 3600,
      settings: {},
      meta: {},
      comment: null,
      tags: [],
      created_on: held.createdOn,
      modified_on: held.modifiedOn,
    });
  });

  it("makes, patches, overwrites and removes a record", async () => {
    const { own } = zonesOf(lab);
    const { serial } = own;
    const body = {
      type: "CNAME",
      name: "Selector1._domainkey",
      content: "Target.Mail.Example.",
      ttl: 300,
      proxied: false,
      settings: { flatten_cname: false, ipv4_only: false, ipv6_only: false },
    };
    const made = await make(body);
    assert.match(made.id, /^[0-9a-f]{32}$/);
    assert.equal(made.name, `selector1._domainkey.${domain}`);
    assert.equal(made.content, "target.mail.example");
    assert.deepEqual(made.settings, body.settings);
    assert.equal(made.proxiable, true);
    assert.equal(made.created_on, made.modified_on);

    await lab.clock.advance(60_000);
    const patched = (await api.patch(`${records}/${made.id}`, { comment: "ours" })).result;
    assert.deepEqual([patched.comment, patched.ttl, patched.content], ["ours", 300, made.content]);
    assert.equal(patched.created_on, made.created_on);
    assert.ok(patched.modified_on > made.modified_on);

    const put = (
      await api.put(`${records}/${made.id}`, {
        type: "CNAME",
        name: made.name,
        content: "a.example",
      })
    ).result;
    assert.deepEqual([put.content, put.comment, put.ttl], ["a.example", null, 1]);
    assert.deepEqual((await api.get(`${records}/${made.id}`)).result, put);

    assert.deepEqual((await api.delete(`${records}/${made.id}`)).result, { id: made.id });
    assert.deepEqual((await api.get(`${records}/${made.id}`)).codes, [81_044]);
    assert.equal(own.serial, serial + 4);
  });

  it("keeps text as it came, and cuts only what is too long for one string", async () => {
    const long = "x".repeat(300);
    for (const [sent, kept] of [
      ['"v=DMARC1; p=none"', '"v=DMARC1; p=none"'],
      ["v=DMARC1; p=none; bare", "v=DMARC1; p=none; bare"],
      ['"one" "two"', '"one" "two"'],
      [`"${long}"`, `"${long.slice(0, 255)}" "${long.slice(255)}"`],
      [`y${long}`, `"y${long.slice(0, 254)}" "${long.slice(254)}"`],
    ]) {
      const made = await make({ type: "TXT", name: `text.${domain}`, content: sent, ttl: 300 });
      assert.equal(made.content, kept);
    }
  });

  it("takes names from the apex to the wildcard, and makes proxied TTLs automatic", async () => {
    const apex = await make({ type: "TXT", name: "@", content: '"apex"' });
    assert.equal(apex.name, domain);
    const wild = await make({
      type: "A",
      name: "*.app",
      content: "192.0.2.1",
      proxied: true,
      ttl: 600,
    });
    assert.deepEqual([wild.name, wild.ttl, wild.proxied], [`*.app.${domain}`, 1, true]);
    const foreign = await make({ type: "A", name: "a.other.example.", content: "192.0.2.1" });
    assert.equal(foreign.name, `a.other.example.${domain}`);
    const accented = await make({ type: "A", name: "münchen", content: "192.0.2.1" });
    assert.equal(accented.name, `xn--mnchen-3ya.${domain}`);
  });

  it("lets TXT and MX records stand beside a CNAME, at the apex and below it", async () => {
    const { own } = zonesOf(lab);
    lab.editZone(domain, (all) => all.filter(({ type, name }) => type !== "A" || name !== domain));
    await make({ type: "CNAME", name: domain, content: "host.example" });
    await make({ type: "TXT", name: domain, content: '"beside"' });
    assert.equal(recordIn(own, "CNAME", domain).content, "host.example");
    await make({ type: "CNAME", name: "alias", content: "host.example" });
    await make({ type: "TXT", name: "alias", content: '"beside"' });
    await make({ type: "MX", name: "alias", content: "mail.example", priority: 1 });
  });

  it("keeps a null MX", async () => {
    const { content, priority } = await make({ type: "MX", name: "n", content: ".", priority: 0 });
    assert.deepEqual([content, priority], [".", 0]);
    const { text } = await api.get(`${records}/export`);
    assert.match(text, /^n\..*\tMX\t0 \.$/m);
  });

  it("stores records below a delegation in the worlds that do so", async () => {
    lab.world.settings.recordsBelowDelegation = "stored";
    const ns = { type: "NS", name: `sub.${domain}`, content: "ns1.example" };
    lab.editZone(domain, (all) => [...all, ns]);
    await make({ type: "TXT", name: "sub", content: '"stored"' });
    await make({ type: "TXT", name: "a.b.sub", content: '"stored"' });
  });

  it("exports the zone as BIND has it", async () => {
    const { own } = zonesOf(lab);
    const { status, text, headers } = await api.get(`${records}/export`);
    assert.equal(status, 200);
    assert.match(headers["content-type"] ?? "", /^text\/plain/);
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
    const form = /^\S+\.\t\d+\tIN\t(SOA|NS|A|AAAA|CNAME|MX|TXT)\t[^\t]+$/;
    for (const line of lines) assert.match(line, form);
    assert.equal(lines.length, own.records.length + 3);
    assert.ok(text.includes(`${domain}.\t3600\tIN\tMX\t0 ${lab.world.tenant.mxHost}.`));
    assert.ok(text.includes(`text.${domain}.\t300\tIN\tTXT\t"v=DMARC1; p=none; bare"`));
    assert.ok(text.includes("; cf_tags=cf-proxied:true"));
  });

  it("an injected fault strikes in Cloudflare's words, and a lost reply leaves the record", async () => {
    const where = { service: "cloudflare", match: `/client/v4${records}` } as const;
    lab.faults.inject({ where, what: { kind: "status", status: 429, retryAfter: 5 } });
    lab.faults.inject({ where, what: { kind: "status", status: 503 } });
    const slow = await api.get(records);
    assert.deepEqual([slow.status, slow.headers["retry-after"]], [429, "5"]);
    assert.equal((await api.get(records)).status, 503);
    lab.faults.inject({ where, what: { kind: "replyLost" } });
    const record = { type: "TXT", name: "lost", content: '"lost"' };
    await assert.rejects(api.post(records, record), /socket hang up|ECONNRESET/);
    assert.equal((await api.post(records, record)).codes[0], 81_058);
  });

  it("refuses nothing of all this", () => {
    assert.deepEqual(lab.log.events({ service: "cloudflare", refused: true }), []);
    assert.ok(!JSON.stringify(lab.log.events()).includes(lab.env.CLOUDFLARE_API_TOKEN ?? "?"));
    assert.ok(lab.secrets().includes(lab.env.CLOUDFLARE_API_TOKEN ?? "?"));
  });
});
