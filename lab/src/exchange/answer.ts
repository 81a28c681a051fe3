import type { Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import type { AppClaims } from "../entra/tokens.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { ExchangeObject, Outcome } from "./cmdlet.ts";
import { wrapOutcome } from "./envelope.ts";
import { pageOf } from "./paging.ts";
import * as replies from "./replies/adminApi.ts";
import type { Call } from "./request.ts";

/** A request that may enter. */
export interface Request {
  c: HonoContext;
  body: string;
  call: Call;
  claims: AppClaims;
  trace: replies.Trace;
}

/** Whether a cmdlet has nothing to say. */
export function isSilent({ value, warnings, confirmation }: Outcome): boolean {
  return value.length + warnings.length === 0 && confirmation === undefined;
}

/** A cmdlet's outcome as the request wants it: the chosen properties, one page. */
export function answerOutcome(
  outcome: Outcome,
  { c, body, claims, trace }: Request,
  { world, clock }: Context,
): Sourced<HttpReply> {
  const objects = select(outcome.value, c.req.query("$select"));
  if (typeof objects === "string") {
    return replies.badRequest(trace, `Could not find a property named '${objects}'.`);
  }
  const page = pageOf(objects, world.settings.pageSize, {
    body,
    anchor: c.req.header("x-anchormailbox") ?? "",
    token: c.req.query("$skiptoken"),
    at: clock.now(),
  });
  if (page === "expired") return replies.badPage(trace);
  return replies.outcome(trace, wrapOutcome(claims.tid, outcome, page.value, linkTo(c, page.next)));
}

/** This request's address with another `$skiptoken`. */
function linkTo(c: HonoContext, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const url = new URL(c.req.url);
  url.searchParams.set("$skiptoken", token);
  return url.toString();
}

/** The chosen properties of each object, or the name of one that is not there. */
function select(objects: ExchangeObject[], wanted: string | undefined): ExchangeObject[] | string {
  if (wanted === undefined) return objects;
  const names = wanted.split(",").map((name) => name.trim());
  const missing = objects.length > 0 && names.find((name) => !(name in (objects[0] ?? {})));
  if (missing) return missing;
  return objects.map((object) => {
    const chosen: ExchangeObject = {};
    for (const name of names) chosen[name] = object[name] ?? null;
    return chosen;
  });
}
