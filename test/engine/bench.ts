import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, openLab } from "../../lab/lab.ts";
import { EngineFailure } from "../../scripts/engine/engineFailure.ts";
import { type OpenedStack, openStack } from "../../scripts/engine/openStack.ts";
import { labConfig } from "../../scripts/lab/stackConfig.ts";
import { tolerateProgramFailures } from "./programFailures.ts";

/** The seed that `npm test` drew or was given. */
export const SEED = process.env.LAB_SEED ?? "1";

/** A lab and a stack on it; both go when the test is over. */
export interface Bench {
  readonly lab: Lab;
  readonly folder: string;
  /** Everything the engine printed. */
  output(): string;
  /** The lab's stack, or one with another configuration, name, or environment beside the lab's. */
  open(other?: {
    config?: Record<string, unknown>;
    env?: Record<string, string>;
    stack?: string;
  }): Promise<OpenedStack>;
}

/** Runs a test against a fresh lab. */
export async function withBench(test: (bench: Bench) => Promise<void>): Promise<void> {
  tolerateProgramFailures();
  const folder = await mkdtemp(join(tmpdir(), "m365-test-"));
  const lab = await openLab({ seed: SEED });
  const printed: string[] = [];
  try {
    await test({
      lab,
      folder,
      output: () => printed.join(""),
      open: ({ config = labConfig(lab.world), env = {}, stack = "lab" } = {}) =>
        openStack({
          stack,
          folder,
          config,
          env: { ...lab.env, ...env },
          passphrase: "test",
          onOutput: (text) => printed.push(text),
        }),
    });
  } finally {
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
