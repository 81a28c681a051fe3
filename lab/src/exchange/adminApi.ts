import { Hono, type Context as HonoContext } from "hono";
import { type Context, newGuid } from "../context.ts";
import { EXCHANGE_RESOURCE } from "../entra/resource.ts";
import type { AppClaims, Tokens } from "../entra/tokens.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { FaultKind } from "../world/fault.ts";
import { EXCHANGE_ADMINISTRATOR } from "../world/make.ts";
import type { World } from "../world/world.ts";
import { answerOutcome, isSilent, type Request } from "./answer.ts";
import { CmdletError, type Failure } from "./cmdletError.ts";
import { findCmdlet, runCmdlet } from "./cmdlets.ts";
import { wrapFailure } from "./envelope.ts";
import * as replies from "./replies/adminApi.ts";
import { type Call, parseBody, refuseAnchor } from "./request.ts";

export interface ExchangeParts {
  context: Context;
  tokens: Tokens;
}

const GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10";
const GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";

/** What a product that works right never gets to see. */
const REFUSALS = [
  "exchange.bad-request",
  "exchange.bad-media-type",
  "exchange.unknown-cmdlet",
  "exchange.unknown-parameter",
  "exchange.bad-enum",
  "exchange.bad-type",
  "exchange.missing-mandatory",
  "exchange.specified-twice",
  "exchange.bad-page",
];

const FAULTS = ["status", "transient", "expiredToken", "replyLost"] as const;
type Fault = Extract<FaultKind, { kind: (typeof FAULTS)[number] }>;
type Answer = Sourced<HttpReply>;

/** Builds the Exchange Online admin API: `POST /adminapi/beta/{tenant}/InvokeCommand`. */
export function buildExchange(parts: ExchangeParts): Hono {
  const { context } = parts;
  const app = new Hono();
  const trace = (): replies.Trace => ({
    requestId: newGuid(context.world),
    frontEnd: context.world.tenant.servers.frontEnd.split(".")[0] ?? "",
  });

  app.post("/adminapi/beta/:tenant/InvokeCommand", async (c) => {
    const text = await c.req.text();
    const call = parseBody(text);
    const what = typeof call === "string" ? "InvokeCommand" : nameOf(call, context.world);
    const fault = context.faults.take("exchange", what, FAULTS);
    const reply = await answer(c, { body: text, call }, fault, trace(), parts);
    return respondLogged(c, context, "exchange", reply, {
      what,
      refused: REFUSALS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  });
  app.post("/adminapi/v1.0/:tenant/InvokeCommand", (c) =>
    respondLogged(c, context, "exchange", replies.wrongVersion(trace()), { refused: true }),
  );
  app.all("*", (c) =>
    respondLogged(c, context, "exchange", replies.unknownRoute(trace(), c.req.path), {
      refused: true,
    }),
  );
  return app;
}

/** The cmdlet's name in its own letter case. */
function nameOf({ cmdletName }: Call, world: World): string {
  return findCmdlet(cmdletName, world)?.name ?? cmdletName;
}

async function answer(
  c: HonoContext,
  { body, call }: { body: string; call: Call | string },
  fault: Fault | undefined,
  trace: replies.Trace,
  parts: ExchangeParts,
): Promise<Answer> {
  const { world } = parts.context;
  if (fault?.kind === "status") return replies.faultStatus(trace, fault.status, fault.retryAfter);
  const claims = fault?.kind === "expiredToken" ? "expired" : await authenticate(c, parts);
  if (typeof claims === "string") return replies.unauthorized(trace, claims);
  const refusal = refuseRequest(c, parts.context, trace);
  if (refusal) return refusal;
  if (typeof call === "string") return replies.badRequest(trace, call);
  const header = c.req.header("x-cmdletname");
  if (header !== undefined && header.toLowerCase() !== call.cmdletName.toLowerCase()) {
    return replies.badRequest(
      trace,
      `X-CmdletName is '${header}', the body's '${call.cmdletName}'.`,
    );
  }
  if (fault?.kind === "transient") {
    return fail(trace, replies.transient(fault.type), world);
  }
  return invoke({ c, body, call, claims, trace }, parts.context);
}

/** The claims of a token that may enter, or why it may not. */
async function authenticate(c: HonoContext, parts: ExchangeParts): Promise<AppClaims | string> {
  const token = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (token === undefined) return "The request has no bearer token.";
  const audiences = [EXCHANGE_RESOURCE, `${EXCHANGE_RESOURCE}/`];
  const verdict = await parts.tokens.verify(token, audiences);
  if ("problem" in verdict) {
    const words = {
      expired: "The token has expired.",
      audience: "The audience claim value is invalid for current resource.",
      invalid: "The token is not valid.",
    };
    return words[verdict.problem];
  }
  if (!verdict.claims.roles.includes("Exchange.ManageAsApp")) {
    return "The token contains no permissions for the resource.";
  }
  return verdict.claims;
}

/** Headers, path and query; the body is judged after them. */
function refuseRequest(
  c: HonoContext,
  { world }: Context,
  trace: replies.Trace,
): Answer | undefined {
  const realms = [world.tenant.id, ...world.tenant.acceptedDomains.map(({ name }) => name)];
  const tenant = c.req.param("tenant") ?? "";
  if (!realms.includes(tenant.toLowerCase())) {
    return replies.unauthorized(trace, "The token is not for the tenant of the request.");
  }
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(type)) {
    return replies.badMediaType(trace, type);
  }
  const anchor = refuseAnchor(c.req.header("x-anchormailbox"), realms);
  if (anchor !== undefined) return replies.badRequest(trace, anchor);
  const option = Object.keys(c.req.query()).find(
    (name) => name !== "$select" && name !== "$skiptoken",
  );
  if (option !== undefined) {
    return replies.badRequest(trace, `The query option '${option}' is not supported.`);
  }
  return undefined;
}

function invoke(request: Request, context: Context): Answer {
  const { c, call, claims, trace } = request;
  const { forbiddenLabelledGzip } = context.world.settings;
  const found = findCmdlet(call.cmdletName, context.world);
  if (!found) return replies.unknownCmdlet(trace, forbiddenLabelledGzip);
  const { cmdlet } = found;
  if (!mayRun(claims, cmdlet.reads)) return replies.forbidden(trace, forbiddenLabelledGzip);
  if (!cmdlet.reads && c.req.query("$skiptoken") !== undefined) return replies.badPage(trace);
  try {
    const outcome = runCmdlet(cmdlet, call.parameters, context);
    if (!cmdlet.reads && isSilent(outcome) && context.world.settings.emptyOutcome === "no body") {
      return replies.nothing(trace);
    }
    return answerOutcome(outcome, request, context);
  } catch (error) {
    if (!(error instanceof CmdletError)) throw error;
    return fail(trace, error.failure, context.world);
  }
}

/** The failure in the admin API's envelope, under the failure's own name and source. */
function fail(trace: replies.Trace, failure: Sourced<Failure>, { settings }: World): Answer {
  const envelope = replies.failure(trace, failure.status, wrapFailure(failure, settings.errorText));
  return { ...envelope, reply: failure.reply, source: failure.source };
}

/** Whether the directory roles in the token reach a cmdlet. */
function mayRun({ wids }: AppClaims, reads: boolean): boolean {
  const full = [EXCHANGE_ADMINISTRATOR, GLOBAL_ADMINISTRATOR];
  return wids.some((role) => full.includes(role) || (reads && role === GLOBAL_READER));
}
