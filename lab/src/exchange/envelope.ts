import { buildReply, type Holes, type ReplyWith, type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { AbsentShape } from "../world/settings.ts";
import type { World } from "../world/world.ts";
import type { ExchangeObject, Outcome } from "./cmdlet.ts";
import { type Failure, failureText, pipeText } from "./cmdletError.ts";

const ORIGIN = "https://outlook.office365.com";
const CONTEXT = "$metadata#Collection(Exchange.GenericHashTable)";
const JSON_TYPE =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/** What every response of the admin API repeats. */
export interface Trace {
  requestId: string;
  frontEnd: string;
}

function headersOf({ requestId, frontEnd }: Trace): Record<string, string> {
  return {
    "content-type": JSON_TYPE,
    "odata-version": "4.0",
    "request-id": requestId,
    "ms-cv": `${requestId.slice(0, 22)}.0`,
    "x-feserver": frontEnd,
  };
}

/**
 * A cmdlet's outcome (captured response of 2024; graph2otel 2026-07).
 *
 * @param tenant id of the tenant
 * @param value the objects of this page
 * @param nextLink where the next page is, if there is one
 */
export function outcomeReply(
  trace: Trace,
  tenant: string,
  outcome: Outcome,
  value: ExchangeObject[],
  nextLink: string | undefined,
): Sourced<HttpReply> {
  return withSource("exchange.outcome", {
    status: 200,
    headers: {
      ...headersOf(trace),
      "x-backendhttpstatus": "200,200",
      "restrict-access-confirm": "1",
    },
    body: {
      "@odata.context": `${ORIGIN}/adminapi/beta/${tenant}/${CONTEXT}`,
      ...(nextLink !== undefined && { "@odata.nextLink": nextLink }),
      ...warningsBody(outcome.warnings.map(({ text }) => text)),
      ...(outcome.confirmation && { "@adminapi.confirmationmessage": outcome.confirmation.text }),
      value: value.map(withTypes),
    },
  });
}

/**
 * The answer of a Get- cmdlet that has nothing to show, in a tenant that answers this shape.
 *
 * @param failure what stands among the errors in the shape "error"
 */
export function absentReply(
  trace: Trace,
  tenant: string,
  shape: Exclude<AbsentShape, "not found">,
  { errorText }: World["settings"],
  failure?: Failure,
): Sourced<HttpReply> {
  const value = {
    ...{ "empty list": [], null: [null], "empty object": [{}], error: [] },
    annotations: [{ "@odata.type": "#Exchange.GenericHashTable" }],
  }[shape];
  const errors = shape === "error" && failure ? [failureText(failure, errorText)] : [];
  return withSource("exchange.absent", success(trace, tenant, value, errors));
}

/** A 200 that says that the cmdlet failed. */
export function errorInSuccess(
  trace: Trace,
  tenant: string,
  failure: Sourced<Failure>,
): Sourced<HttpReply> {
  const { reply, source } = failure;
  const http = withSource("exchange.failure", success(trace, tenant, [], [pipeText(failure)]));
  return { ...http, reply, source };
}

/** A 200 without warnings. */
const success = (trace: Trace, tenant: string, value: readonly unknown[], errors: string[]) => ({
  status: 200 as const,
  headers: headersOf(trace),
  body: {
    "@odata.context": `${ORIGIN}/adminapi/beta/${tenant}/${CONTEXT}`,
    ...warningsBody([]),
    ...(errors.length > 0 && errorsBody(errors)),
    value,
  },
});

/** Where a tenant with an endpoint of its own is sent, with the same path and query. */
export function redirected(
  { requestId, frontEnd }: Trace,
  status: 301 | 302 | 307 | 308,
  location: string,
): Sourced<HttpReply> {
  return withSource("exchange.redirected", {
    status,
    headers: { "request-id": requestId, "x-feserver": frontEnd, location },
    body: "",
  });
}

/** The outcome of a cmdlet that answers nothing, in a tenant that sends no body then. */
export function emptyReply(trace: Trace): Sourced<HttpReply> {
  return withSource("exchange.nothing", { status: 200, headers: headersOf(trace), body: "" });
}

/** A cmdlet's failure, under its own name and source. */
export function failureReply(
  trace: Trace,
  failure: Sourced<Failure>,
  { errorText }: World["settings"],
): Sourced<HttpReply> {
  const { reply, source } = failure;
  const message = "Error executing cmdlet";
  const text = failureText(failure, errorText);
  const headers = { ...headersOf(trace), "x-exceptiontype": shortName(failure.type) };
  if (errorText === "no json") {
    const plain = { ...headers, "content-type": "text/plain; charset=utf-8" };
    const http = withSource("exchange.failure", {
      ...{ status: failure.status, headers: plain, body: text },
    });
    return { ...http, reply, source };
  }
  const http = withSource("exchange.failure", {
    status: failure.status,
    headers,
    body: {
      error: {
        code: failure.status === 404 ? "NotFound" : "BadRequest",
        message,
        details: [{ code: "Context", target: "", message: text }],
        innererror: {
          message,
          type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
          stacktrace: "   at Microsoft.Exchange.Admin.OData.Core.CmdletInvoker.Invoke()",
          internalexception: {
            message: text,
            type: errorText === "header" ? "System.Exception" : failure.type,
            stacktrace: "   at Microsoft.Exchange.Configuration.Tasks.Task.ProcessRecord()",
          },
        },
        ...warningsBody([]),
      },
    },
  });
  return { ...http, reply, source };
}

/** An error of the API itself. */
export function apiError<Name extends ReplyWith<{ status: 400 | 404 | 405 | 415; code: string }>>(
  name: Name,
  trace: Trace,
  ...holes: Holes<Name>
): Sourced<HttpReply> {
  const { text, ...form } = buildReply(name, ...holes);
  const { status, code }: { status: 400 | 404 | 405 | 415; code: string } = form;
  return withSource(name, {
    status,
    headers: headersOf(trace),
    body: { error: { code, message: text } },
  });
}

/** A page that is asked for too late, or by another call. */
export function badPage(trace: Trace): Sourced<HttpReply> {
  const { text, ...failure } = buildReply("exchange.bad-page");
  const message = "Invalid Operation";
  return withSource("exchange.bad-page", {
    status: failure.status,
    headers: { ...headersOf(trace), "x-exceptiontype": "Exception" },
    body: {
      error: {
        code: "BadRequest",
        message,
        innererror: {
          message,
          type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
          stacktrace: "   at Microsoft.Exchange.AdminApi.CommandInvocation.InvokeCommand()",
          internalexception: { message: text, type: failure.type, stacktrace: "" },
        },
      },
    },
  });
}

/** Too many requests of a tenant at once: words without JSON. */
export function concurrencyReply(trace: Trace): Sourced<HttpReply> {
  const { status, text } = buildReply("exchange.concurrency");
  const headers = { ...headersOf(trace), "content-type": "text/plain; charset=utf-8" };
  return withSource("exchange.concurrency", { status, headers, body: text });
}

/** 401 without a body; the reason is in a header. */
export function unauthorized(
  { requestId, frontEnd }: Trace,
  problem: Holes<"exchange.unauthorized">[0]["problem"],
): Sourced<HttpReply> {
  const { status, text } = buildReply("exchange.unauthorized", { problem });
  return withSource("exchange.unauthorized", {
    status,
    headers: {
      "request-id": requestId,
      "x-feserver": frontEnd,
      "www-authenticate": `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", error="invalid_token"`,
      "x-ms-diagnostics": text,
    },
    body: "",
  });
}

/** 403 with 4 KiB of NUL bytes, which some tenants label gzip; the reason is in a header. */
export function forbidden(
  name: "exchange.forbidden" | "exchange.unknown-cmdlet",
  { requestId, frontEnd }: Trace,
  { forbiddenLabelledGzip }: World["settings"],
): Sourced<HttpReply> {
  const { status, text } = buildReply(name);
  return withSource(name, {
    status,
    headers: {
      "request-id": requestId,
      "x-feserver": frontEnd,
      "x-ms-diagnostics": text,
      ...(forbiddenLabelledGzip && { "content-encoding": "gzip" }),
    },
    body: new Uint8Array(4096),
  });
}

/** What an overloaded Exchange answers; `retryAfter` in seconds. */
export function faultReply(
  trace: Trace,
  status: 429 | 500 | 502 | 503 | 504,
  retryAfter: number | undefined,
): Sourced<HttpReply> {
  const { code, text } = buildReply("exchange.fault");
  return withSource("exchange.fault", {
    status,
    headers: {
      ...headersOf(trace),
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
    body: { error: { code, message: text } },
  });
}

const shortName = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

function warningsBody(warnings: string[]): Record<string, string | string[]> {
  return {
    "adminapi.warnings@odata.type": "#Collection(String)",
    "@adminapi.warnings": warnings,
  };
}

function errorsBody(errors: string[]): Record<string, string | string[]> {
  return {
    "adminapi.errors@odata.type": "#Collection(String)",
    "@adminapi.errors": errors,
  };
}

/** An object with the OData types of its lists, numbers and GUID. */
function withTypes(object: ExchangeObject): ExchangeObject {
  const typed: ExchangeObject = {};
  for (const [key, value] of Object.entries(object)) {
    if (Array.isArray(value)) typed[`${key}@odata.type`] = "#Collection(String)";
    if (typeof value === "number") typed[`${key}@odata.type`] = "#Decimal";
    if (key === "Guid") {
      typed["Guid@data.type"] = "System.Guid";
      typed["Guid@odata.type"] = "#Guid";
    }
    typed[key] = value;
  }
  return typed;
}
