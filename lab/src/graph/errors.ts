import { buildReply, type Holes, type ReplyWith, type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

export type Answer = Sourced<HttpReply>;

/** What every error of Graph repeats. */
export interface Trace {
  at: Date;
  requestId: string;
}

interface ErrorForm {
  status: 400 | 401 | 403 | 404 | 409;
  code: string;
  /** Code of the one detail, whose target is the hole {property}. */
  detail?: string;
}

export type GraphErrorName = ReplyWith<ErrorForm>;

/** An error in Graph's envelope. */
export function graphError<Name extends GraphErrorName>(
  name: Name,
  trace: Trace,
  ...holes: Holes<Name>
): Answer {
  const { text: message, ...form } = buildReply(name, ...holes);
  const { status, code, detail }: ErrorForm = form;
  const [{ property: target } = {}] = holes as [{ property?: string }?];
  const details = detail && { details: [{ code: detail, message, target }] };
  return withSource(name, { status, ...envelope(trace, { code, message, ...details }) });
}

/** What an overloaded Graph answers, `retryAfter` in seconds. */
export function graphFault(
  trace: Trace,
  status: 429 | 500 | 502 | 503 | 504,
  retryAfter: number | undefined,
): Answer {
  const { text: message, tooMany, other } = buildReply("graph.fault");
  const { headers, body } = envelope(trace, { code: status === 429 ? tooMany : other, message });
  return withSource("graph.fault", {
    status,
    headers: {
      ...headers,
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
    body,
  });
}

/** Ends a request before it has changed anything; `answer` is what the client gets. */
export class GraphRefusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(answer.reply);
    this.answer = answer;
  }
}

function envelope({ at, requestId }: Trace, error: { code: string; message: string }) {
  const ids = { "request-id": requestId, "client-request-id": requestId };
  const innerError = { date: at.toISOString().slice(0, 19), ...ids };
  return { headers: ids, body: { error: { ...error, innerError } } };
}
