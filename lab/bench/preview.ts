import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLab } from "../src/lab.ts";
import { pluginLines } from "../stack/plugins.ts";
import { openScene, type Scene } from "../stack/scene.ts";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { type Floor, openFloor } from "./floor.ts";
import { previewRatio, type Row } from "./row.ts";

/** An unchanged preview against the floor, in turns, and what the lab's stack keeps in its state. */
export async function measurePreview(runs: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "m365-bench-"));
  const lab = await openLab({ seed: DEFAULT_SEED });
  let scene: Scene | undefined;
  let floor: Floor | undefined;
  try {
    scene = await openScene(lab, join(folder, "lab"));
    const { stack, env, plugins } = scene;
    process.stderr.write(pluginLines(plugins).replaceAll(/^(?=.)/gm, "bench: "));
    await stack.up();
    const { deployment } = await stack.exportState();
    const sizes = sizesOf(deployment);
    floor = await openFloor(folder, env, deployment);
    await floor.stack.up();

    const calls = lab.log.count({ service: "exchange" });
    const ratio = await previewRatio(stack, floor.stack, runs);
    return [
      {
        name: "unchanged preview, times the floor",
        measured: ratio,
        budget: 1.1,
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
    await floor?.close();
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
