// What the message trace shows: which messages, since when, and how often one may ask.

import { KEPT_MS } from "../smtp/recordTrace.ts";
import type { MessageTrace, TracedMessage, TraceEvent } from "../world/messageTrace.ts";
import type { World } from "../world/world.ts";

const DAY = 24 * 60 * 60_000;
/** "You can only return 10 days worth of data per query." */
const MOST_PER_QUERY_MS = 10 * DAY;
/** What a query without times asks for: "only data from the last 48 hours is returned". */
const USUAL_MS = 2 * DAY;

/** Rows of one answer without a size, and the most that may be asked for. */
export const TRACE_ROWS = { usual: 1000, most: 5000 };

/** "A maximum of 100 query requests will be accepted within 5 minutes running window." */
const MOST_QUERIES = 100;
export const QUERY_WINDOW_MS = 5 * 60_000;

/** What state the newest event leaves a message in. */
const STATUS_AFTER = {
  ...{ Receive: "GettingStatus", Defer: "Pending", Fail: "Failed" },
  ...{ Send: "Delivered", Deliver: "Delivered", Expand: "Expanded" },
} as const;

/** The states of a message, as Get-MessageTraceV2 names them. */
export const TRACE_STATUSES = [
  ...["Delivered", "Expanded", "Failed", "FilteredAsSpam", "GettingStatus", "None", "Pending"],
  "Quarantined",
];

/** A message as the trace shows it now. */
export interface Traced extends TracedMessage {
  status: string;
  /** Public address of the server outside that was spoken to last; empty when none was. */
  toIp: string;
}

export interface TraceRange {
  from: number;
  to: number;
}

/** The time that a query asks for; a bound that is not given follows from the other one (assumed), or from now. */
export function rangeOf(from: number | undefined, to: number | undefined, now: Date): TraceRange {
  const end = to ?? now.getTime();
  return { from: from ?? end - USUAL_MS, to: end };
}

/** Why no query may ask for this time; undefined when one may. */
export function judgeRange({ from, to }: TraceRange, now: Date) {
  if (from > to) return "reversed";
  if (from < now.getTime() - KEPT_MS) return "too-old";
  return to - from > MOST_PER_QUERY_MS ? "too-long" : undefined;
}

/**
 * Counts a query. Assumed: that the two cmdlets count together, and Graph apart from them.
 *
 * @returns whether it is answered; a query that is not does not count
 */
export function admitQuery(
  { queries }: MessageTrace,
  door: keyof MessageTrace["queries"],
  now: Date,
): boolean {
  const counted = queries[door].filter((at) => Date.parse(at) > now.getTime() - QUERY_WINDOW_MS);
  if (counted.length >= MOST_QUERIES) return false;
  queries[door] = [...counted, now.toISOString()];
  return true;
}

/** What the trace shows of a time, the newest first, those of one second by recipient. */
export function findTraced(
  { from, to }: TraceRange,
  { messageTrace, settings }: World,
  now: Date,
): Traced[] {
  const shownUntil = now.getTime() - settings.traceDelayMs;
  return messageTrace.messages
    .map((message) => ({
      ...message,
      events: message.events.filter(({ at }) => Date.parse(at) <= shownUntil),
    }))
    .filter(({ receivedAt, events }) => {
      const at = Date.parse(receivedAt);
      return events.length > 0 && at >= from && at <= to;
    })
    .map((message) => ({ ...message, status: statusOf(message.events), toIp: toIpOf(message) }))
    .toSorted(
      (a, b) =>
        Date.parse(b.receivedAt) - Date.parse(a.receivedAt) ||
        a.recipient.localeCompare(b.recipient),
    );
}

function statusOf(events: TraceEvent[]): string {
  return STATUS_AFTER[events.at(-1)?.event ?? "Receive"];
}

const toIpOf = ({ events }: TracedMessage): string =>
  events.findLast(({ toIp }) => toIp !== undefined)?.toIp ?? "";

/** An event's name, in a tenant that shows it so. */
export const eventName = ({ event }: TraceEvent, { settings }: World): string =>
  event === "Send" ? settings.traceSendEvent : event;

/** An event's facts as XML text. */
export function traceXml({ data }: TraceEvent): string {
  const facts = Object.entries(data).map(
    ([name, value]) =>
      `<MEP Name="${name}" ${name === "CustomData" ? "Blob" : "String"}="${escaped(value)}" />`,
  );
  return `<root>${facts.join("")}</root>`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
