import type { Context as HonoContext } from "hono";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import * as replies from "./replies.ts";

/** Where a token is asked about itself, and worded otherwise when it is wrong. */
export const VERIFY_PATH = "/client/v4/user/tokens/verify";

/** Why a request may not enter; keys of the older kind are for people, and never do. */
export function refuseCredential(c: HonoContext, token: string): Sourced<HttpReply> | undefined {
  const header = c.req.header("authorization");
  if (header === undefined) {
    return c.req.header("x-auth-key") === undefined ? replies.noCredential() : replies.badKey();
  }
  const [, given] = /^Bearer ([A-Za-z0-9_-]{40})$/.exec(header) ?? [];
  if (given === undefined) return replies.badAuthorization();
  if (given === token) return undefined;
  return c.req.path === VERIFY_PATH ? replies.tokenNotVerified() : replies.invalidToken();
}
