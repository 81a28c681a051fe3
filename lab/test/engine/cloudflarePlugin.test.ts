// The stand-in for the cloudflare plugin on the real engine. What it asks Cloudflare is compared with what the plugin
// itself was recorded to ask. The Cloudflare of this test answers as the recording's did; nothing here proves what else
// the real one answers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { getZones } from "@pulumi/cloudflare/getZones.js";
import { withFixture } from "../../../test/engine/fixture.ts";
import { openFakeCloudflare } from "../unit/fakeCloudflare.ts";

describe("the stand-in for the cloudflare plugin, on the engine", () => {
  it("asks for zones what the plugin asks", (t) =>
    withFixture(async ({ open, plugins }) => {
      if (plugins.some(({ kind }) => kind === "plugin")) t.diagnostic("the plugin itself is used");
      const cloudflare = await openFakeCloudflare();
      try {
        const stack = await open({
          env: cloudflare.env,
          program: async () => {
            const { results } = await getZones({ name: "contoso.com" });
            return { zones: results.map(({ id }) => id) };
          },
        });
        const { outputs } = await stack.up();
        assert.deepEqual(outputs.zones, [cloudflare.zoneId]);
        const asked = cloudflare.requests.map(({ method, path }) => `${method} ${path}`);
        assert.deepEqual([...new Set(asked)], await recordedRequests());
      } finally {
        await cloudflare.close();
      }
    }));

  it("works with the lab's own Cloudflare, over HTTPS", () =>
    withFixture(async ({ lab, open }) => {
      const { domain } = lab.world.tenant;
      const stack = await open({
        program: async () => {
          const { results } = await getZones({ name: domain });
          return { zones: results.map(({ name }) => name) };
        },
      });
      assert.deepEqual((await stack.up()).outputs.zones, [domain]);
      assert.deepEqual(lab.log.events({ refused: true }), []);
    }));
});

/** What the plugin asked of zones in the recorded `up`. */
async function recordedRequests(): Promise<string[]> {
  const file = join(import.meta.dirname, "../data/plugin-requests.jsonl");
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines
    .map((line) => JSON.parse(line) as { phase: string; method: string; path: string })
    .filter(({ phase, path }) => phase === "up" && path.startsWith("/client/v4/zones?"))
    .map(({ method, path }) => `${method} ${path}`);
}
