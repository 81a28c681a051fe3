/**
 * The mark that a DNS record of ours bears in its comment. Cloudflare keeps up to 100 characters.
 *
 * @param owner `project/stack`
 */
export function recordMark(owner: string): string {
  return `Managed by Pulumi: ${owner}`;
}

/** The stack (`project/stack`) that a comment names; undefined when it bears no mark. */
export function recordOwner(comment: string): string | undefined {
  return /^Managed by Pulumi: (\S+)$/.exec(comment)?.[1];
}
