import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { type OperationOptions, shortNameOf } from "../engine/operation.ts";
import { isUnlocked, namesStaleLock, removeTornAttributes } from "../engine/recovery.ts";
import { runOnStack } from "../engine/runOnStack.ts";

/** Until the providers of a killed engine have noticed and ended, in milliseconds: they look every second. */
const PROVIDERS_END = 3_000;

/**
 * Runs an operation as `runOnStack` does, a second time once what an engine that was killed on this machine has left is out
 * of its way: its lock, and a file that it was writing.
 *
 * @throws Error where another run holds the lock; else as runOnStack
 */
export async function runUnlocked<T>(
  stack: string,
  program: PulumiFn | undefined,
  operate: (opened: Stack, options: OperationOptions) => Promise<T>,
): Promise<T> {
  const once = async () => (await runOnStack(stack, program, operate, () => {})).result;
  try {
    return await once();
  } catch (error) {
    if (!(await isCleared(stack, error as Error))) throw error;
    return once();
  }
}

/** Whether what was in the way is not any more. */
async function isCleared(stack: string, error: Error): Promise<boolean> {
  const words = `${error.message}\n${(error.cause as Error | undefined)?.message ?? ""}`;
  const name = shortNameOf(stack);
  if (/failed to load checkpoint: (?:unexpected )?EOF/.test(words)) {
    const folder = await fileBackendOf(stack);
    if (folder === undefined) return false;
    if (!(await isUnlocked(folder, name))) throw locked(stack, "", error);
    await removeTornAttributes(folder);
    return true;
  }
  if (!/currently locked|another update is (?:currently )?in progress/i.test(words)) return false;
  if (!(await namesStaleLock(words))) {
    throw locked(stack, /created by .*/.exec(words)?.[0] ?? "", error);
  }
  await runOnStack(
    stack,
    undefined,
    (opened) => opened.cancel(),
    () => {},
  );
  await sleep(PROVIDERS_END);
  return true;
}

/** The folder of the backend; undefined where it is none. */
async function fileBackendOf(stack: string): Promise<string | undefined> {
  const { result } = await runOnStack(
    stack,
    undefined,
    ({ workspace }) => workspace.whoAmI(),
    () => {},
  );
  const { url = "" } = result;
  return url.startsWith("file://") ? fileURLToPath(url) : undefined;
}

function locked(stack: string, holder: string, cause: Error): Error {
  const by = holder === "" ? "" : ` (${holder})`;
  return new Error(
    `stack "${shortNameOf(stack)}" is locked by another run${by}; wait until it ends, or, if it is dead, run npm run pulumi -- cancel ${stack}; then run this again`,
    { cause },
  );
}
