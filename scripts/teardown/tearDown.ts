import { purge } from "./purge.ts";
import { destroy, type Say, settle } from "./settle.ts";
import type { StackState } from "./state.ts";
import { type Sweep, type Swept, sweep } from "./sweep.ts";

/** What a teardown did. */
export interface TornDown extends Swept {
  /** Why something was not removed, a sentence each. */
  readonly failures: readonly string[];
}

/**
 * Removes what a stack manages, and looks what is left.
 *
 * @param asked the stack, as Pulumi is to find it
 * @param before what was there before
 * @throws Error; Cancelled
 */
export async function tearDown(
  asked: string,
  target: Sweep,
  before: Swept,
  { isPurge, say }: { readonly isPurge: boolean; readonly say: Say },
): Promise<TornDown> {
  const { state, connection } = target;
  const failures: string[] = [];
  if (isThere(state)) {
    failures.push(...(await settle(asked, state, say)));
    say("destroying what the stack manages");
    failures.push(...(await destroy(asked, say)));
  }
  const look = () => {
    say("looking for what is left");
    return sweep(target);
  };
  const after = isThere(state) ? await look() : before;
  if (!isPurge || after.kept.length === 0) return { ...after, failures };
  failures.push(...(await purge(connection, after.kept, say)));
  const { left, kept, unseen } = await look();
  return { left: [...left, ...kept], kept: [], unseen, failures };
}

/** Whether there is anything to destroy. */
export const isThere = (state: StackState | undefined): state is StackState =>
  state !== undefined && state.resources.length + state.pendingCreates.length > 0;
