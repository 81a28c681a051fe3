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
