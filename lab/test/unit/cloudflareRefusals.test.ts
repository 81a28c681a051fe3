// What Cloudflare's API refuses, in its words; after each refusal the world is as it was.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, openLab } from "../../src/lab.ts";
import {
  type CloudflareAnswer,
  type CloudflareClient,
  cloudflareOf,
  recordIn,
  zonesOf,
} from "./cloudflareClient.ts";

describe("Cloudflare refuses", () => {
  let lab: Lab;
  let api: CloudflareClient;
  let domain: string;
  let records: string;
  before(async () => {
    lab = await openLab({ seed: "cloudflare refusals" });
    api = cloudflareOf(lab);
    domain = lab.world.tenant.domain;
    records = `/zones/${zonesOf(lab).own.id}/dns_records`;
  });
  after(() => lab.close());

  /** Expects a refusal with a status and a code, and a world that is as before. */
  async function refused(
    asked: () => Promise<CloudflareAnswer>,
    status: number,
    code: number,
  ): Promise<CloudflareAnswer> {
    const zones = structuredClone(lab.world.cloudflare);
    const answer = await asked();
    assert.deepEqual([answer.status, ...answer.codes], [status, code], answer.text);
    assert.equal(answer.success, false);
    assert.equal(answer.result, null);
    assert.deepEqual(lab.world.cloudflare, zones);
    return answer;
  }
  const text = { type: "TXT", name: "t", content: '"t"' };
  const post = (record: object) => () => api.post(records, { ...text, ...record });

  it("requests without a token, with a malformed one, a wrong one, or a key", async () => {
    const token = lab.env.CLOUDFLARE_API_TOKEN ?? "";
    const wrong = `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`;
    const asked = (headers: Record<string, string>) => () =>
      api.ask("POST", records, text, headers);
    await refused(asked({}), 400, 9106);
    const malformed = await refused(asked({ authorization: "Bearer short" }), 400, 6003);
    assert.equal(malformed.errors[0]?.error_chain?.[0]?.code, 6111);
    await refused(asked({ authorization: token }), 400, 6003);
    const key = await refused(asked({ "x-auth-key": token, "x-auth-email": "a@b" }), 400, 6003);
    assert.equal(key.errors[0]?.error_chain?.[0]?.code, 6103);
    const headers = { authorization: `Bearer ${wrong}` };
    await refused(asked(headers), 403, 9109);
    await refused(() => api.ask("GET", "/user/tokens/verify", undefined, headers), 401, 1000);
  });

  it("writing in other people's zones, and reading where nothing is granted", async () => {
    const { readable, closed } = zonesOf(lab);
    const path = `/zones/${readable.id}/dns_records`;
    const [first] = (await api.get(path)).results;
    assert.ok(first);
    await refused(() => api.post(path, text), 403, 10_000);
    await refused(() => api.patch(`${path}/${first.id}`, { ttl: 60 }), 403, 10_000);
    await refused(() => api.delete(`${path}/${first.id}`), 403, 10_000);
    await refused(() => api.get(`/zones/${closed.id}/dns_records`), 403, 10_000);
    const nobodys = "0".repeat(32);
    await refused(() => api.get(`/zones/${nobodys}`), 403, 9109);
    await refused(() => api.post(`/zones/${nobodys}/dns_records`, text), 403, 10_000);
    const foreign = () => api.delete(`${records}/${first.id}`);
    await refused(foreign, 404, 81_044);
  });

  it("records whose content is none", async () => {
    await refused(post({ type: "A", content: "mail.example" }), 400, 9005);
    await refused(post({ type: "AAAA", content: "192.0.2.1" }), 400, 9006);
    await refused(post({ type: "CNAME", content: "no host" }), 400, 9007);
    await refused(post({ type: "MX", content: "192.0.2.1", priority: 1 }), 400, 9009);
    await refused(post({ type: "MX", content: "mail.example" }), 400, 9100);
    await refused(post({ type: "MX", content: "mail.example", priority: -1 }), 400, 9008);
    await refused(post({ content: '"open' }), 400, 9051);
    await refused(post({ content: '"a"b' }), 400, 9051);
    await refused(post({ content: "two\nlines" }), 400, 9051);
    await refused(post({ content: "x".repeat(4096) }), 400, 9015);
  });

  it("records whose other fields are wrong", async () => {
    await refused(post({ name: "a b" }), 400, 9000);
    await refused(post({ name: `${"a".repeat(64)}` }), 400, 9000);
    await refused(post({ name: "a..b" }), 400, 9000);
    await refused(post({ ttl: 30 }), 400, 9021);
    await refused(post({ ttl: 86_401 }), 400, 9021);
    await refused(post({ ttl: 60.5 }), 400, 9021);
    await refused(post({ proxied: true }), 400, 9004);
    await refused(post({ comment: "c".repeat(101) }), 400, 9313);
    await refused(post({ tags: ["team:mail"] }), 400, 9300);
    await refused(() => api.post(records, { type: "TXT", name: "t" }), 400, 9100);
  });

  it("what can't stand beside what is there", async () => {
    const { own } = zonesOf(lab);
    const { content } = recordIn(own, "A", `www.${domain}`);
    await refused(post({ type: "A", name: "www", content }), 400, 81_058);
    await refused(post({ type: "CNAME", name: "www", content: "a.example" }), 400, 81_053);
    const beside = { type: "A", name: "autodiscover", content: "192.0.2.9" };
    await refused(post(beside), 400, 81_054);
    await refused(post({ type: "CNAME", name: "autodiscover", content: "a.example" }), 400, 81_053);
    const site = own.records.find((one) => one.content.includes("MS=ms"))?.content ?? "";
    await refused(post({ name: domain, content: site.replaceAll('"', "") }), 400, 81_058);
    const { id } = recordIn(own, "CNAME", `autodiscover.${domain}`);
    await refused(() => api.patch(`${records}/${id}`, { name: "www" }), 400, 81_053);
  });

  it("records at and below a delegation, but for the addresses of its name servers", async () => {
    lab.world.settings.recordsBelowDelegation = "refused";
    const glue = `ns1.sub.${domain}`;
    lab.editZone(domain, (all) => [...all, { type: "NS", name: `sub.${domain}`, content: glue }]);
    await refused(post({ name: "sub" }), 400, 81_056);
    await refused(post({ type: "A", name: "sub", content: "192.0.2.1" }), 400, 81_056);
    await refused(post({ name: "a.b.sub" }), 400, 89_018);
    await refused(post({ type: "CNAME", name: "c.sub", content: "a.example" }), 400, 89_018);
    const address = { type: "A", name: "ns1.sub", content: "192.0.2.1" };
    assert.equal((await api.post(records, address)).status, 200);
  });

  it("what the lab does not know, loudly", async () => {
    const { own } = zonesOf(lab);
    const [{ id } = { id: "" }] = own.records;
    const before = lab.log.count({ service: "cloudflare", refused: true });
    const cases: [() => Promise<CloudflareAnswer>, number, number][] = [
      [() => api.get("/accounts"), 400, 7000],
      [() => api.get(`/zones/${own.id}/settings`), 400, 7000],
      [() => api.post("/zones", { name: "new.example" }), 405, 7001],
      [() => api.delete(`/zones/${own.id}`), 405, 7001],
      [() => api.get(`/zones/${domain}`), 400, 7003],
      [() => api.get(`/zones/${domain}/dns_records`), 400, 7003],
      [() => api.delete(`${records}/1`), 400, 7003],
      [() => api.get("/zones?colour=blue"), 400, 1002],
      [() => api.get("/zones?status=active&status=pending"), 400, 1002],
      [() => api.get("/zones?page=0"), 400, 1002],
      [() => api.get("/zones?per_page=51"), 400, 1002],
      [() => api.get(`${records}?per_page=5000001`), 400, 1002],
      [() => api.get(`${records}?tag=a`), 400, 1002],
      [() => api.get(`${records}?name.like=a`), 400, 1002],
      [() => api.get(`${records}?order=id`), 400, 1002],
      [() => api.get(`${records}/${id}?x=1`), 400, 1002],
      [post({ colour: "blue" }), 400, 1002],
      [post({ settings: { flatten: true } }), 400, 1002],
      [post({ type: "SRV" }), 400, 1002],
      [post({ ttl: "300" }), 400, 9003],
      [post({ settings: { flatten_cname: "yes" } }), 400, 9003],
      [() => api.post(records, "not JSON"), 400, 9207],
      [() => api.post(records, "[]"), 400, 9207],
    ];
    for (const [asked, status, code] of cases) await refused(asked, status, code);
    const { length } = cases;
    assert.equal(lab.log.count({ service: "cloudflare", refused: true }), before + length);
  });

  it("the 1,201st request in five minutes, and those of the five after it", async () => {
    await lab.clock.advance(300_000);
    const path = "/user/tokens/verify";
    for (let batch = 0; batch < 12; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => api.get(path)));
      assert.ok(answers.every(({ status }) => status === 200));
    }
    const over = await refused(() => api.post(records, text), 429, 10_429);
    assert.equal(over.headers["retry-after"], "300");
    await lab.clock.advance(299_000);
    await refused(() => api.post(records, text), 429, 10_429);
    await lab.clock.advance(1000);
    assert.equal((await api.get(path)).status, 200);
  });
});
