import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import type { Client } from "./clients.ts";
import { entraError, type Trace } from "./envelope.ts";

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

/** The grants by which apps act for users, with the parameters that each must have, and those that it may have. */
export const USER_GRANTS: ReadonlyMap<string, { must: string[]; may?: string[] }> = new Map([
  ["password", { must: ["scope", "username", "password"] }],
  ["authorization_code", { must: ["code"], may: ["scope", "redirect_uri", "code_verifier"] }],
  ["refresh_token", { must: ["refresh_token"], may: ["scope"] }],
  [DEVICE_CODE, { must: ["device_code"], may: ["scope"] }],
]);

/**
 * Refuses what asks for a token of a user, after the app's own credential was judged. There is nobody in the lab who
 * signs in with a browser, so that no code and no refresh token is good; and no app has anybody's consent.
 */
export function refuseUserGrant(
  form: URLSearchParams,
  { clientId, displayName }: Client,
  trace: Trace,
  { context: { world }, secrets }: { context: Context; secrets: Secrets },
): Sourced<HttpReply> {
  const grant = form.get("grant_type");
  if (grant === DEVICE_CODE) return entraError("entra.unknown-device-code", trace);
  if (grant !== "password") return entraError("entra.malformed-grant", trace);
  const name = form.get("username")?.toLowerCase();
  const user = world.directory.users.find((one) => one.userPrincipalName.toLowerCase() === name);
  if (user === undefined)
    return entraError("entra.unknown-user", trace, { tenant: world.tenant.displayName });
  if (secrets.userPasswords[user.id] !== form.get("password"))
    return entraError("entra.wrong-password", trace);
  if (!user.accountEnabled) return entraError("entra.disabled-user", trace);
  return entraError("entra.no-consent", trace, { app: clientId, name: displayName });
}
