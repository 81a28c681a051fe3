import type { Context } from "../../context.ts";
import { withSource } from "../../reply.ts";
import { type Cmdlet, type ExchangeObject, give } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import type { Bound, Parameters } from "../parameters.ts";
import { dateOf, roundTrip } from "../times.ts";
import {
  admitQuery,
  eventName,
  findTraced,
  judgeRange,
  rangeOf,
  TRACE_ROWS,
  TRACE_STATUSES,
  type Traced,
  type TraceRange,
  traceXml,
} from "../traceQuery.ts";

const COMMON: Parameters = {
  StartDate: { is: "text" },
  EndDate: { is: "text" },
  MessageTraceId: { is: "text" },
};

/** Which messages came in, by whom they were sent, and what became of them: a row for each recipient. */
const getMessageTraceV2: Cmdlet = {
  reads: true,
  parameters: {
    ...COMMON,
    SenderAddress: { is: "list" },
    RecipientAddress: { is: "list" },
    MessageId: { is: "list" },
    FromIP: { is: "text" },
    ToIP: { is: "text" },
    Status: {
      is: "enums",
      type: "Microsoft.Exchange.Management.FfoReporting.Common.DeliveryStatus",
      names: TRACE_STATUSES,
    },
    Subject: { is: "text" },
    SubjectFilterType: {
      is: "enum",
      type: "Microsoft.Exchange.Management.FfoReporting.Common.SubjectFilterType",
      names: ["Contains", "EndsWith", "StartsWith"],
    },
    ResultSize: { is: "int32" },
    StartingRecipientAddress: { is: "text" },
  },
  mandatory: [],
  run(bound, context) {
    const size = Number(bound.text("ResultSize") ?? TRACE_ROWS.usual);
    if (size < 1 || size > TRACE_ROWS.most) {
      throw refusal("exchange.trace-result-size", { size, most: TRACE_ROWS.most });
    }
    const after = bound.text("StartingRecipientAddress") ?? null;
    if (after !== null && (bound.text("EndDate") ?? null) === null) {
      throw refusal("exchange.trace-no-end-date");
    }
    const subject = bound.text("Subject") ?? null;
    const how = bound.text("SubjectFilterType") ?? null;
    if ((subject === null) !== (how === null)) throw refusal("exchange.trace-subject-filter");
    const range = demandRange(bound, context);
    const id = guidOf(bound);
    const rows = ask(range, context).filter(
      (row) =>
        isOf(bound, "SenderAddress", row.sender) &&
        isOf(bound, "RecipientAddress", row.recipient) &&
        isOf(bound, "MessageId", row.messageId) &&
        isOf(bound, "Status", row.status) &&
        isText(bound, "FromIP", row.fromIp) &&
        isText(bound, "ToIP", row.toIp) &&
        (id === undefined || row.id === id) &&
        (subject === null || SUBJECT[how ?? ""]?.(lower(row.subject), lower(subject))) &&
        (after === null || isLater(row, after, range)),
    );
    return give(...rows.slice(0, size).map(present));
  },
};

/** The events of one message on its way to one recipient. */
const getMessageTraceDetailV2: Cmdlet = {
  reads: true,
  parameters: {
    ...COMMON,
    RecipientAddress: { is: "text" },
    SenderAddress: { is: "text" },
    MessageId: { is: "text" },
    Event: { is: "list" },
    Action: { is: "list" },
  },
  mandatory: ["MessageTraceId", "RecipientAddress"],
  run(bound, context) {
    const range = demandRange(bound, context);
    const id = guidOf(bound);
    const rows = ask(range, context).filter(
      (row) =>
        row.id === id &&
        isText(bound, "RecipientAddress", row.recipient) &&
        isText(bound, "SenderAddress", row.sender) &&
        isText(bound, "MessageId", row.messageId),
    );
    const events = rows.flatMap((row) => presentEvents(row, context));
    return give(
      ...events.filter(
        ({ Event, Action }) =>
          isOf(bound, "Event", String(Event).split(" ")[0] ?? "") &&
          isOf(bound, "Action", String(Action)),
      ),
    );
  },
};

/** @throws CmdletError for a time that no query may ask for */
function demandRange(bound: Bound, { clock }: Context): TraceRange {
  const now = clock.now();
  const timeOf = (name: string) =>
    (bound.text(name) ?? null) === null ? undefined : dateOf(bound, name);
  const range = rangeOf(timeOf("StartDate"), timeOf("EndDate"), now);
  const problem = judgeRange(range, now);
  if (problem) throw refusal("exchange.trace-range", { problem });
  return range;
}

/** @throws CmdletError for a query too many */
function ask(range: TraceRange, { world, clock }: Context): Traced[] {
  const now = clock.now();
  if (!admitQuery(world.messageTrace, "cmdlets", now)) throw refusal("exchange.trace-throttled");
  return findTraced(range, world, now);
}

const GUID = /^([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})$/i;

/** MessageTraceId with its hyphens; the page has it without them too. */
function guidOf(bound: Bound): string | undefined {
  const given = bound.text("MessageTraceId") ?? null;
  if (given === null) return undefined;
  const parts = GUID.exec(given)?.slice(1);
  if (parts) return parts.join("-").toLowerCase();
  const wanted = { parameter: "MessageTraceId", type: "System.Guid" };
  throw refusal("exchange.bad-type", { ...wanted, given, hint: "none" });
}

const lower = (text: string): string => text.toLowerCase();

/** Whether a parameter that takes several values has none, or has this one. */
function isOf(bound: Bound, parameter: string, value: string): boolean {
  const wanted = bound.list(parameter);
  return !Array.isArray(wanted) || wanted.some((one) => lower(one) === lower(value));
}

/** Whether a parameter that takes one value is not given, or is this one. */
function isText(bound: Bound, parameter: string, value: string): boolean {
  const wanted = bound.text(parameter) ?? null;
  return wanted === null || lower(wanted) === lower(value);
}

const SUBJECT: Record<string, (subject: string, part: string) => boolean> = {
  Contains: (subject, part) => subject.includes(part),
  StartsWith: (subject, part) => subject.startsWith(part),
  EndsWith: (subject, part) => subject.endsWith(part),
};

/** Whether a row comes after the last one that was read, whose time is the end of the range. */
function isLater({ receivedAt, recipient }: Traced, after: string, { to }: TraceRange): boolean {
  return Date.parse(receivedAt) < to || lower(recipient).localeCompare(lower(after)) > 0;
}

function present(row: Traced): ExchangeObject {
  const { reply, source, ...shown } = withSource("exchange.trace-row", {
    Received: roundTrip(row.receivedAt),
    SenderAddress: row.sender,
    RecipientAddress: row.recipient,
    Subject: row.subject,
    Status: row.status,
    ToIP: row.toIp,
    FromIP: row.fromIp,
    Size: row.size,
    MessageId: row.messageId,
    MessageTraceId: row.id,
  });
  return shown;
}

function presentEvents(row: Traced, { world }: Context): ExchangeObject[] {
  return row.events.map((event) => ({
    Date: roundTrip(event.at),
    Event: eventName(event, world),
    Action: "",
    Detail: event.detail,
    Data: traceXml(event),
    MessageId: row.messageId,
    MessageTraceId: row.id,
    RecipientAddress: row.recipient,
    SenderAddress: row.sender,
  }));
}

export const messageTraceCmdlets = {
  "Get-MessageTraceDetailV2": getMessageTraceDetailV2,
  "Get-MessageTraceV2": getMessageTraceV2,
};
