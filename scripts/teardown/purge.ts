import { inOrder } from "../../mail/teardown/found.ts";
import type { Leftover } from "../../mail/teardown/leftover.ts";
import type { Connection } from "../../tenant/connection.ts";
import { purgeFromEntra, purgeMailbox } from "../../tenant/leftovers.ts";
import type { Say } from "./settle.ts";

/**
 * What a purge deletes for good, of what Entra and Exchange keep: what bears our mark, and users who have the name of a sender, as
 * users have no room for a mark. Users come before their mailboxes, as Exchange wants it.
 */
export const purgedOf = (kept: readonly Leftover[]): Leftover[] =>
  inOrder(kept).filter(
    ({ kind, isMarked, isNamed }) => isMarked || (kind === "deletedUser" && isNamed),
  );

/**
 * Deletes for good what Entra and Exchange keep of a stack's.
 *
 * @returns why something is still kept, a sentence each
 * @throws Error with the service's own words and the right that is missing
 */
export async function purge(
  connection: Connection,
  kept: readonly Leftover[],
  say: Say,
): Promise<string[]> {
  const later: string[] = [];
  for (const one of purgedOf(kept)) {
    say(`deleting for good: ${one.title}`);
    if (one.kind !== "deletedMailbox") {
      await purgeFromEntra(connection, one);
      continue;
    }
    try {
      if (one.account) await purgeFromEntra(connection, { kind: "deletedUser", id: one.account });
      await purgeMailbox(connection, one.id);
    } catch (error) {
      // Exchange learns later than Entra that the user is deleted for good.
      if (!/soft deleted user/i.test((error as Error).message)) throw error;
      later.push(
        `${one.title} is still kept: Exchange does not know yet that its user is deleted for good; run this again in an hour`,
      );
    }
  }
  return later;
}
