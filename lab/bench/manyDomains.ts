import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedStack, openStack } from "../../scripts/engine/openStack.ts";
import { type Lab, openLab } from "../src/lab.ts";
import { addDomains, configOfMany } from "../stack/manyDomains.ts";
import { attachPlugins } from "../stack/plugins.ts";
import { LAB_PASSPHRASE } from "../stack/scene.ts";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { type Floor, openFloor } from "./floor.ts";
import { previewRatio, type Row, timed } from "./row.ts";

const FEW = 10;
const MANY = 100;
/** Milliseconds that a request to Microsoft or Cloudflare takes. */
const LATENCY = 300;

/** How many times the floor an operation may take. */
const BUDGET = 1.3;

/**
 * Requests that an operation may send for each domain more. `up`: New-, Set- and a share of the lists; the domain's MX
 * host, which Graph gives for one domain at a time; its zone, in the preview and again, and four records; its two CNAMEs.
 */
const CALLS = {
  up: { exchange: 2.5, graph: 1, cloudflare: 6.2, dns: 2 },
  refresh: { exchange: 0.1, graph: 1, cloudflare: 1, dns: 2 },
  destroy: { exchange: 2.1, graph: 0, cloudflare: 5, dns: 0 },
} as const;

type Operation = keyof typeof CALLS;

/**
 * What a stack of a hundred domains costs: its operations over a network, each against a floor that sends one request for
 * each resource; the requests for each domain; and its unchanged previews. Cloudflare's quota is lifted.
 */
export async function measureManyDomains(runs: number): Promise<Row[]> {
  const few = await withDomains(FEW, async ({ operate }) => ({
    up: await operate("up"),
    refresh: await operate("refresh"),
    destroy: await operate("destroy"),
  }));
  return withDomains(MANY, async ({ lab, stack, operate, openFloorAt }) => {
    lab.setLatency(LATENCY);
    const up = await operate("up");
    const floor = await openFloorAt(LATENCY);
    const least = { up: await timed(() => floor.up()), refresh: 0, destroy: 0 };
    lab.setLatency(0);
    const preview = await previewRatio(stack, floor, Math.min(runs, 3));
    lab.setLatency(LATENCY);
    const refresh = await operate("refresh");
    least.refresh = await timed(() => floor.refresh());
    const destroy = await operate("destroy");
    least.destroy = await timed(() => floor.destroy());
    const rows = Object.entries({ up, refresh, destroy }).flatMap(([name, many]) => {
      const operation = name as Operation;
      return rowsOf(operation, many.ms / least[operation], few[operation].calls, many.calls);
    });
    return [
      {
        name: `unchanged preview of ${MANY} domains, times the floor`,
        measured: preview,
        budget: 1.1,
        unit: "",
      },
      ...rows,
    ];
  });
}

/** A stack of many domains that is not up yet. */
interface Bench {
  readonly lab: Lab;
  readonly stack: OpenedStack;
  operate(operation: Operation): Promise<Measured>;
  /** Opens the floor of the stack's state; see `openFloor`. */
  openFloorAt(latency: number): Promise<OpenedStack>;
}

async function withDomains<T>(count: number, act: (bench: Bench) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "m365-bench-"));
  const lab = await openLab({ seed: DEFAULT_SEED });
  // A wait for keys that Exchange makes measures nothing of ours.
  Object.assign(lab.world.settings, { dkimKeysMs: 0, dkimEarlyCnames: "shown" });
  const { env: ofPlugins, close } = await attachPlugins(lab.env);
  const env = { ...lab.env, ...ofPlugins };
  const restoreQuota = liftQuota(lab);
  const floors: Floor[] = [];
  try {
    const config = configOfMany(lab, addDomains(lab, count));
    const passphrase = LAB_PASSPHRASE;
    const stack = await openStack({ stack: "lab", folder, config, env, passphrase });
    return await act({
      lab,
      stack,
      operate: (operation) => measure(lab, () => stack[operation]()),
      async openFloorAt(latency) {
        const { deployment } = await stack.exportState();
        const floor = await openFloor(folder, env, deployment, latency);
        floors.push(floor);
        return floor.stack;
      },
    });
  } finally {
    restoreQuota();
    await Promise.all([close(), ...floors.map((floor) => floor.close())]);
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly ms: number;
  /** Requests, by service. */
  readonly calls: Readonly<Record<string, number>>;
}

async function measure({ log }: Lab, operate: () => Promise<unknown>): Promise<Measured> {
  const services = Object.keys(CALLS.up) as (keyof typeof CALLS.up)[];
  const count = () => services.map((service) => log.count({ service }));
  const before = count();
  const ms = await timed(operate);
  const after = count();
  const calls = services.map((one, index) => [one, (after[index] ?? 0) - (before[index] ?? 0)]);
  return { ms, calls: Object.fromEntries(calls) };
}

const rowsOf = (
  operation: Operation,
  ratio: number,
  few: Measured["calls"],
  many: Measured["calls"],
): Row[] => [
  {
    name: `${operation} of ${MANY} domains at ${LATENCY} ms a request, times the floor`,
    measured: ratio,
    budget: BUDGET,
    unit: "",
  },
  ...Object.entries(CALLS[operation]).map(([service, budget]) => ({
    name: `requests to ${service} for each domain more, ${operation}`,
    measured: ((many[service] ?? 0) - (few[service] ?? 0)) / (MANY - FEW),
    budget,
    unit: "",
  })),
];

/** Requests in five minutes that Cloudflare allows a token (Cloudflare's page "Rate limits"). */
const QUOTA = { requests: 1200, ms: 300_000 };

/** Lets time pass in the lab whenever the quota is nearly used up, so that a run does not wait for it. */
function liftQuota({ log, clock }: Lab): () => void {
  const used = () => log.count({ service: "cloudflare" });
  let before = used();
  const timer = setInterval(() => {
    if (used() - before < QUOTA.requests / 2) return;
    before = used();
    void clock.advance(QUOTA.ms);
  }, 100);
  return () => clearInterval(timer);
}
