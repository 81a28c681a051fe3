import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { engineEnv } from "../engine/engine.ts";
import { findEngine } from "../engine/find.ts";
import { LOG_IN, nameOf, shortNameOf, wordsOf } from "../engine/operation.ts";
import { projectRoot } from "../setup/root.ts";

/** What `pulumi stack export` writes, cut to what is looked at. */
interface ExportedState {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly { readonly type: string }[];
    readonly pending_operations?: readonly { readonly resource: { readonly urn: string } }[];
  };
}

/** How many resources a forgotten stack had, and where its state is kept. */
export interface Forgotten {
  readonly resources: number;
  /** Logical names of what a killed run was changing. */
  readonly pending: readonly string[];
  readonly backup: string;
}

/**
 * Empties the state of a stack, after it was written to a file. Nothing but the backend is asked or written, and what is
 * protected is no obstacle. The stack itself stays, as with it goes the key that its secrets are encrypted with.
 *
 * @param backup path of the file to write; it must not be there
 * @returns undefined where the state is empty already; nothing is written then
 * @throws Error; its message says what was done
 */
export async function forgetState(stack: string, backup: string): Promise<Forgotten | undefined> {
  const name = shortNameOf(stack);
  const text = await pulumi("export", "--stack", stack).catch((cause: Error) => {
    const message = `the state of stack "${name}" can't be read: ${wordsOf(cause)}; ${LOG_IN}; nothing was changed`;
    throw new Error(message, { cause });
  });
  const state = JSON.parse(text) as ExportedState;
  const { resources = [], pending_operations: operations = [] } = state.deployment;
  if (resources.length + operations.length === 0) return undefined;
  await writeFile(backup, text, { flag: "wx", mode: 0o600 }).catch((cause) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(
      `the backup ${backup} can't be written (${code ?? message}); name another folder with --out; nothing was changed`,
      { cause },
    );
  });
  const folder = await mkdtemp(join(tmpdir(), "m365-forget-"));
  try {
    const file = join(folder, "empty.json");
    const deployment = { ...state.deployment, resources: [], pending_operations: [] };
    await writeFile(file, JSON.stringify({ ...state, deployment }));
    await pulumi("import", "--stack", stack, "--file", file);
  } catch (cause) {
    throw new Error(
      `the state of stack "${name}" could not be emptied: ${wordsOf(cause as Error)}; it is as it was, and ${backup} is a copy of it`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const ours = resources.filter(({ type }) => !type.startsWith("pulumi:"));
  const pending = operations.map(({ resource }) => nameOf(resource.urn));
  return { resources: ours.length, pending, backup };
}

/** Far more than a state of some thousand resources has, in characters. */
const LONGEST = 2 ** 30;

/**
 * Runs `pulumi stack …` and gives what it prints. The Automation API would export secrets in clear text.
 *
 * @throws Error with what it says
 */
async function pulumi(...args: readonly string[]): Promise<string> {
  const engine = await findEngine();
  if (engine.kind === "missing") throw new Error(`no pulumi engine found: ${engine.reason}`);
  const options = {
    ...{ cwd: projectRoot, maxBuffer: LONGEST },
    env: { ...process.env, ...engineEnv(engine) },
  };
  const all = ["stack", ...args, "--non-interactive", "--color", "never"];
  return (await promisify(execFile)(engine.pulumi, all, options)).stdout;
}
