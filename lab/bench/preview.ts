import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack } from "../../scripts/engine/openStack.ts";
import { openLab } from "../src/lab.ts";
import { pluginLines } from "../stack/plugins.ts";
import { LAB_PASSPHRASE, openScene, type Scene } from "../stack/scene.ts";
import { DEFAULT_SEED } from "../stack/stackFile.ts";
import { floorProgram, sortsOf } from "./floor.ts";
import { serveNothing } from "./nothingPlugin.ts";
import { median, type Row } from "./row.ts";
import { timed } from "./timed.ts";

/** An unchanged preview against the floor, in turns, and what the lab's stack keeps in its state. */
export async function measurePreview(runs: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "m365-bench-"));
  const lab = await openLab({ seed: DEFAULT_SEED });
  const nothing = await serveNothing();
  let scene: Scene | undefined;
  try {
    scene = await openScene(lab, join(folder, "lab"));
    const { stack, env, plugins } = scene;
    process.stderr.write(pluginLines(plugins).replaceAll(/^(?=.)/gm, "bench: "));
    await stack.up();
    const { deployment } = await stack.exportState();
    const sizes = sizesOf(deployment);
    const floor = await openStack({
      stack: "floor",
      folder: join(folder, "floor"),
      config: {},
      env: { ...env, PULUMI_DEBUG_PROVIDERS: `nothing:${nothing.port}` },
      passphrase: LAB_PASSPHRASE,
      program: floorProgram(sortsOf(deployment)),
    });
    await floor.up();

    const calls = lab.log.count({ service: "exchange" });
    const [ours, least]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      ours.push(await timed(() => stack.preview()));
      least.push(await timed(() => floor.preview()));
    }
    const ratios = ours.map((time, run) => time / (least[run] ?? Number.NaN));
    return [
      {
        name: "unchanged preview, times the floor",
        measured: median(ratios),
        budget: 1.3,
        unit: "",
      },
      {
        name: "Exchange calls in unchanged previews",
        measured: lab.log.count({ service: "exchange" }) - calls,
        budget: 0,
        unit: "",
      },
      {
        name: "state per resource of ours, the largest",
        measured: Math.max(...sizes),
        budget: 8192,
        unit: "B",
      },
    ];
  } finally {
    await scene?.close();
    await nothing.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bytes that each resource of ours takes in the state, as JSON. */
function sizesOf(deployment: unknown): number[] {
  const { resources } = deployment as { resources: { type: string }[] };
  return resources
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"))
    .map((resource) => Buffer.byteLength(JSON.stringify(resource, null, 4)));
}
