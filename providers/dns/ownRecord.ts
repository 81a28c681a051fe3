// A record that is ours alone, in its zone.
import type { StoredRecord } from "../../mail/dns/record.ts";
import { isOwnedBy, otherStackProblem, ownershipOf, recordOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import type { ZoneAccess } from "../host/zones.ts";
import { type InZone, ownedBy, unlessZoneGone } from "./inZone.ts";

/** A record that the stack wants to have. */
interface Wanted extends InZone {
  /** `project/stack` */
  readonly owner: string;
}

/** The same as state knows it. */
interface Known extends Wanted {
  /** The record that we made; empty when there is none of ours. */
  readonly recordId: string;
}

/**
 * The record that state knows, or that an interrupted run has made. A zone that was moved brought a copy along.
 *
 * @param there the records at its name
 * @param isAsLeft whether a record says what state recorded
 */
export function ourRecord<K extends Known>(
  there: readonly StoredRecord[],
  type: string,
  wanted: Wanted,
  olds: K | undefined,
  isAsLeft: (record: StoredRecord, olds: K) => boolean,
): StoredRecord | undefined {
  const ofType = there.filter((record) => record.type === type);
  const owners = ownedBy(wanted, olds);
  const isMoved = olds !== undefined && olds.recordId !== "" && olds.zoneId !== wanted.zoneId;
  return (
    there.find(({ id }) => id === olds?.recordId) ??
    ofType.find(({ comment }) => isOwnedBy(recordOwner(comment), owners)) ??
    (isMoved ? ofType.find((record) => isAsLeft(record, olds)) : undefined)
  );
}

/** Says that another stack's mark stands on a record that state knows. */
export function othersProblem(
  key: string,
  { content, comment }: StoredRecord,
  wanted: Wanted,
  olds: Known | undefined,
): Problem | undefined {
  const theirs = recordOwner(comment);
  if (theirs === undefined || isOwnedBy(theirs, ownedBy(wanted, olds))) return undefined;
  return otherStackProblem(key, content, theirs);
}

/**
 * Removes a record if we made it, and it still is as we left it or bears our mark.
 *
 * @param name where it stands
 * @param title as a sentence names it: `the MX record of shop.contoso.com`
 */
export const removeOurs = (
  access: ZoneAccess,
  olds: Known,
  name: string,
  title: string,
  isAsLeft: (record: StoredRecord) => boolean,
): Promise<void> =>
  unlessZoneGone(access, olds, undefined, async () => {
    const { recordId, zoneId, owner } = olds;
    if (recordId === "") return;
    const zones = await access.zones();
    const found = (await zones.records(zoneId, name)).find(({ id }) => id === recordId);
    if (found === undefined) return;
    const whose = ownershipOf(recordOwner(found.comment), { owner }, isAsLeft(found));
    if (whose === "ours") return zones.remove(zoneId, recordId);
    console.log(`${title} was changed by somebody else, so it is left as it is`);
  });
