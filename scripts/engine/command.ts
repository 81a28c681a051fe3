import { delimiter, dirname } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "./findEngine.ts";
import type { FoundEngine } from "./search.ts";

let command: Promise<PulumiCommand> | undefined;

/** The engine for the Automation API, found once a process; says what was tried if there is none. */
export function engineCommand(): Promise<PulumiCommand> {
  command ??= getCommand();
  return command;
}

async function getCommand(): Promise<PulumiCommand> {
  const engine = await foundEngine();
  return engine.from === "PATH"
    ? PulumiCommand.get()
    : PulumiCommand.get({ root: dirname(engine.binFolder) });
}

/** The engine; an error that says what was tried if there is none. */
export async function foundEngine(): Promise<FoundEngine> {
  const engine = await findEngine();
  if (engine.kind === "missing") throw new Error(`there is no engine: ${engine.reason}`);
  return engine;
}

/**
 * What every engine is told, ours or a user's own: no look for updates. Plugins it may fetch; that the lab's engines
 * don't is in scripts/lab/plugins.ts.
 */
export const ENGINE_SETTINGS = { PULUMI_SKIP_UPDATE_CHECK: "true" } as const;

/**
 * The environment an engine runs in (for `envVars` of a workspace, or a child's `env`): its own
 * folder and this Node's first on PATH, no look for updates.
 */
export function engineEnv(engine: FoundEngine): Record<string, string> {
  const node = dirname(process.execPath);
  // A folder that was on PATH already may hold an older Node; ours in the cache holds none.
  const first = engine.from === "PATH" ? [node, engine.binFolder] : [engine.binFolder, node];
  return {
    PATH: [...first, process.env.PATH ?? ""].join(delimiter),
    ...ENGINE_SETTINGS,
  };
}
