import { defineReply, type Source } from "../../reply.ts";
import type { HttpReply } from "../../web/reply.ts";

/** What every response of the admin API repeats. */
export interface Trace {
  requestId: string;
  frontEnd: string;
}

const JSON_TYPE =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

function headers(trace: Trace): Record<string, string> {
  return {
    "content-type": JSON_TYPE,
    "odata-version": "4.0",
    "request-id": trace.requestId,
    "ms-cv": `${trace.requestId.slice(0, 22)}.0`,
    "x-feserver": trace.frontEnd,
  };
}

function plainError(trace: Trace, status: 400 | 404 | 405 | 415, code: string, message: string) {
  return {
    status,
    headers: headers(trace),
    body: { error: { code, message } },
  } satisfies HttpReply;
}

export const outcome = defineReply(
  "exchange.outcome",
  { record: "captured response of 2024 in public code; graph2otel 2026-07" },
  (trace: Trace, body: object): HttpReply => ({
    status: 200,
    headers: {
      ...headers(trace),
      "x-backendhttpstatus": "200,200",
      "restrict-access-confirm": "1",
    },
    body,
  }),
);

export const nothing = defineReply(
  "exchange.nothing",
  { assumed: "that Set- and Remove- cmdlets may answer without a body" },
  (trace: Trace): HttpReply => ({ status: 200, headers: headers(trace), body: "" }),
);

export const badPage = defineReply(
  "exchange.bad-page",
  { record: "graph2otel 2026-07", assumed: "code, and that the right anchor avoids it" },
  (trace: Trace) =>
    plainError(
      trace,
      400,
      "BadRequest",
      "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
    ),
);

export const failure = defineReply(
  "exchange.failure",
  { record: "graph2otel 2026-07; a public Go client's test" },
  (trace: Trace, status: 400 | 404, body: object): HttpReply => ({
    status,
    headers: headers(trace),
    body,
  }),
);

export const unauthorized = defineReply(
  "exchange.unauthorized",
  { record: "graph2otel 2026-07", assumed: "texts of the headers" },
  (trace: Trace, problem: string): HttpReply => ({
    status: 401,
    headers: {
      "request-id": trace.requestId,
      "x-feserver": trace.frontEnd,
      "www-authenticate": `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", error="invalid_token"`,
      "x-ms-diagnostics": `2000001;reason="${problem}";error_category="invalid_token"`,
    },
    body: "",
  }),
);

const NUL_BYTES: Source = {
  record: "graph2otel 2026-07, azapptoolkit: about 4 KiB of NUL bytes",
  assumed: "the words of the reason",
};

function nulBytes(trace: Trace, labelledGzip: boolean): HttpReply {
  return {
    status: 403,
    headers: {
      "request-id": trace.requestId,
      "x-feserver": trace.frontEnd,
      "x-ms-diagnostics": `2000003;reason="The role assigned to application isn't supported in this scenario. Please check online documentation for assigning correct Directory Roles to Azure AD Application for EXO App-Only Authentication.";error_category="invalid_grant"`,
      ...(labelledGzip && { "content-encoding": "gzip" }),
    },
    body: new Uint8Array(4096),
  };
}

export const forbidden = defineReply("exchange.forbidden", NUL_BYTES, nulBytes);
export const unknownCmdlet = defineReply("exchange.unknown-cmdlet", NUL_BYTES, nulBytes);

export const wrongVersion = defineReply(
  "exchange.wrong-version",
  { record: "a Python client measured against module 3.10.1", assumed: "the body" },
  (trace: Trace) =>
    plainError(
      trace,
      405,
      "MethodNotAllowed",
      "The requested resource does not support http method 'POST'.",
    ),
);

export const unknownRoute = defineReply(
  "exchange.unknown-route",
  { assumed: "ASP.NET's usual words" },
  (trace: Trace, path: string) =>
    plainError(trace, 404, "NotFound", `No HTTP resource was found that matches '${path}'.`),
);

export const badRequest = defineReply(
  "exchange.bad-request",
  { assumed: "the lab refuses headers, query options and body fields that it does not know" },
  (trace: Trace, message: string) => plainError(trace, 400, "BadRequest", message),
);

export const badMediaType = defineReply(
  "exchange.bad-media-type",
  { assumed: "ASP.NET's usual words" },
  (trace: Trace, type: string) =>
    plainError(
      trace,
      415,
      "UnsupportedMediaType",
      `The request entity's media type '${type}' is not supported for this resource.`,
    ),
);

export const transient = defineReply(
  "exchange.transient",
  {
    provider: "M365Permissions: transient types that come with HTTP 400",
    assumed: "the text",
  },
  (type: string) => ({
    status: 400 as const,
    type,
    text: "The server is temporarily unable to run the cmdlet. Try again.",
  }),
);

export const faultStatus = defineReply(
  "exchange.fault",
  {
    provider: "azapptoolkit and the PowerShell module: 429 and 5xx with Retry-After",
    assumed: "the body",
  },
  (
    trace: Trace,
    status: 429 | 500 | 502 | 503 | 504,
    retryAfter: number | undefined,
  ): HttpReply => ({
    status,
    headers: {
      ...headers(trace),
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
    body: { error: { code: "ServerBusy", message: "injected by the lab" } },
  }),
);
