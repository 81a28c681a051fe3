// The stand-in for the cloudflare plugin, over gRPC as engines speak to it, before a Cloudflare that answers the least
// that it needs. That it asks what the plugin itself asks is proven by test/engine/cloudflarePlugin.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { serveCloudflare } from "../../plugins/cloudflare/plugin.ts";
import type { ServedPlugin } from "../../plugins/service.ts";
import { openLab } from "../../src/lab.ts";
import { secret } from "./azureadScene.ts";
import { type FakeCloudflare, openFakeCloudflare } from "./fakeCloudflare.ts";
import { attachClient, type PluginClient } from "./pluginClient.ts";

const GET_ZONES = "cloudflare:index/getZones:getZones";

describe("the stand-in for the cloudflare plugin", () => {
  let cloudflare: FakeCloudflare;
  let plugin: ServedPlugin;
  let engine: PluginClient;

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
    engine = attachClient(plugin.port);
    await engine.configure({});
  });
  afterEach(() => engine.close());

  it("says the plugin's version", async () => assert.equal(await engine.info(), "6.22.1"));

  describe("what Cloudflare refuses", () => {
    it("is passed on, with the request and the status", async () => {
      cloudflare.refuse(403, 9109, "Invalid access token");
      const url = `${cloudflare.env.CLOUDFLARE_BASE_URL}/zones`;
      const body =
        '{"success":false,"errors":[{"code":9109,"message":"Invalid access token"}],"messages":[],"result":null}';
      await assert.rejects(engine.invoke(GET_ZONES, {}), {
        message: `failed to make http request: GET "${url}": 403 Forbidden ${body}`,
      });
      assert.equal(cloudflare.requests.length, 1);
    });

    it("with a status of a busy server is tried twice more", async () => {
      cloudflare.refuse(429, 10100, "rate limited", 2);
      await engine.invoke(GET_ZONES, { name: "nothing.example" });
      assert.equal(cloudflare.requests.length, 3);
      cloudflare.refuse(503, 10000, "unavailable", 3);
      await assert.rejects(engine.invoke(GET_ZONES, {}), /503 Service Unavailable/);
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
      const other = attachClient(plugin.port);
      try {
        await other.configure({ apiToken: secret("wrong") });
        await assert.rejects(other.invoke(GET_ZONES, {}), /403 Forbidden/);
        await engine.invoke(GET_ZONES, {});
        await other.cancel();
        await engine.invoke(GET_ZONES, {});
        await other.configure({});
        await other.invoke(GET_ZONES, {});
      } finally {
        other.close();
      }
    });

    it("without an address or a token is refused: the stand-in talks to no other Cloudflare", async () => {
      for (const name of ["CLOUDFLARE_BASE_URL", "CLOUDFLARE_API_TOKEN"]) {
        const poor = await serveCloudflare("6.22.1", { ...cloudflare.env, [name]: undefined });
        const client = attachClient(poor.port);
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
      const client = attachClient(served.port);
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
