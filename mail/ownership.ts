import type { Problem } from "./problem.ts";

/**
 * The mark that a connector of ours bears in its Comment.
 *
 * @param owner `project/stack/sender`
 * @param adopted whether the connector was there before us, so that it is put back and never removed
 */
export function ownershipMark(owner: string, adopted: boolean): string {
  return `Managed by Pulumi: ${owner}${adopted ? " (adopted)" : ""}. Changes made by hand are undone.`;
}

/** What a Comment says of who manages the connector; undefined when it bears no mark. */
export function markOf(comment: string): { owner: string; adopted: boolean } | undefined {
  const [, owner, adopted] = /^Managed by Pulumi: (\S+)( \(adopted\))?\. /.exec(comment) ?? [];
  return owner === undefined ? undefined : { owner, adopted: adopted !== undefined };
}

/** The owner that a Comment names; undefined when it bears no mark. */
export function ownerOf(comment: string): string | undefined {
  return markOf(comment)?.owner;
}

/**
 * The mark that a DNS record of ours bears in its comment. Cloudflare keeps up to 100 characters.
 *
 * @param owner `project/stack`
 */
export function recordMark(owner: string): string {
  return `Managed by Pulumi: ${owner}`;
}

/** The stack (`project/stack`) that a comment names; undefined when it bears no mark. */
export function recordOwner(comment = ""): string | undefined {
  return /^Managed by Pulumi: (\S+)$/.exec(comment)?.[1];
}

/**
 * Says that something of a domain bears another stack's mark: a domain belongs to one stack.
 *
 * @param theirs the stack that it belongs to, `project/stack`
 */
export const otherStackProblem = (key: string, value: unknown, theirs: string): Problem => ({
  key,
  value,
  rule: `belongs to the stack ${theirs}, and a domain belongs to one stack`,
  fix: "take the domain out of one of the two",
});
