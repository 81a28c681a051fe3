import type { Leftover } from "../../mail/teardown/leftover.ts";
import type { Plan } from "../../mail/teardown/plan.ts";
import { printedKept, printedLeft, printedPlan } from "./print.ts";
import type { StackState } from "./state.ts";
import type { Swept } from "./sweep.ts";
import { isThere, type TornDown } from "./tearDown.ts";

/** As `npm run drift` ends that finds something. */
const LEFT = 7;

/**
 * Tells what a teardown would do, and what would be left: what the stack's state does not know.
 *
 * @returns the exit code
 */
export function tellDryRun(
  stack: string,
  state: StackState | undefined,
  plan: Plan,
  { left, kept, unseen }: Swept,
  isJson: boolean,
): number {
  const known = JSON.stringify(state?.resources.map(({ outputs }) => outputs) ?? []);
  const unknown = left.filter(({ id }) => !known.includes(JSON.stringify(id)));
  if (isJson) {
    tellJson({ stack, dryRun: true, plan, ...toldAll({ left: unknown, kept, unseen }) });
  } else {
    const lines = [
      ...(isThere(state)
        ? printedPlan(plan, [])
        : ["nothing to remove: its state is empty, or the backend has no such stack"]),
      ...(unknown.length === 0 ? [] : ["", ...printedLeft(stack, unknown, unseen)]),
      ...printedKept(kept),
    ];
    console.log([`stack "${stack}": nothing was changed (--dry-run)`, ...lines].join("\n"));
  }
  return unknown.length === 0 ? 0 : LEFT;
}

/**
 * Tells what a teardown has left.
 *
 * @returns the exit code
 */
export function tell(stack: string, { failures, ...swept }: TornDown, isJson: boolean): number {
  const { left, kept, unseen } = swept;
  if (isJson) tellJson({ stack, dryRun: false, ...toldAll(swept), failures });
  else console.log([...printedLeft(stack, left, unseen), ...printedKept(kept)].join("\n"));
  if (left.length > 0) return LEFT;
  return failures.length > 0 ? 1 : 0;
}

const tellJson = (value: object): void => console.log(JSON.stringify(value, null, 2));

const toldAll = ({ left, kept, unseen }: Swept) => ({
  left: left.map(told),
  kept: kept.map(told),
  unseen,
});

/** A leftover as --json writes it. */
const told = ({ title, where, because, note, command, deletedAt }: Leftover) => ({
  ...{ title, where, because, command },
  ...(note !== undefined && { note }),
  ...(deletedAt !== undefined && { deletedAt }),
});
