// `npm run keep-state`: keeps what a release leaves in a state, for the releases after it. Run once per release.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "../../scripts/setup/options.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { openLab } from "../src/lab.ts";
import { openScene, type Scene } from "../stack/scene.ts";
import type { KeptState } from "../stack/snapshot.ts";
import { DEFAULT_SEED, labConfig } from "../stack/stackConfig.ts";

/** Where in the source a resource was declared is this machine's business, and nothing reads it again. */
const withoutPlaces = (key: string, value: unknown): unknown =>
  key === "sourcePosition" || key === "stackTrace" ? undefined : value;

readOptions(
  "keep-state",
  `npm run keep-state

Writes test/state/VERSION.json: the state of the lab's stack, as this version (package.json) makes it. Run once per
release. The file of a released version must not change.`,
  {},
);

const packageFile = await readFile(join(projectRoot, "package.json"), "utf8");
const { version } = JSON.parse(packageFile) as { version: string };
const folder = await mkdtemp(join(tmpdir(), "m365-keep-"));
const lab = await openLab({ seed: DEFAULT_SEED });
let scene: Scene | undefined;
try {
  scene = await openScene(lab, folder);
  const { stack } = scene;
  await stack.up();
  const kept: KeptState = {
    version,
    config: labConfig(lab.world),
    world: lab.dump(),
    state: (await stack.exportState()) as KeptState["state"],
  };
  const path = join("test", "state", `${version}.json`);
  await writeFile(join(projectRoot, path), `${JSON.stringify(kept, withoutPlaces, 2)}\n`);
  console.log(`keep-state: ${path}`);
} finally {
  await scene?.close();
  await lab.close();
  await rm(folder, { recursive: true, force: true });
}
