import { defineReply, type Source } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

/** What every error of Graph repeats. */
export interface Trace {
  at: Date;
  requestId: string;
}

const errorPage: Source = { page: "Microsoft Graph error responses and resource types (Learn)" };
const seenInSdks: Source = { record: "error bodies quoted in threads of the Graph SDKs" };

/** An error in Graph's envelope. */
export function graphError(
  trace: Trace,
  status: HttpReply["status"],
  code: string,
  message: string,
  details?: { code: string; message: string; target: string }[],
) {
  return {
    status,
    headers: { "request-id": trace.requestId, "client-request-id": trace.requestId },
    body: {
      error: {
        code,
        message,
        ...(details && { details }),
        innerError: {
          date: trace.at.toISOString().slice(0, 19),
          "request-id": trace.requestId,
          "client-request-id": trace.requestId,
        },
      },
    },
  } satisfies HttpReply;
}

export const noToken = defineReply("graph.no-token", seenInSdks, (trace: Trace) =>
  graphError(trace, 401, "InvalidAuthenticationToken", "Access token is empty."),
);

export const badToken = defineReply(
  "graph.bad-token",
  seenInSdks,
  (trace: Trace, problem: "expired" | "audience" | "invalid") => {
    const words = {
      expired: "Lifetime validation failed, the token is expired.",
      audience: "Access token validation failure. Invalid audience.",
      invalid: "Access token validation failure.",
    };
    return graphError(trace, 401, "InvalidAuthenticationToken", words[problem]);
  },
);

export const forbidden = defineReply("graph.forbidden", errorPage, (trace: Trace) =>
  graphError(
    trace,
    403,
    "Authorization_RequestDenied",
    "Insufficient privileges to complete the operation.",
  ),
);

export const notFound = defineReply("graph.not-found", seenInSdks, (trace: Trace, id: string) =>
  graphError(
    trace,
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  ),
);

export const unknownRoute = defineReply(
  "graph.unknown-route",
  seenInSdks,
  (trace: Trace, segment: string) =>
    graphError(trace, 400, "BadRequest", `Resource not found for the segment '${segment}'.`),
);

export const unknownQuery = defineReply(
  "graph.unknown-query",
  { assumed: "the lab refuses every query option that it does not act on" },
  (trace: Trace, option: string) =>
    graphError(trace, 400, "BadRequest", `The query option '${option}' is not supported here.`),
);

export const unknownProperty = defineReply(
  "graph.unknown-property",
  seenInSdks,
  (trace: Trace, property: string, type: string) =>
    graphError(
      trace,
      400,
      "BadRequest",
      `Parsing OData Select and Expand failed: Could not find a property named '${property}' on type 'microsoft.graph.${type}'.`,
    ),
);

export const faultStatus = defineReply(
  "graph.fault",
  { page: "Microsoft Graph throttling guidance (Learn)" },
  (trace: Trace, status: 429 | 500 | 502 | 503 | 504, retryAfter: number | undefined) => {
    const code = status === 429 ? "TooManyRequests" : "ServiceUnavailable";
    const reply = graphError(trace, status, code, "injected by the lab");
    if (retryAfter === undefined) return reply;
    return { ...reply, headers: { ...reply.headers, "retry-after": String(retryAfter) } };
  },
);

const found: Source = { page: "Microsoft Graph REST API v1.0 reference" };

export const entity = defineReply("graph.entity", found, (body: object) => ({
  status: 200 as const,
  headers: { "content-type": "application/json;odata.metadata=minimal" },
  body,
}));

export const created = defineReply("graph.created", found, (body: object) => ({
  status: 201 as const,
  headers: { "content-type": "application/json;odata.metadata=minimal" },
  body,
}));

export const done = defineReply(
  "graph.done",
  found,
  (): HttpReply => ({ status: 204, body: null }),
);

export const badJson = defineReply("graph.bad-json", seenInSdks, (trace: Trace) =>
  graphError(
    trace,
    400,
    "BadRequest",
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
  ),
);

export const unknownFilter = defineReply(
  "graph.unknown-filter",
  { assumed: "the lab refuses every filter that it does not act on" },
  (trace: Trace, filter: string) =>
    graphError(trace, 400, "Request_UnsupportedQuery", `Unsupported Query: '${filter}'.`),
);

export const invalidProperty = defineReply(
  "graph.invalid-property",
  {
    record: "error bodies quoted in threads of the Graph SDKs",
    assumed: "for read-only properties",
  },
  (trace: Trace, property: string) =>
    graphError(trace, 400, "Request_BadRequest", `Invalid property '${property}'.`),
);

export const badValue = defineReply(
  "graph.bad-value",
  seenInSdks,
  (trace: Trace, property: string, resource: string) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      `Invalid value specified for property '${property}' of resource '${resource}'.`,
    ),
);

export const missingValue = defineReply(
  "graph.missing-value",
  seenInSdks,
  (trace: Trace, property: string, resource: string) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      `A value is required for property '${property}' of resource '${resource}'.`,
    ),
);

export const objectConflict = defineReply(
  "graph.object-conflict",
  { record: "microsoftgraph/microsoft-graph-docs#1508" },
  (trace: Trace, property: string) => {
    const message = `Another object with the same value for property ${property} already exists.`;
    const details = [{ code: "ObjectConflict", message, target: property }];
    return graphError(trace, 400, "Request_BadRequest", message, details);
  },
);
