import type { Hono } from "hono";
import {
  admitQuery,
  eventName,
  findTraced,
  judgeRange,
  QUERY_WINDOW_MS,
  rangeOf,
  TRACE_ROWS,
  type Traced,
  type TraceRange,
  traceXml,
} from "../exchange/traceQuery.ts";
import { answerList, type Entity } from "./answers.ts";
import { GraphRefusal, graphFault } from "./errors.ts";
import { type Call, type Guard, newTrace, type Rule } from "./guard.ts";
import { graphTime, readTime } from "./time.ts";

/** Client id of Microsoft's app behind the trace ("Transport Data Platform"), in every tenant that has made its principal. */
export const TRACE_APP_ID = "8bd644d1-64a1-4d4b-ae52-2e0cbf64e373";

const PATH = "/v1.0/admin/exchange/tracing/messageTraces";
const RULE: Rule = {
  roles: ["ExchangeMessageTrace.Read.All"],
  people: ["Exchange Administrator"],
};

/** Adds Exchange's message trace (List messageTraces, getDetailsByRecipient; Graph v1.0). */
export function addMessageTraceRoutes(app: Hono, guard: Guard): void {
  const options = ["$filter", "$top", "$skiptoken"];
  app.get(PATH, (c) =>
    guard(c, { ...RULE, options }, (call) => {
      demandPrincipal(call);
      const size = Number(c.req.query("$top") ?? TRACE_ROWS.usual);
      if (size > TRACE_ROWS.most) throw call.refusal("graph.trace-top", { most: TRACE_ROWS.most });
      const { range, tests } = readTraceFilter(call);
      const rows = ask(range, call).filter((row) => tests.every((passes) => passes(row)));
      const kind = {
        segment: "admin/exchange/tracing/messageTraces",
        type: "exchangeMessageTrace",
      };
      return answerList(call, { ...kind, pageSize: TRACE_ROWS.usual }, rows.map(traceEntity));
    }),
  );
  app.get(`${PATH}/:id/:details`, (c) =>
    guard(c, RULE, (call) => {
      demandPrincipal(call);
      const segment = c.req.param("details");
      const [, given] = /^getDetailsByRecipient\(recipientAddress='(.*)'\)$/.exec(segment) ?? [];
      if (given === undefined) throw call.refusal("graph.unknown-route", { segment });
      const recipient = given.replaceAll("''", "'").toLowerCase();
      const { clock, world } = call.context;
      const from = clock.now().getTime() - 90 * 24 * 60 * 60_000;
      const rows = ask({ from, to: clock.now().getTime() }, call).filter(
        (row) =>
          row.id === c.req.param("id").toLowerCase() && row.recipient.toLowerCase() === recipient,
      );
      const type = "exchangeMessageTraceDetail";
      const events = rows.flatMap(({ id, messageId, events: all }) =>
        all.map((event) => ({
          ...{ id, messageId, dateTime: graphTime(new Date(event.at)) },
          ...{ event: eventName(event, world), action: "" },
          ...{ description: event.detail, data: traceXml(event) },
        })),
      );
      return answerList(call, { segment: `Collection(microsoft.graph.${type})`, type }, events);
    }),
  );
}

/** @throws GraphRefusal in a tenant that has no service principal of the app behind the trace, or has made it just now */
function demandPrincipal({ context, refusal }: Call): void {
  const { directory, settings } = context.world;
  const principal = directory.servicePrincipals.find(({ appId }) => appId === TRACE_APP_ID);
  const made = Date.parse(String(principal?.properties.createdDateTime));
  if (!(context.clock.now().getTime() >= made + settings.traceOnboardingMs)) {
    throw refusal("graph.trace-no-principal", { appId: TRACE_APP_ID });
  }
}

/** @throws GraphRefusal for a query too many */
function ask(range: TraceRange, { context }: Call): Traced[] {
  const now = context.clock.now();
  if (!admitQuery(context.world.messageTrace, "graph", now)) {
    throw new GraphRefusal(graphFault(newTrace(context), 429, QUERY_WINDOW_MS / 1000));
  }
  return findTraced(range, context.world, now);
}

const TERM =
  /\s*(?:receivedDateTime (?<bound>ge|le) (?<time>\S+)|(?<name>\w+) eq '(?<value>(?:[^']|'')*)'|(?<how>contains|startsWith|endsWith)\(subject, ?'(?<part>(?:[^']|'')*)'\))\s*(?: and |$)/gy;

const PROPERTIES: Record<string, (row: Traced) => string> = {
  id: ({ id }) => id,
  messageId: ({ messageId }) => messageId,
  status: ({ status }) => status,
  senderAddress: ({ sender }) => sender,
  recipientAddress: ({ recipient }) => recipient,
  fromIP: ({ fromIp }) => fromIp,
  toIP: ({ toIp }) => toIp,
};

type Test = (row: Traced) => boolean;

/**
 * Reads `$filter`: the time by both bounds or by none, and what a row must be.
 *
 * @throws GraphRefusal for any other filter, and for a time that no query may ask for
 */
function readTraceFilter({ c, context, refusal }: Call): { range: TraceRange; tests: Test[] } {
  const filter = c.req.query("$filter") ?? "";
  const terms = [...filter.matchAll(TERM)];
  if (terms.reduce((length, [term]) => length + term.length, 0) !== filter.length) {
    throw refusal("graph.unknown-filter", { filter });
  }
  const bounds: Record<string, number> = {};
  const tests: Test[] = [];
  for (const { groups = {} } of terms) {
    const { bound, time, name, value = "", how, part = "" } = groups;
    const wanted = (name ? value : part).replaceAll("''", "'").toLowerCase();
    if (bound) bounds[bound] = readTime(time)?.getTime() ?? Number.NaN;
    else if (how) tests.push((row) => SUBJECT[how]?.(row.subject.toLowerCase(), wanted) ?? false);
    else {
      const read = PROPERTIES[name ?? ""];
      if (!read) throw refusal("graph.unknown-filter", { filter });
      tests.push((row) => read(row).toLowerCase() === wanted);
    }
  }
  const { ge, le } = bounds;
  const now = context.clock.now();
  const range = rangeOf(ge, le, now);
  const hasOne = (ge === undefined) !== (le === undefined);
  const isNone = Number.isNaN(range.from) || Number.isNaN(range.to);
  const problem = hasOne || isNone ? "one-bound" : judgeRange(range, now);
  if (problem) throw refusal("graph.trace-range", { problem });
  return { range, tests };
}

const SUBJECT: Record<string, (subject: string, part: string) => boolean> = {
  contains: (subject, part) => subject.includes(part),
  startsWith: (subject, part) => subject.startsWith(part),
  endsWith: (subject, part) => subject.endsWith(part),
};

function traceEntity(row: Traced): Entity {
  return {
    id: row.id,
    senderAddress: row.sender,
    recipientAddress: row.recipient,
    messageId: row.messageId,
    receivedDateTime: graphTime(new Date(row.receivedAt)),
    subject: row.subject,
    size: row.size,
    fromIP: row.fromIp,
    toIP: row.toIp,
    status: `${row.status.charAt(0).toLowerCase()}${row.status.slice(1)}`,
  };
}
