// What Get-MessageTraceV2 and Get-MessageTraceDetailV2 give, as far as it says what became of a message.
import type { Trace, TraceEvent } from "./verification.ts";

type Row = Readonly<Record<string, unknown>>;

/** States that stay; in any other, Exchange has not finished with the message. */
const FINAL = ["Delivered", "Expanded", "Failed", "FilteredAsSpam", "Quarantined"] as const;

/** Whether the trace of a message says what became of it. */
export const isFinal = (trace: Trace): boolean =>
  trace.outcome === "traced" &&
  trace.status.split(", ").every((status) => FINAL.some((one) => one === status));

/**
 * The trace of a message: a state for each recipient, where they differ, and what happened, the oldest first.
 *
 * @param rows of Get-MessageTraceV2, a recipient each
 * @param details of Get-MessageTraceDetailV2 for each of them
 */
export function traceOf(rows: readonly Row[], details: readonly (readonly Row[])[]): Trace {
  const statuses = [...new Set(rows.map(({ Status }) => text(Status)))];
  const events = details.flat().map(eventOf);
  return {
    outcome: "traced",
    status: statuses.join(", "),
    events: events.toSorted((a, b) => a.at.localeCompare(b.at)),
  };
}

function eventOf({ Date: date, Event, Detail, Data }: Row): TraceEvent {
  const at = new Date(text(date));
  const [, facts = ""] = / Blob="([^"]*)"/.exec(text(Data)) ?? [];
  const [, connector] = /S:InboundConnectorData=Name=([^;]+)/.exec(unescaped(facts)) ?? [];
  return {
    at: Number.isNaN(at.getTime()) ? text(date) : at.toISOString(),
    event: text(Event),
    detail: text(Detail),
    ...(connector !== undefined && { connector }),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

const unescaped = (value: string): string =>
  value.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? "");

/**
 * The reply that made Exchange wait or give up, out of the newest such event: `[{LED=550 5.1.1 …};{MSG=};…]`, or its words.
 *
 * @see https://learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac (LED, MSG, FQDN)
 */
export function reasonIn(events: readonly TraceEvent[]): string | undefined {
  const detail = events.findLast(({ event }) => /^(?:fail|defer)/i.test(event))?.detail;
  return detail === undefined ? undefined : (/\{LED=(.*?)\};\{MSG=/.exec(detail)?.[1] ?? detail);
}
