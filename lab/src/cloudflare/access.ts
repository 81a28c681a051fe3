import type { Context as HonoContext } from "hono";
import type { Clock } from "../clock.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { CloudflareAccount } from "../world/world.ts";
import { apiError } from "./envelope.ts";

/** What a token may do in a zone. */
export type Permission = CloudflareAccount["token"]["permissions"][string][number];

/** What a token may do in the zone of this id. */
export type PermissionsOf = (zone: string) => readonly Permission[];

/** The permissions of the customer's tokens: of the one that deploys, and of the one that only reads. */
export function permissionsOf(
  c: HonoContext,
  { token }: CloudflareAccount,
  readToken: string,
): PermissionsOf {
  const readsOnly = c.req.header("authorization") === `Bearer ${readToken}`;
  return (zone) =>
    (token.permissions[zone] ?? []).filter((one) => !(readsOnly && one === "dns:edit"));
}

/** Where a token is asked about itself, and worded otherwise when it is wrong. */
export const VERIFY_PATH = "/client/v4/user/tokens/verify";

/** Why a request may not enter; keys of the older kind are for people, and never do. */
export function refuseCredential(
  c: HonoContext,
  tokens: readonly string[],
): Sourced<HttpReply> | undefined {
  const header = c.req.header("authorization");
  if (header === undefined) {
    return c.req.header("x-auth-key") === undefined
      ? apiError("cloudflare.no-credential")
      : apiError("cloudflare.bad-key");
  }
  const [, given] = /^Bearer ([A-Za-z0-9_-]{40})$/.exec(header) ?? [];
  if (given === undefined) return apiError("cloudflare.bad-authorization");
  if (tokens.includes(given)) return undefined;
  return c.req.path === VERIFY_PATH
    ? apiError("cloudflare.token-not-verified")
    : apiError("cloudflare.invalid-token");
}

/** 1,200 requests in five minutes, of one token (Cloudflare's page "Rate limits"). */
const LIMIT = { requests: 1200, ms: 300_000 };

/** Counts requests in virtual time; answers how many seconds to wait when there were too many. */
export function makeRateLimit(clock: Clock): () => number | undefined {
  let times: number[] = [];
  let blockedUntil = 0;
  return () => {
    const now = clock.now().getTime();
    if (now >= blockedUntil) {
      times = [...times.filter((time) => time > now - LIMIT.ms), now];
      if (times.length <= LIMIT.requests) return undefined;
      blockedUntil = now + LIMIT.ms;
      times = [];
    }
    return Math.ceil((blockedUntil - now) / 1000);
  };
}
