import type { Problem } from "./problem.ts";

// Who manages an object: `project/stack`, or `project/stack/sender` for what belongs to one sender. Objects in Exchange
// say so in a comment, a description or a custom attribute, DNS records in their comment at Cloudflare.

/** The owner of what belongs to one sender. */
export const ownerOfSender = (stack: string, sender: string): string => `${stack}/${sender}`;

/** The stack, `project/stack`, that an owner `project/stack/sender` names. */
export const stackOfOwner = (owner: string): string => owner.slice(0, owner.lastIndexOf("/"));

/** The sender that an owner `project/stack/sender` names. */
export const senderOfOwner = (owner: string): string => owner.slice(owner.lastIndexOf("/") + 1);

/**
 * The text that marks an object in Exchange as managed by a stack.
 *
 * @param owner `project/stack/sender`
 * @param adopted whether the object existed before, so that it is put back and never removed
 */
export function ownershipMark(owner: string, adopted: boolean): string {
  return `Managed by Pulumi: ${owner}${adopted ? " (adopted)" : ""}. Changes made by hand are undone.`;
}

/** What a mark says; undefined for any other text. */
export function markOf(comment: string): { owner: string; adopted: boolean } | undefined {
  const [, owner, adopted] = /^Managed by Pulumi: (\S+)( \(adopted\))?\. /.exec(comment) ?? [];
  return owner === undefined ? undefined : { owner, adopted: adopted !== undefined };
}

/** The owner that a mark in Exchange names; undefined for any other text. */
export function ownerOf(comment: string): string | undefined {
  return markOf(comment)?.owner;
}

/**
 * The text that marks a DNS record in its comment, of which Cloudflare keeps 100 characters, and an app in its notes.
 *
 * @param owner `project/stack` of a record, `project/stack/sender` of an app
 */
export function recordMark(owner: string): string {
  return `Managed by Pulumi: ${owner}`;
}

/** The stack (`project/stack`) that a record's comment names; undefined for any other text. */
export function recordOwner(comment = ""): string | undefined {
  return /^Managed by Pulumi: (\S+)$/.exec(comment)?.[1];
}

/** Who manages something, and who did before its stack or project was renamed. */
export interface Owners {
  readonly owner: string;
  /** Owners that state recorded, from before the stack or project was renamed. */
  readonly formerOwners?: readonly string[];
}

/** What the same sender has in a list. A renamed stack's owners have other beginnings. */
export const ofSameSender = <T extends { readonly owner: string }>(
  owner: string,
  all: readonly T[],
): T | undefined => all.find((one) => senderOfOwner(one.owner) === senderOfOwner(owner));

/**
 * Who manages what belongs to a sender. What names the stack as it was called before is the sender's only where the
 * stack has had the sender already.
 *
 * @param formerStacks the names that the stack had before, `project/stack`
 * @param olds what the stack's senders had in the last run
 */
export function ownersOfSender<T extends { readonly owner: string }>(
  owner: string,
  formerStacks: readonly string[] = [],
  olds: readonly T[] = [],
): Required<Owners> & { readonly before: T | undefined } {
  const before = ofSameSender(owner, olds);
  const former = formerStacks.map((stack) => ownerOfSender(stack, senderOfOwner(owner)));
  return { owner, formerOwners: before === undefined ? [] : former, before };
}

/** Whether a mark names the owner, or one from before the stack or project was renamed. */
export const isOwnedBy = (marked: string | undefined, { owner, formerOwners = [] }: Owners) =>
  marked !== undefined && [owner, ...formerOwners].includes(marked);

/** Whether a mark names a sender of the same stack, this one or another. */
export const isOfStack = (marked: string | undefined, { owner, formerOwners = [] }: Owners) =>
  marked !== undefined && [owner, ...formerOwners].map(stackOfOwner).includes(stackOfOwner(marked));

/**
 * Whose an object is that state has. `ours`: a second signal agrees with the state. `unmarked`: none does; it may be
 * changed, which marks it again, and is not removed. `others`: it is neither changed nor removed.
 *
 * @param marked the owner that its mark names; undefined when it has no mark, or one that was edited
 * @param isAsRecorded whether its content is what state recorded: the second signal of an object without a mark
 */
export function ownershipOf(
  marked: string | undefined,
  owners: Owners,
  isAsRecorded = false,
): "ours" | "unmarked" | "others" {
  if (marked !== undefined) return isOwnedBy(marked, owners) ? "ours" : "others";
  return isAsRecorded ? "ours" : "unmarked";
}

/**
 * Says that something of a domain is managed by another stack: a domain belongs to one stack.
 *
 * @param theirs the stack that it belongs to, `project/stack`
 */
export const otherStackProblem = (key: string, value: unknown, theirs: string): Problem => ({
  key,
  value,
  rule: `belongs to the stack ${theirs}, and a domain can belong to one stack only`,
  fix: "remove the domain from one of the two stacks",
});
