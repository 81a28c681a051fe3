import { buildReply, type Holes, type ReplyWith, type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

/** What every error of Entra repeats. */
export interface Trace {
  at: Date;
  traceId: string;
  correlationId: string;
}

interface ErrorForm {
  status: 400 | 401;
  error: string;
  /** Number of the AADSTS code. */
  code: number;
  suberror?: string;
}

/** An error in Entra's envelope. */
export function entraError<Name extends ReplyWith<ErrorForm>>(
  name: Name,
  { at, traceId, correlationId }: Trace,
  ...holes: Holes<Name>
): Sourced<HttpReply> {
  const { text, ...form } = buildReply(name, ...holes);
  const { status, error, code, suberror }: ErrorForm = form;
  const timestamp = at
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
  return withSource(name, {
    status,
    headers: { "cache-control": "no-store, no-cache", "x-ms-request-id": traceId },
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      ...(suberror !== undefined && { suberror }),
    },
  });
}

/** What an overloaded Entra answers: HTTP 429 or 5xx, `retryAfter` in seconds. */
export function entraFault(
  status: 429 | 500 | 502 | 503 | 504,
  retryAfter: number | undefined,
): Sourced<HttpReply> {
  const { error, text } = buildReply("entra.fault");
  return withSource("entra.fault", {
    status,
    ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
    body: { error, error_description: text },
  });
}
