// The stand-in for the cloudflare plugin, over gRPC as engines speak to it, before a Cloudflare that answers the least
// that it needs. That it asks what the plugin itself asks is proven by test/engine/cloudflarePlugin.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { serveCloudflare } from "../../plugins/cloudflare/plugin.ts";
import type { ServedPlugin } from "../../plugins/service.ts";
import { UNKNOWN } from "../../plugins/values.ts";
import { openLab } from "../../src/lab.ts";
import { secret } from "./azureadScene.ts";
import { type FakeCloudflare, openFakeCloudflare } from "./fakeCloudflare.ts";
import { attachClient, type PluginClient } from "./pluginClient.ts";

const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const GET_ZONES = "cloudflare:index/getZones:getZones";

describe("the stand-in for the cloudflare plugin", () => {
  let cloudflare: FakeCloudflare;
  let plugin: ServedPlugin;
  let engine: PluginClient;
  let cname: Record<string, unknown>;
  let txt: Record<string, unknown>;

  before(async () => {
    cloudflare = await openFakeCloudflare();
    plugin = await serveCloudflare("6.22.1", cloudflare.env);
  });
  after(async () => {
    await plugin.close();
    await cloudflare.close();
  });
  beforeEach(async () => {
    cloudflare.requests.length = 0;
    cloudflare.records.clear();
    engine = attachClient(plugin.port, DNS_RECORD);
    await engine.configure({});
    const { zoneId } = cloudflare;
    const name = "s1._domainkey.contoso.com";
    cname = { zoneId, type: "CNAME", name, content: "x.dkim.mail.microsoft", ttl: 300 };
    txt = {
      zoneId,
      type: "TXT",
      name: "_dmarc.contoso.com",
      content: '"v=DMARC1; p=none"',
      ttl: 300,
    };
  });
  afterEach(() => engine.close());

  it("says the plugin's version", async () => assert.equal(await engine.info(), "6.22.1"));

  describe("check", () => {
    it("passes a record, also with values that are not known yet", async () => {
      assert.deepEqual(await engine.check(cname), []);
      assert.deepEqual(await engine.check({ ...cname, content: UNKNOWN, ttl: UNKNOWN }), []);
      assert.deepEqual(cloudflare.requests, []);
    });

    it("refuses a property that the stand-in does not have", async () => {
      const [failure] = await engine.check({ ...cname, data: {} });
      assert.equal(failure?.property, "data");
    });
  });

  describe("a new record", () => {
    it("is previewed without a request; what only Cloudflare knows is unknown", async () => {
      const { id, outputs } = await engine.create(txt, true);
      assert.equal(id, "");
      assert.equal(outputs.content, txt.content);
      assert.equal(outputs.proxied, false);
      for (const name of ["id", "createdOn", "modifiedOn", "tags", "settings"]) {
        assert.equal(outputs[name], UNKNOWN, name);
      }
      assert.deepEqual(cloudflare.requests, []);
    });

    it("is one POST, and has what Cloudflare answers", async () => {
      const { id, outputs } = await engine.create({ ...txt, comment: "relay" });
      assert.deepEqual(cloudflare.requests, [
        {
          method: "POST",
          path: `/client/v4/zones/${cloudflare.zoneId}/dns_records`,
          body: {
            comment: "relay",
            content: '"v=DMARC1; p=none"',
            name: "_dmarc.contoso.com",
            proxied: false,
            ttl: 300,
            type: "TXT",
          },
        },
      ]);
      assert.equal(outputs.id, id);
      assert.deepEqual([outputs.tags, outputs.settings], [[], {}]);
      assert.equal(outputs.meta, '{"source":"api"}');
    });

    it("of type CNAME sends all three settings if one is set, and has them if none is", async () => {
      const settings = { flattenCname: false, ipv4Only: false, ipv6Only: false };
      const given = await engine.create({ ...cname, settings: { flattenCname: false } });
      const { body } = cloudflare.requests[0] ?? {};
      assert.deepEqual(body?.settings, {
        flatten_cname: false,
        ipv4_only: false,
        ipv6_only: false,
      });
      assert.deepEqual(given.outputs.settings, settings);
      const without = await engine.create(cname);
      assert.equal("settings" in (cloudflare.requests[1]?.body ?? {}), false);
      assert.deepEqual(without.outputs.settings, settings);
    });

    it("keeps a secret input secret, and sends its value", async () => {
      const { outputs } = await engine.create({ ...txt, content: secret("hunter2") });
      assert.equal(cloudflare.requests[0]?.body?.content, "hunter2");
      assert.deepEqual(outputs.content, secret("hunter2"));
      assert.equal(outputs.name, txt.name);
    });
  });

  describe("diff", () => {
    it("sees no change in a new record, nor in the case of a CNAME's target", async () => {
      for (const inputs of [txt, cname, { ...cname, settings: { ipv4Only: false } }]) {
        const { outputs } = await engine.create(inputs);
        assert.deepEqual((await engine.diff(outputs, inputs)).changes, []);
      }
      const { outputs } = await engine.create(cname);
      const upperCase = { ...cname, content: "X.DKIM.mail.microsoft" };
      assert.deepEqual((await engine.diff(outputs, upperCase)).changes, []);
    });

    it("names each property that changes, and asks Cloudflare nothing", async () => {
      const { outputs } = await engine.create(txt);
      cloudflare.requests.length = 0;
      const other = { ...txt, content: "x", comment: "new" };
      assert.deepEqual(await engine.diff(outputs, other), {
        changes: ["comment", "content"],
        replaces: [],
      });
      assert.deepEqual(cloudflare.requests, []);
    });

    it("replaces a record whose type or zone changes, and renames it in place", async () => {
      const { outputs } = await engine.create(txt);
      const other = { ...txt, type: "CNAME", zoneId: UNKNOWN, name: "other.contoso.com" };
      const { changes, replaces } = await engine.diff(outputs, other);
      assert.deepEqual(replaces, ["type", "zoneId"]);
      assert.ok(changes.includes("name"));
    });
  });

  describe("an existing record", () => {
    let id: string;
    let outputs: Record<string, unknown>;
    const path = () => `/client/v4/zones/${cloudflare.zoneId}/dns_records/${id}`;
    beforeEach(async () => {
      ({ id, outputs } = await engine.create({ ...txt, comment: "relay" }));
      cloudflare.requests.length = 0;
    });

    it("is updated by one PUT of all its properties; a removed one is null", async () => {
      const updated = await engine.update(id, outputs, { ...txt, content: "x" });
      assert.deepEqual(cloudflare.requests, [
        {
          method: "PUT",
          path: path(),
          body: {
            comment: null,
            content: "x",
            name: "_dmarc.contoso.com",
            proxied: false,
            settings: {},
            tags: [],
            ttl: 300,
            type: "TXT",
          },
        },
      ]);
      assert.equal(updated.content, "x");
      assert.equal(updated.comment ?? null, null);
    });

    it("previews a change without a request; what stays is known", async () => {
      const planned = await engine.update(id, outputs, { ...txt, content: "x" }, true);
      assert.equal(planned.content, "x");
      assert.equal(planned.id, id);
      assert.equal(planned.createdOn, outputs.createdOn);
      assert.equal(planned.modifiedOn, UNKNOWN);
      assert.deepEqual(cloudflare.requests, []);
    });

    it("is read by its id; a change by hand shows in outputs and inputs", async () => {
      Object.assign(cloudflare.records.get(id) ?? {}, { content: "by hand", comment: null });
      const found = await engine.read(id, outputs, { ...txt, comment: "relay" });
      assert.deepEqual(cloudflare.requests, [{ method: "GET", path: path() }]);
      assert.equal(found.outputs.content, "by hand");
      assert.deepEqual(found.inputs, { ...txt, content: "by hand" });
      const { changes } = await engine.diff(found.outputs, { ...txt, comment: "relay" });
      assert.deepEqual(changes, ["comment", "content"]);
    });

    it("is gone when Cloudflare answers 404", async () => {
      cloudflare.records.clear();
      assert.equal((await engine.read(id, outputs, txt)).id, "");
    });

    it("is imported by zone and id, and then differs in nothing", async () => {
      const found = await engine.read(`${cloudflare.zoneId}/${id}`);
      assert.equal(found.id, id);
      assert.equal(found.inputs.zoneId, cloudflare.zoneId);
      const { changes } = await engine.diff(found.outputs, { ...txt, comment: "relay" });
      assert.deepEqual(changes, []);
      await assert.rejects(engine.read(id), /<zone_id>\/<dns_record_id>/);
    });

    it("is deleted by one DELETE, which fails if it is gone, as in the plugin", async () => {
      await engine.delete(id, outputs);
      assert.deepEqual(cloudflare.requests, [{ method: "DELETE", path: path() }]);
      await assert.rejects(engine.delete(id, outputs), /404 Not Found .*81044/);
    });
  });

  describe("what Cloudflare refuses", () => {
    it("is passed on, with the request and the status", async () => {
      cloudflare.refuse(400, 81058, "An identical record already exists.");
      const url = `${cloudflare.env.CLOUDFLARE_BASE_URL}/zones/${cloudflare.zoneId}/dns_records`;
      const body =
        '{"success":false,"errors":[{"code":81058,"message":"An identical record already exists."}],"messages":[],"result":null}';
      await assert.rejects(engine.create(txt), {
        message: `failed to make http request: POST "${url}": 400 Bad Request ${body}`,
      });
      assert.equal(cloudflare.records.size, 0);
      assert.equal(cloudflare.requests.length, 1);
    });

    it("with a status of a busy server is tried twice more", async () => {
      cloudflare.refuse(429, 10100, "rate limited", 2);
      await engine.create(txt);
      assert.equal(cloudflare.requests.length, 3);
      cloudflare.refuse(503, 10000, "unavailable", 3);
      await assert.rejects(engine.create(cname), /503 Service Unavailable/);
    });
  });

  describe("getZones", () => {
    it("reads pages until one is empty", async () => {
      const { results } = await engine.invoke(GET_ZONES, { name: "contoso.com" });
      const [zone] = results as Record<string, unknown>[];
      assert.equal(zone?.id, cloudflare.zoneId);
      assert.deepEqual(zone?.nameServers, ["ns.example"]);
      assert.deepEqual(
        cloudflare.requests.map(({ path }) => path),
        ["/client/v4/zones?name=contoso.com", "/client/v4/zones?name=contoso.com&page=2"],
      );
    });

    it("asks once for a list that is empty", async () => {
      const { results } = await engine.invoke(GET_ZONES, { name: "nothing.example" });
      assert.deepEqual(results, []);
      assert.equal(cloudflare.requests.length, 1);
    });

    it("refuses arguments that the stand-in does not know", async () => {
      await assert.rejects(engine.invoke(GET_ZONES, { types: ["full"] }), /argument "types"/);
    });
  });

  describe("configuration", () => {
    it("of an engine goes before the environment, and is that engine's alone", async () => {
      const other = attachClient(plugin.port, DNS_RECORD);
      try {
        await other.configure({ apiToken: secret("wrong") });
        await assert.rejects(other.create(txt), /403 Forbidden/);
        await engine.create(txt);
        await other.cancel();
        await engine.create(cname);
        await other.configure({});
        await other.create(txt);
      } finally {
        other.close();
      }
    });

    it("without an address or a token is refused: the stand-in talks to no other Cloudflare", async () => {
      for (const name of ["CLOUDFLARE_BASE_URL", "CLOUDFLARE_API_TOKEN"]) {
        const poor = await serveCloudflare("6.22.1", { ...cloudflare.env, [name]: undefined });
        const client = attachClient(poor.port, DNS_RECORD);
        await assert.rejects(client.configure({}), new RegExp(name));
        client.close();
        await poor.close();
      }
    });

    it("names the CA file by which a lab's HTTPS is trusted", async () => {
      const lab = await openLab({ seed: "plugins" });
      const env = {
        CLOUDFLARE_BASE_URL: `https://localhost:${lab.ports.https}/client/v4`,
        CLOUDFLARE_API_TOKEN: "of nobody",
        SSL_CERT_FILE: lab.caFile,
      };
      const served = await serveCloudflare("6.22.1", env);
      const client = attachClient(served.port, DNS_RECORD);
      try {
        await client.configure({});
        await assert.rejects(client.invoke(GET_ZONES, {}), /zones": 4\d\d /);
      } finally {
        client.close();
        await served.close();
        await lab.close();
      }
    });
  });
});
