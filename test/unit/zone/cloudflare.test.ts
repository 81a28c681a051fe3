// Cloudflare's client as the kinds use it, against the lab's API.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { before, describe, it } from "node:test";
import type { DnsRecord } from "../../../mail/dns/record.ts";
import { cloudflare, type Zones } from "../../../zone/cloudflare.ts";
import { isOutcomeUnknown, ZoneError } from "../../../zone/zoneError.ts";
import { hurried } from "../providers/hurried.ts";
import { useZoneFixture, type ZoneFixture } from "../providers/zoneFixture.ts";
import { thrownBy } from "../tenant/bench.ts";

type Fault = Parameters<ZoneFixture["lab"]["faults"]["inject"]>[0]["what"];

describe("Cloudflare's zones", () => {
  const bench = useZoneFixture("zone");
  let zones: Zones;
  let record: DnsRecord;
  before(() => {
    zones = cloudflare(bench.lab.env);
    const name = `mail.${bench.domain}`;
    record = { type: "TXT", name, content: '"v=spf1 -all"', comment: "Managed by Pulumi: a/b" };
  });

  const strike = (what: Fault, times = 1, path = "") =>
    bench.lab.faults.inject({
      where: {
        service: "cloudflare",
        ...(path && { match: `/client/v4/zones/${bench.zoneId}/dns_records${path}` }),
      },
      what,
      times,
    });
  const refused = async (act: () => unknown): Promise<ZoneError> => {
    const error = await thrownBy(act);
    assert.ok(error instanceof ZoneError, `${error}`);
    return error;
  };
  const there = () => bench.at(record.name);

  it("gives every record of a zone, and those of a name", async () => {
    const all = await zones.records(bench.zoneId);
    assert.equal(all.length, bench.held().length);
    const [www] = await zones.records(bench.zoneId, `www.${bench.domain}`);
    assert.deepEqual(www, {
      id: bench.at(`www.${bench.domain}`, "A")[0]?.id,
      type: "A",
      name: `www.${bench.domain}`,
      content: "192.0.2.251",
      proxied: true,
      comment: "",
    });
    assert.deepEqual(await zones.records(bench.zoneId, `nowhere.${bench.domain}`), []);
    assert.equal(bench.calls(), 3, "one request each");
  });

  it("gives the records of later pages too, each once", async () => {
    bench.lab.editZone(bench.domain, () =>
      Array.from({ length: 5001 }, (_, index) => ({
        type: "A",
        name: `h${index}.${bench.domain}`,
        content: "192.0.2.1",
      })),
    );
    const all = await zones.records(bench.zoneId);
    assert.equal(new Set(all.map(({ name }) => name)).size, 5001);
    assert.deepEqual([all.length, bench.calls()], [5001, 2]);
  });

  it("makes, changes and removes", async () => {
    const before = bench.held();
    const id = await zones.create(bench.zoneId, record);
    assert.deepEqual(
      there().map(({ id: held, content, ttl, comment }) => [held, content, ttl, comment]),
      [[id, record.content, 300, record.comment]],
    );
    bench.edit(record.name, { ttl: 3600, comment: "mine" });
    assert.equal(
      await zones.setContent(bench.zoneId, id, record.content, '"v=spf1 mx -all"'),
      true,
    );
    assert.deepEqual(
      there().map(({ id: held, content, ttl, comment }) => [held, content, ttl, comment]),
      [[id, '"v=spf1 mx -all"', 3600, "mine"]],
    );
    await zones.remove(bench.zoneId, id);
    assert.deepEqual(bench.held(), before);
  });

  it("a content that is another by now, or a record that is gone, is left alone", async () => {
    const id = await zones.create(bench.zoneId, record);
    const before = bench.held();
    assert.equal(await zones.setContent(bench.zoneId, id, "v=spf1 -all", "x"), false);
    assert.deepEqual(bench.held(), before);
    bench.take(record.name);
    assert.equal(await zones.setContent(bench.zoneId, id, record.content, "x"), false);
    await zones.remove(bench.zoneId, id);
    assert.equal(bench.calls("PATCH"), 0);
  });

  it("a lost answer to a new record makes no second one", async (t) => {
    hurried(t);
    strike({ kind: "replyLost" });
    const id = await zones.create(bench.zoneId, record);
    assert.deepEqual(
      there().map((one) => one.id),
      [id],
    );
    assert.equal(bench.calls("POST"), 2);
  });

  it("a lost answer to a change or a removal is asked for again", async (t) => {
    hurried(t);
    const id = await zones.create(bench.zoneId, record);
    strike({ kind: "replyLost" }, 2, `/${id}`);
    assert.equal(await zones.setContent(bench.zoneId, id, record.content, "v=spf1 a -all"), true);
    assert.equal(there()[0]?.content, "v=spf1 a -all");
    strike({ kind: "replyLost" }, 1, `/${id}`);
    await zones.remove(bench.zoneId, id);
    assert.deepEqual(there(), []);
  });

  it("a record that is the same but for its owner is not ours", async () => {
    bench.place({ ...record, comment: "ask Piet" });
    const before = bench.held();
    const error = await refused(() => zones.create(bench.zoneId, record));
    assert.match(error.message, /TXT mail\..* An identical record already exists\. \(81058\)/);
    assert.deepEqual([error.status, error.codes], [400, [81_058]]);
    assert.equal(isOutcomeUnknown(error), false);
    assert.deepEqual(bench.held(), before);
  });

  it("429 is waited out as long as Retry-After says", async (t) => {
    const pauses = hurried(t);
    strike({ kind: "status", status: 429, retryAfter: 7 });
    assert.ok((await zones.records(bench.zoneId)).length > 0);
    assert.ok(pauses.includes(7000), pauses.join());
    assert.equal(bench.calls(), 2);
  });

  it("says before each pause why and how long it pauses", async (t) => {
    hurried(t);
    const said: [string, number][] = [];
    const reporting = cloudflare(bench.lab.env, (...pause) => said.push(pause));
    strike({ kind: "status", status: 429, retryAfter: 7 });
    strike({ kind: "status", status: 503, retryAfter: 9 });
    await reporting.records(bench.zoneId);
    assert.deepEqual(said.toSorted(), [
      [
        "Cloudflare accepts no more requests for now (HTTP 429, 1,200 in five minutes for all programs together)",
        7000,
      ],
      ["Cloudflare accepts no more requests for now (HTTP 503)", 9000],
    ]);
  });

  it("makes CNAMEs that are neither proxied nor flattened, and keeps them so", async () => {
    const name = `alias.${bench.domain}`;
    const id = await zones.create(bench.zoneId, { type: "CNAME", name, content: "a.example" });
    bench.edit(name, { proxied: true, settings: { flatten_cname: true } }, "CNAME");
    const [seen] = await zones.records(bench.zoneId, name);
    assert.equal(seen?.proxied, true);
    assert.equal(await zones.setContent(bench.zoneId, id, "a.example", "b.example"), true);
    const [alias] = bench.at(name, "CNAME");
    assert.deepEqual(
      [alias?.content, alias?.proxied, alias?.settings.flatten_cname],
      ["b.example", false, false],
    );
  });

  it("finds the ids of the zones of a name", async () => {
    assert.deepEqual(await zones.ids(bench.domain), [bench.zoneId]);
    assert.deepEqual(await zones.ids("nowhere.example"), []);
  });

  it("429 without an end, and an API that is down, are errors that say what to do", async () => {
    strike({ kind: "status", status: 429, retryAfter: 0 }, 5);
    const busy = await refused(() => zones.records(bench.zoneId));
    assert.match(busy.message, /injected by the lab \(10429\); too many requests: run it again in/);
    assert.equal(isOutcomeUnknown(busy), false);
    for (const status of [500, 502, 503, 504] as const) {
      strike({ kind: "status", status, retryAfter: 0 }, 5);
      const down = await refused(() => zones.create(bench.zoneId, record));
      assert.equal(down.status, status);
      assert.match(
        down.message,
        /TXT mail\..* could not be created: .*dashboard, and run it again$/,
      );
      assert.equal(isOutcomeUnknown(down), true);
    }
    assert.deepEqual(there(), []);
  });

  it("5xx that passes is not noticed", async () => {
    strike({ kind: "status", status: 503, retryAfter: 0 }, 4);
    assert.ok((await zones.records(bench.zoneId)).length > 0);
  });

  it("no answer at all is an error that says so", async (t) => {
    hurried(t);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const env = { ...bench.lab.env, CLOUDFLARE_BASE_URL: `https://127.0.0.1:${port}/client/v4` };
    const error = await refused(() => cloudflare(env).records(bench.zoneId));
    assert.match(error.message, /ECONNREFUSED .*; check the network, and CLOUDFLARE_BASE_URL/);
    assert.deepEqual([error.status, error.codes, isOutcomeUnknown(error)], [0, [], true]);
  });

  it("a token without rights, or that is no token, names the permissions", async () => {
    const { permissions } = bench.lab.world.cloudflare.token;
    permissions[bench.zoneId] = ["zone:read", "dns:read"];
    const before = bench.held();
    const [first] = await zones.records(bench.zoneId);
    const acts = [
      () => zones.create(bench.zoneId, record),
      () => zones.setContent(bench.zoneId, first?.id ?? "", first?.content ?? "", "x"),
      () => zones.remove(bench.zoneId, first?.id ?? ""),
      () => zones.records("0".repeat(32)),
      () =>
        cloudflare({ ...bench.lab.env, CLOUDFLARE_API_TOKEN: "x".repeat(40) }).records(
          bench.zoneId,
        ),
    ];
    for (const act of acts) {
      const error = await refused(act);
      assert.equal(error.status, 403);
      assert.match(error.message, /permissions Zone\.Zone Read and Zone\.DNS Edit for this zone; /);
      assert.doesNotMatch(error.message, /x{40}/);
    }
    assert.deepEqual(bench.held(), before);
  });

  it("no token is an error before any request", async () => {
    for (const CLOUDFLARE_API_TOKEN of [undefined, ""]) {
      const error = await refused(() => cloudflare({ ...bench.lab.env, CLOUDFLARE_API_TOKEN }));
      assert.equal(
        error.message,
        "CLOUDFLARE_API_TOKEN is not set; set it to an API token with Zone.DNS Edit",
      );
    }
    assert.deepEqual(bench.events(), []);
  });
});
