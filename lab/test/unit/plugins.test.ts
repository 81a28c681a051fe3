// The stand-in for the cloudflare plugin, over gRPC as engines speak to it, against a Cloudflare that answers as
// little as is needed. That it asks what the plugin itself asks is shown by test/engine/cloudflarePlugin.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { serveCloudflare } from "../../plugins/cloudflare/plugin.ts";
import type { ServedPlugin } from "../../plugins/server.ts";
import { UNKNOWN } from "../../plugins/values.ts";
import { openLab } from "../../src/lab.ts";
import { type FakeCloudflare, openFakeCloudflare } from "./fakeCloudflare.ts";
import { attachClient, type PluginClient } from "./pluginClient.ts";

const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const GET_ZONES = "cloudflare:index/getZones:getZones";
const GET_DNS_RECORDS = "cloudflare:index/getDnsRecords:getDnsRecords";

// Pulumi's numbers for kinds of change.
const [ADD, DELETE, UPDATE, UPDATE_REPLACE] = [0, 2, 4, 5];

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

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

    it("tells what is missing, of a wrong type, in conflict, or not known to the stand-in", async () => {
      const { ttl: _, ...rest } = cname;
      const bad = { ...rest, proxied: "no", data: {}, shadow: true };
      const failures = await engine.check(bad);
      assert.deepEqual(failures.map(({ property }) => property).sort(), [
        "content",
        "proxied",
        "shadow",
        "ttl",
      ]);
    });
  });

  describe("a new record", () => {
    it("is previewed without a request, with what only Cloudflare knows left open", async () => {
      const { id, outputs } = await engine.create(txt, true);
      assert.equal(id, "");
      assert.equal(outputs.content, txt.content);
      assert.equal(outputs.proxied, false);
      for (const name of ["id", "createdOn", "modifiedOn", "tags", "settings"]) {
        assert.equal(outputs[name], UNKNOWN, name);
      }
      assert.deepEqual(cloudflare.requests, []);
    });

    it("is one POST, and has then what Cloudflare answered", async () => {
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

    it("of type CNAME sends all three settings when one is given, and has them when none is", async () => {
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

    it("keeps a secret input secret, and sends it in plain", async () => {
      const { outputs } = await engine.create({ ...txt, content: secret("hunter2") });
      assert.equal(cloudflare.requests[0]?.body?.content, "hunter2");
      assert.deepEqual(outputs.content, secret("hunter2"));
      assert.equal(outputs.name, txt.name);
    });
  });

  describe("diff", () => {
    it("sees no change in what was just made, nor in how the API writes it", async () => {
      for (const inputs of [txt, cname, { ...cname, settings: { ipv4Only: false } }]) {
        const { outputs } = await engine.create(inputs);
        assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
      }
      const { outputs } = await engine.create(cname);
      const other = { ...cname, content: "X.DKIM.mail.microsoft", name: "s1._domainkey" };
      assert.deepEqual((await engine.diff(outputs, other)).paths, []);
    });

    it("tells each property that changes, and how", async () => {
      const { outputs } = await engine.create({ ...txt, priority: 1 });
      const other = { ...txt, content: "x", comment: "new", settings: { flattenCname: true } };
      assert.deepEqual(await engine.diff(outputs, other), {
        paths: [
          ["comment", ADD],
          ["content", UPDATE],
          ["priority", DELETE],
          ["settings.flattenCname", ADD],
        ],
        replaces: [],
      });
    });

    it("replaces a record whose type or zone changes, and renames it in place", async () => {
      const { outputs } = await engine.create(txt);
      const other = { ...txt, type: "CNAME", zoneId: UNKNOWN, name: "other.contoso.com" };
      const { paths, replaces } = await engine.diff(outputs, other);
      assert.deepEqual(replaces, ["zoneId", "type"]);
      assert.deepEqual(new Map(paths).get("type"), UPDATE_REPLACE);
      assert.deepEqual(new Map(paths).get("name"), UPDATE);
    });

    it("asks Cloudflare nothing", async () => {
      await engine.diff({ ...txt, proxied: false }, txt);
      assert.deepEqual(cloudflare.requests, []);
    });
  });

  describe("a record that is there", () => {
    let id: string;
    let outputs: Record<string, unknown>;
    const path = () => `/client/v4/zones/${cloudflare.zoneId}/dns_records/${id}`;
    beforeEach(async () => {
      ({ id, outputs } = await engine.create({ ...txt, comment: "relay" }));
      cloudflare.requests.length = 0;
    });

    it("is changed by one PUT of all it is to be; what goes is sent as null", async () => {
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

    it("previews a change without a request, with everything known that stays", async () => {
      const planned = await engine.update(id, outputs, { ...txt, content: "x" }, true);
      assert.equal(planned.content, "x");
      assert.equal(planned.id, id);
      assert.equal(planned.createdOn, outputs.createdOn);
      assert.equal(planned.modifiedOn, UNKNOWN);
      assert.deepEqual(cloudflare.requests, []);
    });

    it("is read by its id; what somebody changed shows in outputs and inputs", async () => {
      Object.assign(cloudflare.records.get(id) ?? {}, { content: "by hand", comment: null });
      const found = await engine.read(id, outputs, { ...txt, comment: "relay" });
      assert.deepEqual(cloudflare.requests, [{ method: "GET", path: path() }]);
      assert.equal(found.outputs.content, "by hand");
      assert.deepEqual(found.inputs, { ...txt, content: "by hand" });
      const { paths } = await engine.diff(found.outputs, { ...txt, comment: "relay" });
      assert.deepEqual(paths, [
        ["comment", ADD],
        ["content", UPDATE],
      ]);
    });

    it("is gone when Cloudflare does not know it any more", async () => {
      cloudflare.records.clear();
      assert.equal((await engine.read(id, outputs, txt)).id, "");
    });

    it("is imported by zone and id, and then differs in nothing", async () => {
      const found = await engine.read(`${cloudflare.zoneId}/${id}`);
      assert.equal(found.id, id);
      assert.equal(found.inputs.zoneId, cloudflare.zoneId);
      const { paths } = await engine.diff(found.outputs, { ...txt, comment: "relay" });
      assert.deepEqual(paths, []);
      await assert.rejects(engine.read(id), /<zone_id>\/<dns_record_id>/);
    });

    it("is deleted by one DELETE; one that is gone already fails, as in the plugin", async () => {
      await engine.delete(id, outputs);
      assert.deepEqual(cloudflare.requests, [{ method: "DELETE", path: path() }]);
      await assert.rejects(engine.delete(id, outputs), /404 Not Found .*81044/);
    });
  });

  describe("what Cloudflare refuses", () => {
    it("is told in its own words, with the request and the status", async () => {
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

    it("because it is busy is tried twice more", async () => {
      cloudflare.refuse(429, 10100, "rate limited", 2);
      await engine.create(txt);
      assert.equal(cloudflare.requests.length, 3);
      cloudflare.refuse(503, 10000, "unavailable", 3);
      await assert.rejects(engine.create(cname), /503 Service Unavailable/);
    });
  });

  describe("functions", () => {
    it("walk pages until one is empty, with parameters in the order of the alphabet", async () => {
      await engine.create(txt);
      cloudflare.requests.length = 0;
      const zones = await engine.invoke(GET_ZONES, { name: "contoso.com" });
      const [zone] = zones.results as Record<string, unknown>[];
      assert.equal(zone?.id, cloudflare.zoneId);
      assert.deepEqual(zone?.nameServers, ["ns.example"]);
      const { results } = await engine.invoke(GET_DNS_RECORDS, {
        zoneId: cloudflare.zoneId,
        type: "TXT",
        name: { exact: "contoso.com" },
      });
      assert.equal((results as { content: string }[])[0]?.content, txt.content);
      const records = `/client/v4/zones/${cloudflare.zoneId}/dns_records`;
      assert.deepEqual(
        cloudflare.requests.map(({ path }) => path),
        [
          "/client/v4/zones?name=contoso.com",
          "/client/v4/zones?name=contoso.com&page=2",
          `${records}?name.exact=contoso.com&type=TXT`,
          `${records}?name.exact=contoso.com&page=2&type=TXT`,
        ],
      );
    });

    it("ask once for a list that is empty", async () => {
      const { results } = await engine.invoke(GET_ZONES, { name: "nothing.example" });
      assert.deepEqual(results, []);
      assert.equal(cloudflare.requests.length, 1);
    });

    it("refuse what the stand-in does not know", async () => {
      await assert.rejects(engine.invoke(GET_ZONES, { types: ["full"] }), /argument "types"/);
      await assert.rejects(
        engine.invoke("cloudflare:index/getAccounts:getAccounts", {}),
        /does not know cloudflare:index\/getAccounts/,
      );
    });
  });

  describe("configuration", () => {
    it("of an engine comes before the environment, and is that engine's alone", async () => {
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
