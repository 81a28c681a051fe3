import { Hono, type Context as HonoContext } from "hono";
import { type Context, newGuid } from "../context.ts";
import { EXCHANGE_ADMIN_SCOPE } from "../entra/publicClients.ts";
import { EXCHANGE_RESOURCE } from "../entra/resource.ts";
import { type Claims, isPerson, type Tokens } from "../entra/tokens.ts";
import { makeRandom } from "../random.ts";
import { buildReply, type Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { FaultKind } from "../world/fault.ts";
import { ABSENT_SHAPES, type AbsentShape } from "../world/settings.ts";
import type { World } from "../world/world.ts";
import { callerOf } from "./auditLog.ts";
import { CmdletError, type Failure } from "./cmdletError.ts";
import { findCmdlet, runCmdlet } from "./cmdlets.ts";
import * as envelope from "./envelope.ts";
import { mayRun } from "./managementRoles.ts";
import { answerPage } from "./paging.ts";
import { type Call, parseBody, refuseAnchor } from "./request.ts";

export interface ExchangeParts {
  context: Context;
  tokens: Tokens;
  /** Origin of the tenant's own endpoint, which some worlds redirect to. @default there is none */
  ownEndpoint?: string;
}

/** Replies that a correct client never gets. */
const REFUSALS = [
  "exchange.bad-request",
  "exchange.bad-media-type",
  "exchange.unknown-cmdlet",
  "exchange.unknown-parameter",
  "exchange.not-modelled",
  "exchange.bad-enum",
  "exchange.bad-type",
  "exchange.missing-mandatory",
  "exchange.specified-twice",
  "exchange.bad-page",
];

const FAULTS = [
  ...(["status", "transient", "concurrency", "dualWrite", "errorInSuccess"] as const),
  ...(["expiredToken", "replyLost"] as const),
];
type Fault = Extract<FaultKind, { kind: (typeof FAULTS)[number] }>;
type Answer = Sourced<HttpReply>;

/** One request, as it came. */
interface Request {
  c: HonoContext;
  trace: envelope.Trace;
  body: string;
  /** The call in the body; a text says what is wrong with it. */
  call: Call | string;
  fault: Fault | undefined;
}

/** Builds the Exchange Online admin API: `POST /adminapi/beta/{tenant}/InvokeCommand`. */
export function buildExchange(parts: ExchangeParts): Hono {
  const { context, ownEndpoint } = parts;
  const app = new Hono();
  const trace = (): envelope.Trace => ({
    requestId: newGuid(context.world),
    frontEnd: context.world.tenant.servers.frontEnd.split(".")[0] ?? "",
  });

  app.post("/adminapi/beta/:tenant/InvokeCommand", async (c) => {
    const { endpointRedirect } = context.world.settings;
    const { origin, pathname, search } = new URL(c.req.url);
    if (endpointRedirect !== null && ownEndpoint !== undefined && origin !== ownEndpoint) {
      const location = `${ownEndpoint}${pathname}${search}`;
      const reply = envelope.redirected(trace(), endpointRedirect, location);
      return respondLogged(c, context, "web", reply);
    }
    const body = await c.req.text();
    const call = parseBody(body);
    const what = typeof call === "string" ? "InvokeCommand" : nameOf(call, context.world);
    const fault = context.faults.take("exchange", what, FAULTS);
    const reply = await answer({ c, trace: trace(), body, call, fault }, parts);
    return respondLogged(c, context, "exchange", reply, {
      what,
      refused: REFUSALS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  });
  app.post("/adminapi/v1.0/:tenant/InvokeCommand", (c) => {
    const reply = envelope.apiError("exchange.wrong-version", trace());
    return respondLogged(c, context, "exchange", reply, { refused: true });
  });
  app.all("*", (c) => {
    const reply = envelope.apiError("exchange.unknown-route", trace(), { path: c.req.path });
    return respondLogged(c, context, "exchange", reply, { refused: true });
  });
  return app;
}

/** The cmdlet's name in its own letter case. */
function nameOf({ cmdletName }: Call, world: World): string {
  return findCmdlet(cmdletName, world)?.name ?? cmdletName;
}

async function answer(request: Request, parts: ExchangeParts): Promise<Answer> {
  const { c, trace, call, fault } = request;
  const { settings } = parts.context.world;
  if (fault?.kind === "status") return envelope.faultReply(trace, fault.status, fault.retryAfter);
  const claims = fault?.kind === "expiredToken" ? "expired" : await authenticate(c, parts);
  if (typeof claims === "string") return envelope.unauthorized(trace, claims);
  const refused = refuseRequest(request, parts.context);
  if (refused) return refused;
  if (typeof call === "string") return badRequest(trace, call);
  const header = c.req.header("x-cmdletname");
  if (header !== undefined && header.toLowerCase() !== call.cmdletName.toLowerCase()) {
    return badRequest(trace, `X-CmdletName is '${header}', the body's '${call.cmdletName}'.`);
  }
  if (fault?.kind === "transient") {
    const failure = { ...buildReply("exchange.transient"), type: fault.type };
    return envelope.failureReply(trace, failure, settings);
  }
  if (fault?.kind === "concurrency") return envelope.concurrencyReply(trace);
  if (fault?.kind === "dualWrite") {
    const detail = fault.lasting ? "lasting" : "busy";
    const failure = buildReply("exchange.dual-write", { detail, requestId: trace.requestId });
    return envelope.failureReply(trace, failure, settings);
  }
  if (fault?.kind === "errorInSuccess") {
    if (fault.ran) invoke(request, call, claims, parts.context);
    const failure = { ...buildReply("exchange.error-in-success"), type: fault.type };
    return envelope.errorInSuccess(trace, claims.tid, failure);
  }
  return invoke(request, call, claims, parts.context);
}

function badRequest(trace: envelope.Trace, message: string): Answer {
  return envelope.apiError("exchange.bad-request", trace, { message });
}

/** The claims of a token that may enter, or why it may not. */
async function authenticate(c: HonoContext, { tokens }: ExchangeParts) {
  const token = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (token === undefined) return "missing";
  const verdict = await tokens.verify(token, [EXCHANGE_RESOURCE, `${EXCHANGE_RESOURCE}/`]);
  if ("problem" in verdict) return verdict.problem;
  const { claims } = verdict;
  const mayEnter = isPerson(claims)
    ? claims.scopes.includes(EXCHANGE_ADMIN_SCOPE)
    : claims.roles.includes("Exchange.ManageAsApp");
  return mayEnter ? claims : "permission";
}

/** Judges headers, path and query; the body is judged after them. */
function refuseRequest({ c, trace }: Request, { world }: Context): Answer | undefined {
  const realms = [world.tenant.id, ...world.tenant.acceptedDomains.map(({ name }) => name)];
  const tenant = c.req.param("tenant") ?? "";
  if (!realms.includes(tenant.toLowerCase())) return envelope.unauthorized(trace, "tenant");
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(type)) {
    return envelope.apiError("exchange.bad-media-type", trace, { type });
  }
  const anchor = refuseAnchor(c.req.header("x-anchormailbox"), realms);
  if (anchor !== undefined) return badRequest(trace, anchor);
  const option = Object.keys(c.req.query()).find(
    (name) => name !== "$select" && name !== "$skiptoken",
  );
  if (option === undefined) return undefined;
  return badRequest(trace, `The query option '${option}' is not supported.`);
}

function invoke({ c, trace, body }: Request, call: Call, claims: Claims, context: Context): Answer {
  const { settings } = context.world;
  const found = findCmdlet(call.cmdletName, context.world);
  if (!found) return envelope.forbidden("exchange.unknown-cmdlet", trace, settings);
  const { cmdlet, name } = found;
  if (!mayRun(claims, name, context.world, context.clock.now())) {
    return envelope.forbidden("exchange.forbidden", trace, settings);
  }
  if (!cmdlet.reads && c.req.query("$skiptoken") !== undefined) {
    return envelope.badPage(trace);
  }
  try {
    const outcome = runCmdlet(found, call.parameters, {
      ...context,
      actor: callerOf(claims),
      caller: claims,
    });
    const isSilent =
      outcome.value.length + outcome.warnings.length === 0 && outcome.confirmation === undefined;
    if (!cmdlet.reads && isSilent && settings.emptyOutcome === "no body") {
      return envelope.emptyReply(trace);
    }
    const shape = absentShape(name, context.world);
    if (cmdlet.reads && outcome.value.length === 0 && shape !== "not found" && shape !== "error") {
      return envelope.absentReply(trace, claims.tid, shape, settings);
    }
    return answerPage(outcome, { c, body, tenant: claims.tid, trace }, context);
  } catch (error) {
    if (!(error instanceof CmdletError)) throw error;
    const shape = absentShape(name, context.world);
    if (cmdlet.reads && isAbsence(error.failure) && shape !== "not found") {
      return envelope.absentReply(trace, claims.tid, shape, settings, error.failure);
    }
    return envelope.failureReply(trace, error.failure, settings);
  }
}

const isAbsence = ({ type }: Failure): boolean => /\.ManagementObjectNotFoundException$/.test(type);

/** What a reading cmdlet answers in this world when there is nothing to show. */
function absentShape(cmdlet: string, { seed, settings }: World): AbsentShape {
  const { absentObject } = settings;
  if (absentObject !== "by cmdlet") return absentObject;
  return makeRandom(`${seed}/absent/${cmdlet}`).pick(ABSENT_SHAPES);
}
