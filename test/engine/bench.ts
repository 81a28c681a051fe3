import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, openLab } from "../../lab/src/lab.ts";
import { type AttachedPlugins, attachPlugins, type UsedPlugin } from "../../lab/stack/plugins.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { type OpenedStack, openStack, type StackSettings } from "../../scripts/engine/openStack.ts";
import { EngineFailure } from "../../scripts/engine/operation.ts";
import { tolerateProgramFailures } from "./programFailures.ts";

/** The seed that `npm test` drew or was given. */
export const SEED = process.env.LAB_SEED ?? "1";

/** A lab and a stack on it; both go when the test is over. */
export interface Bench {
  readonly lab: Lab;
  readonly folder: string;
  /** What the lab's stack has in its engine's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Pulumi's plugins, or what stands in for them. */
  readonly plugins: readonly UsedPlugin[];
  /** Everything the engine printed. */
  output(): string;
  /** The lab's stack, or one with another configuration, name, or environment beside the lab's. */
  open(other?: {
    config?: Record<string, unknown>;
    env?: Record<string, string>;
    stack?: string;
    program?: StackSettings["program"];
  }): Promise<OpenedStack>;
}

/** Runs a test against a fresh lab. */
export async function withBench(test: (bench: Bench) => Promise<void>): Promise<void> {
  tolerateProgramFailures();
  const folder = await mkdtemp(join(tmpdir(), "m365-test-"));
  const lab = await openLab({ seed: SEED });
  const printed: string[] = [];
  const attached = [await attachPlugins(lab.env)];
  const [{ env: ofPlugins, used: plugins }] = attached as [AttachedPlugins];
  const labEnv = { ...lab.env, ...ofPlugins };
  try {
    await test({
      lab,
      folder,
      env: labEnv,
      plugins,
      output: () => printed.join(""),
      async open({ config = labConfig(lab.world), env, stack = "lab", program } = {}) {
        // A stand-in has the environment it was started with, as a plugin has its engine's.
        const own = env && (await attachPlugins({ ...lab.env, ...env }));
        if (own) attached.push(own);
        return openStack({
          stack,
          folder,
          config,
          env: { ...labEnv, ...env, ...own?.env },
          passphrase: "test",
          onOutput: (text) => printed.push(text),
          ...(program && { program }),
        });
      },
    });
  } finally {
    await Promise.all(attached.map(({ close }) => close()));
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The errors that an operation of the engine ends with; none when it succeeds. */
export async function errorsOf(operation: Promise<unknown>): Promise<readonly string[]> {
  try {
    await operation;
    return [];
  } catch (error) {
    if (error instanceof EngineFailure) return error.diagnostics;
    throw error;
  }
}

/** Requests that changed something in Exchange. */
export function writesOf({ log }: Lab): string[] {
  return log
    .events({ service: "exchange" })
    .map(({ what }) => what)
    .filter((what) => /^(New|Set|Remove)-/.test(what));
}

/** Requests of any kind that reached a service of the lab. */
export function requestsTo({ log }: Lab): number {
  return log.events().filter(({ service }) => ["entra", "graph", "exchange"].includes(service))
    .length;
}
