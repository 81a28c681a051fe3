// The page on a world of one's own is true: its script runs, and the lab then has what it says.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { type Lab, openLab } from "../../src/lab.ts";

const PAGE = join(projectRoot, "docs/how-to/a-world-of-your-own.md");

describe("the script of the page on a world of one's own", () => {
  let folder: string;
  let text: string;
  let lab: Lab;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "m365-own-world-"));
    text = await readFile(PAGE, "utf8");
    const script = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
    assert.match(script, /folder: "\.lab\/mine"/);
    const here = script
      .replace('"./lab/src/lab.ts"', JSON.stringify(join(projectRoot, "lab/src/lab.ts")))
      .replace('".lab/mine"', JSON.stringify(join(folder, "world")));
    await writeFile(join(folder, "seed.ts"), here);
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await promisify(execFile)(process.execPath, [join(folder, "seed.ts")]);
    lab = await openLab({ seed: "mine", folder: join(folder, "world") });
  });
  after(async () => {
    await lab?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("leaves the connector, the record and the settings that it made", () => {
    const { connectors, tenant, cloudflare, settings } = lab.world;
    assert.ok(connectors.some(({ name }) => name === "Relay from ERP"));
    const records = cloudflare.zones.flatMap((zone) => zone.records);
    assert.ok(records.some(({ name }) => name === `_dmarc.shop.${tenant.domain}`));
    assert.ok(tenant.skus.every(({ consumed, enabled }) => consumed === enabled));
    assert.deepEqual(
      [...new Set(Object.values(cloudflare.token.permissions).flat())],
      ["zone:read", "dns:read"],
    );
    assert.deepEqual([settings.applicationRbac, settings.dnsDelayMs], [false, 60_000]);
    assert.deepEqual(
      lab.world.faults.map(({ times }) => times),
      [2],
    );
  });

  it("names files that there are", async () => {
    const paths = [...text.matchAll(/\]\((\.\.[^)#]+)\)/g)].map(([, path = ""]) => path);
    assert.ok(paths.length >= 3);
    for (const path of paths) await readFile(join(dirname(PAGE), path));
  });
});
