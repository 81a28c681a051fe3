/** The mark that a connector of ours bears in its Comment. `owner` is `project/stack/sender`. */
export function ownershipMark(owner: string): string {
  return `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
}

/** The owner that a Comment names; undefined when it bears no mark. */
export function ownerOf(comment: string): string | undefined {
  return /^Managed by Pulumi: (\S+)\. /.exec(comment)?.[1];
}
