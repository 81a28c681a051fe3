import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import program from "../../index.ts";
import { EngineFailure, type OperationOptions, shortNameOf } from "../engine/operation.ts";
import { namesStaleLock, removeTornAttributes } from "../engine/recovery.ts";
import { runOnStack } from "../engine/runOnStack.ts";
import type { StackState } from "./state.ts";

/** Tells a line of progress. */
export type Say = (line: string) => void;

/** Until the providers of a killed engine have noticed and ended, in milliseconds: they look every second. */
const PROVIDERS_END = 3_000;

/**
 * Brings a stack into a state that can be destroyed: takes the lock of an engine away that died on this machine, and files
 * that it was writing; takes over what a killed `up` was creating; and takes out of the state what somebody has removed by
 * hand and Pulumi's own plugins would fail to delete.
 *
 * @returns what could not be taken over, a sentence each: the sweep finds it
 * @throws Error where another run holds the lock; Cancelled
 */
export async function settle(stack: string, state: StackState, say: Say): Promise<string[]> {
  const { pendingCreates: pending } = state;
  const failures: string[] = [];
  if (pending.length > 0) {
    say(`taking over what a killed run was creating: ${pending.map(nameOf).join(", ")}`);
    failures.push(
      ...(await failuresOf(
        run(stack, (opened, options) =>
          opened.up({ ...options, target: [...pending], showSecrets: false }),
        ),
      )),
    );
  }
  const ofPlugins = state.resources.filter(({ isOfPlugin }) => isOfPlugin).map(({ urn }) => urn);
  const target = [...new Set([...ofPlugins, ...pending])];
  if (target.length === 0) return failures;
  say("reading what Entra still has");
  await run(stack, (opened, options) =>
    opened.refresh({
      ...options,
      target,
      clearPendingCreates: pending.length > 0,
      showSecrets: false,
    }),
  );
  return failures;
}

/**
 * Destroys what a stack manages, as far as it can.
 *
 * @param say gets what providers say of what they leave
 * @returns why something was not removed, a sentence each
 * @throws Error where another run holds the lock; Cancelled
 */
export const destroy = (stack: string, say: Say): Promise<string[]> =>
  failuresOf(
    run(
      stack,
      (opened, options) =>
        opened.destroy({ ...options, continueOnError: true, showSecrets: false }),
      (event) => told(event).forEach(say),
    ),
  );

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** What a provider says of a resource. */
function told({ diagnosticEvent }: EngineEvent): string[] {
  const { severity, message = "", urn = "", ephemeral } = diagnosticEvent ?? {};
  if (ephemeral || urn === "" || severity === "error") return [];
  return [message.replace(/<\{%[^%]*%\}>/g, "").trim()].filter((text) => text !== "");
}

async function failuresOf(operation: Promise<unknown>): Promise<string[]> {
  try {
    await operation;
    return [];
  } catch (error) {
    if (error instanceof EngineFailure) return [...error.diagnostics];
    throw error;
  }
}

type Operate = (opened: Stack, options: OperationOptions) => Promise<unknown>;

/** Runs an operation, a second time once what a killed engine has left is out of its way. */
async function run(
  stack: string,
  operate: Operate,
  onEvent: (event: EngineEvent) => void = () => {},
): Promise<void> {
  const listening: Operate = (opened, options) =>
    operate(opened, {
      ...options,
      onEvent(event) {
        options.onEvent(event);
        onEvent(event);
      },
    });
  const once = () => runOnStack(stack, program, listening, () => {});
  try {
    await once();
  } catch (error) {
    if (!(await isOutOfTheWay(stack, error as Error))) throw error;
    await once();
  }
}

/** @throws Error where another run holds the lock */
async function isOutOfTheWay(stack: string, error: Error): Promise<boolean> {
  const words = `${error.message}\n${(error.cause as Error | undefined)?.message ?? ""}`;
  const attend = (operate: (opened: Stack) => Promise<unknown>) =>
    runOnStack(stack, undefined, operate, () => {});
  if (/failed to load checkpoint: (?:unexpected )?EOF/.test(words)) {
    await attend(async ({ workspace }) => {
      const { url = "" } = await workspace.whoAmI();
      if (url.startsWith("file://")) await removeTornAttributes(fileURLToPath(url));
    });
    return true;
  }
  if (!/currently locked|another update is (?:currently )?in progress/i.test(words)) return false;
  if (!(await namesStaleLock(words))) {
    const [holder = ""] = /created by .*/.exec(words) ?? [];
    const by = holder === "" ? "" : ` (${holder})`;
    throw new Error(
      `stack "${shortNameOf(stack)}" is locked by another run${by}; wait until it ends, or, if it is dead, run npm run pulumi -- cancel ${stack}; then run this again`,
      { cause: error },
    );
  }
  await attend((opened) => opened.cancel());
  await sleep(PROVIDERS_END);
  return true;
}
