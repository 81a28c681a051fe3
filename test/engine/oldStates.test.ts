// What earlier releases left in a state still previews, refreshes and deletes.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openLab } from "../../lab/src/lab.ts";
import { attachPlugins } from "../../lab/stack/plugins.ts";
import { LAB_PASSPHRASE, LAB_STACK } from "../../lab/stack/scene.ts";
import type { KeptState } from "../../lab/stack/snapshot.ts";
import { openStack } from "../../scripts/engine/openStack.ts";

const STATES = join(import.meta.dirname, "../state");

describe("the state of release", async () => {
  for (const file of await readdir(STATES)) {
    const kept = JSON.parse(await readFile(join(STATES, file), "utf8")) as KeptState;

    it(`${kept.version} previews, shows no drift, and is destroyed without a rest`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "m365-state-"));
      const lab = await openLab({ seed: "kept" });
      Object.assign(lab.world, structuredClone(kept.world));
      const identity = {
        ...lab.env,
        ARM_TENANT_ID: lab.world.tenant.id,
        ARM_CLIENT_ID: lab.world.deployer.clientId,
      };
      const plugins = await attachPlugins(identity);
      try {
        const env = { ...identity, ...plugins.env };
        const { config } = kept;
        const passphrase = LAB_PASSPHRASE;
        const stack = await openStack({ stack: LAB_STACK, folder, config, env, passphrase });
        await stack.importState(kept.state);
        const lost = (await stack.preview()).filter(({ op }) => /delete|replace/.test(op));
        assert.deepEqual(lost, []);
        assert.deepEqual(await stack.drift(), []);
        assert.ok(lab.world.connectors.length > 0);
        await stack.destroy();
        assert.deepEqual(lab.world.connectors, []);
      } finally {
        await plugins.close();
        await lab.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});
