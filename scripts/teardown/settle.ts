import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import program from "../../index.ts";
import { EngineFailure, nameOf, type OperationOptions } from "../engine/operation.ts";
import type { StackState } from "./state.ts";
import { runUnlocked } from "./unlocked.ts";

/** Tells a line of progress. */
export type Say = (line: string) => void;

/**
 * Brings a stack into a state that can be destroyed: takes over what a killed `up` was creating, and takes out of the state
 * what somebody has removed by hand and Pulumi's own plugins would fail to delete.
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

/** Runs an operation that tells of its events. */
function run(
  stack: string,
  operate: (opened: Stack, options: OperationOptions) => Promise<unknown>,
  onEvent: (event: EngineEvent) => void = () => {},
): Promise<unknown> {
  return runUnlocked(stack, program, (opened, options) =>
    operate(opened, {
      ...options,
      onEvent(event) {
        options.onEvent(event);
        onEvent(event);
      },
    }),
  );
}
