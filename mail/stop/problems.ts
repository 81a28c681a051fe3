import { markOf, senderOfOwner } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { type Stop, stopIn } from "./mark.ts";

/** `2026-11-27 14:03 UTC` */
const stoppedOn = ({ at }: Stop): string => `${at.slice(0, 16).replace("T", " ")} UTC`;

/**
 * The command that lets a sender send again.
 *
 * @param text what bears the note; its ownership mark, if it has one, names the sender
 * @param otherwise the sender where it has none, `project/stack/sender`
 */
function startCommand(text: string, otherwise?: string): string {
  const owner = markOf(text)?.owner ?? otherwise;
  if (owner === undefined) return "npm run start for its sender";
  const stack = owner.split("/").at(-2);
  return `npm run start -- --stack ${stack} --sender ${senderOfOwner(owner)}`;
}

/** That something was stopped by hand, in words. */
export interface StopInWords {
  /** `was stopped by hand on 2026-11-27 14:03 UTC with npm run stop` */
  readonly fact: string;
  /** The command that lets the sender send again. */
  readonly start: string;
}

/**
 * What a text notes of a stop, in words; undefined where it notes none.
 *
 * @param owner the sender, `project/stack/sender`, where that is known
 */
export function stopInWords(text: string, owner?: string): StopInWords | undefined {
  const stop = stopIn(text);
  if (stop === undefined) return undefined;
  return {
    fact: `was stopped by hand on ${stoppedOn(stop)} with npm run stop`,
    start: startCommand(text, owner),
  };
}

/**
 * Says that an `up` would let a sender send again that was stopped by hand.
 *
 * @param key what was stopped, e.g. `connector of erp`
 * @param text what bears the note of the stop
 * @param owner the sender, `project/stack/sender`
 */
export function stoppedProblem(key: string, text: string, owner: string): Problem | undefined {
  const stop = stopInWords(text, owner);
  if (stop === undefined) return undefined;
  return {
    key,
    value: undefined,
    rule: `${stop.fact}, and this would let it send again`,
    fix: `run ${stop.start}, then npm run pulumi -- up --refresh`,
  };
}

/**
 * What a difference from the last run means whose text notes a stop; nothing of any other text.
 *
 * @param owner the sender, `project/stack/sender`, where that is known
 */
export function stopMeaning(text: unknown, owner?: string): readonly string[] {
  const stop = typeof text === "string" ? stopInWords(text, owner) : undefined;
  return stop === undefined ? [] : [`it ${stop.fact}; ${stop.start} lets it send again`];
}
