import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack } from "../../scripts/engine/openStack.ts";
import { type Lab, openLab } from "../src/lab.ts";
import { addDomains, configOfMany } from "../stack/manyDomains.ts";
import { attachPlugins } from "../stack/plugins.ts";
import { LAB_PASSPHRASE } from "../stack/scene.ts";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { type Floor, openFloor } from "./floor.ts";
import { median, type Row, timed } from "./row.ts";

const FEW = 10;
const MANY = 100;

interface Scale {
  /** Calls to Cloudflare and DNS per domain, in the first preview and the `up` after it. */
  readonly calls: number;
  /** Unchanged previews, times the floor of as many resources. */
  readonly ratios: readonly number[];
}

/** How the work grows from a few domains to a hundred, and what an unchanged preview of the hundred costs. */
export async function measureManyDomains(runs: number): Promise<Row[]> {
  const few = await measure(FEW, 0);
  const many = await measure(MANY, Math.min(runs, 3));
  return [
    {
      name: `calls to Cloudflare and DNS per domain, ${MANY} domains against ${FEW}`,
      measured: many.calls / few.calls,
      budget: 1,
      unit: "",
    },
    {
      name: `unchanged preview of ${MANY} domains, times the floor`,
      measured: median(many.ratios),
      budget: 1.3,
      unit: "",
    },
  ];
}

async function measure(count: number, runs: number): Promise<Scale> {
  const folder = await mkdtemp(join(tmpdir(), "m365-bench-"));
  const lab = await openLab({ seed: DEFAULT_SEED });
  const { env: ofPlugins, close } = await attachPlugins(lab.env);
  const env = { ...lab.env, ...ofPlugins };
  let floor: Floor | undefined;
  try {
    const config = configOfMany(lab, addDomains(lab, count));
    const stack = await openStack({
      stack: "lab",
      folder: join(folder, "lab"),
      config,
      env,
      passphrase: LAB_PASSPHRASE,
    });
    const before = callsOf(lab);
    await stack.up();
    const calls = (callsOf(lab) - before) / (count + 1);
    if (runs === 0) return { calls, ratios: [] };
    floor = await openFloor(folder, env, (await stack.exportState()).deployment);
    const preview = floor.stack.preview;
    const ratios: number[] = [];
    for (let run = 0; run < runs; run++) {
      const ours = await timed(() => stack.preview());
      ratios.push(ours / (await timed(preview)));
    }
    return { calls, ratios };
  } finally {
    await Promise.all([close(), floor?.close()]);
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const callsOf = ({ log }: Lab): number =>
  log.count({ service: "cloudflare" }) + log.count({ service: "dns" });
