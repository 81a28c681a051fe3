import { createHash } from "node:crypto";
import type { Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import { buildReply, type Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { ExchangeObject, Outcome } from "./cmdlet.ts";
import { apiError, badPage, outcomeReply, type Trace } from "./envelope.ts";

const LIFE_MS = 30 * 60_000;

/** A request whose cmdlet has run. */
interface PagedRequest {
  c: HonoContext;
  body: string;
  /** Id of the tenant. */
  tenant: string;
  trace: Trace;
}

/** A cmdlet's outcome as the request asks for it: the selected properties, one page. */
export function answerPage(
  outcome: Outcome,
  { c, body, tenant, trace }: PagedRequest,
  { world, clock }: Context,
): Sourced<HttpReply> {
  const objects = select(outcome.value, c.req.query("$select"));
  if (typeof objects === "string") {
    const message = `Could not find a property named '${objects}'.`;
    return apiError("exchange.bad-request", trace, { message });
  }
  const page = pageOf(objects, pageSizeOf(c, world), {
    call: `${c.req.header("x-anchormailbox") ?? ""}\n${body}`,
    token: c.req.query("$skiptoken"),
    at: clock.now(),
  });
  if (page === "expired") return badPage(trace);
  const warnings =
    page.next === undefined
      ? outcome.warnings
      : [...outcome.warnings, buildReply("exchange.more-results")];
  return outcomeReply(trace, tenant, { ...outcome, warnings }, page.value, linkTo(c, page.next));
}

/** The selected properties of each object, or the name of an unknown one. */
function select(
  objects: ExchangeObject[],
  selected: string | undefined,
): ExchangeObject[] | string {
  if (selected === undefined) return objects;
  const names = selected.split(",").map((name) => name.trim());
  const unknown = objects.length > 0 && names.find((name) => !(name in (objects[0] ?? {})));
  if (unknown) return unknown;
  return objects.map((object) =>
    Object.fromEntries(names.map((name) => [name, object[name] ?? null])),
  );
}

/** The service's own page size or the one that the client prefers, whichever is smaller (graph2otel 2026-07). */
function pageSizeOf(c: HonoContext, { settings }: Context["world"]): number | null {
  const preferred = /\bodata\.maxpagesize=(\d+)/i.exec(c.req.header("prefer") ?? "")?.[1];
  const sizes = [settings.pageSize, preferred === undefined ? null : Number(preferred)];
  const least = Math.min(...sizes.map((size) => size ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(least) && least > 0 ? least : null;
}

/** This request's address with another `$skiptoken`. */
function linkTo(c: HonoContext, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const url = new URL(c.req.url);
  url.searchParams.set("$skiptoken", token);
  return url.toString();
}

/** One page of objects, with the token of the next one. */
interface Page {
  value: ExchangeObject[];
  next?: string;
}

/**
 * Cuts a page of `size` objects out of all. A page is continued by posting the same body with the same anchor
 * (together `call`) to its link within half an hour.
 *
 * @returns "expired" for a token that is none of this call's, or is too old
 */
function pageOf(
  objects: ExchangeObject[],
  size: number | null,
  { call, token, at }: { call: string; token: string | undefined; at: Date },
): Page | "expired" {
  const mark = createHash("sha256").update(call).digest("hex").slice(0, 16);
  let start = 0;
  if (token !== undefined) {
    const [given, from = "", issued = ""] = Buffer.from(token, "base64url").toString().split("/");
    const age = at.getTime() - Date.parse(issued);
    if (given !== mark || !/^\d+$/.test(from) || !(age <= LIFE_MS)) return "expired";
    start = Number(from);
  }
  const end = start + (size ?? objects.length);
  const value = objects.slice(start, end);
  if (end >= objects.length) return { value };
  const next = Buffer.from(`${mark}/${end}/${at.toISOString()}`).toString("base64url");
  return { value, next };
}
