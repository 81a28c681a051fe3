import type { StoredRecord } from "../../mail/dns/record.ts";
import { quoteTxt, unquoteTxt } from "../../mail/dns/txt.ts";
import { recordMark, recordOwner } from "../../mail/ownership.ts";
import type { Zones } from "../../zone/cloudflare.ts";
import { isOutcomeUnknown } from "../../zone/zoneError.ts";
import { HalfMade } from "../host/dynamicProvider.ts";

/** What state keeps of a TXT record that we made or changed. */
export interface WrittenTxt {
  readonly recordId: string;
  /** The record's content before us, with its quotes; null when we made the record. */
  readonly original: string | null;
  /** Its content as we left it. */
  readonly written: string;
  /** Its comment as we left it: our mark on a record that we made. */
  readonly comment: string;
}

/** Whether a record that we made has lost our mark, or bears the one of a stack that was renamed. */
export const isMarkLost = (
  { recordId, original, comment }: Pick<WrittenTxt, "recordId" | "original" | "comment">,
  owner: string,
): boolean => recordId !== "" && original === null && comment !== recordMark(owner);

/**
 * A record that we made, with our mark, though somebody has edited its comment: state knows it, and its text is the one
 * that state recorded.
 *
 * @param text the record's text as state recorded it; undefined where state has none
 */
export const asMarked = (
  record: StoredRecord,
  owner: string,
  text: string | undefined,
): StoredRecord =>
  text !== undefined && !recordOwner(record.comment) && unquoteTxt(record.content) === text
    ? { ...record, comment: recordMark(owner) }
    : record;

/** What is to be written. */
interface Work<Outs> {
  readonly zoneId: string;
  /** `project/stack` */
  readonly owner: string;
  readonly name: string;
  /** The record as it was read; left out to make one. */
  readonly found: StoredRecord | undefined;
  /** What it has to say, without quotes. */
  readonly text: string;
  /** The content to put back in the end, where there was one before us. */
  readonly original: string | null;
  /** What else state keeps. */
  readonly outs: Outs;
  /** The resource's id in state. */
  readonly id: string;
}

/**
 * Makes a TXT record with our mark, or replaces the content of one that is still as it was read.
 *
 * @returns undefined when somebody else changed it in between; nothing was written then
 * @throws HalfMade when it may have been written; ZoneError when it was not
 */
export async function writeTxt<Outs extends object>(
  zones: Zones,
  { zoneId, owner, name, found, text, original, outs, id }: Work<Outs>,
): Promise<(Outs & WrittenTxt) | undefined> {
  const content = quoteTxt(text);
  if (found === undefined) {
    const comment = recordMark(owner);
    const recordId = await zones.create(zoneId, { type: "TXT", name, content, comment });
    return { ...outs, recordId, original: null, written: content, comment };
  }
  const written = unquoteTxt(found.content) === text ? found.content : content;
  const comment = original === null ? recordMark(owner) : found.comment;
  const done = { ...outs, recordId: found.id, original, written, comment };
  if (written === found.content && comment === found.comment) return done;
  try {
    const marked = original === null ? comment : undefined;
    const isSet = await zones.setContent(zoneId, found.id, found.content, written, marked);
    return isSet ? done : undefined;
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    throw new HalfMade(id, done, (error as Error).message, error);
  }
}
