import type { Context } from "../context.ts";
import { type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import { refuseAssertion } from "./assertion.ts";
import { type Client, findClient } from "./clients.ts";
import { entraError, type Trace } from "./envelope.ts";
import { findResource } from "./resource.ts";
import type { Tokens } from "./tokens.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CREDENTIAL = ["client_secret", "client_assertion", "client_assertion_type"];
/** Parameters of MSAL that ask for nothing. */
const TELEMETRY = /^(x-client-.*|x-ms-lib-capability|client-request-id|client_info)$/i;

export interface EntraParts {
  context: Context;
  secrets: Secrets;
  tokens: Tokens;
  /** Where this server stands, such as `https://localhost:8443`. */
  origin: string;
}

/**
 * Answers a client credentials request (RFC 6749 section 4.4) of the deployer's app or of one in the directory. No
 * other grant gets a token.
 *
 * @param tenant as the path names it, one of this tenant's names
 */
export async function answerTokenRequest(
  form: URLSearchParams,
  tenant: string,
  trace: Trace,
  parts: EntraParts,
): Promise<Sourced<HttpReply>> {
  const { world } = parts.context;
  const malformed = refuseForm(form, trace);
  if (malformed) return malformed;
  const clientId = form.get("client_id") ?? "";
  const client = findClient(clientId, { world, secrets: parts.secrets, at: trace.at });
  if (client === undefined) {
    return entraError("entra.unknown-app", trace, {
      app: clientId,
      tenant: world.tenant.displayName,
    });
  }
  const refusal = await refuseCredential(form, client, tenant, trace, parts);
  if (refusal) return refusal;
  const { servicePrincipal } = client;
  if (servicePrincipal === null) {
    return entraError("entra.no-service-principal", trace, {
      app: client.clientId,
      tenant: world.tenant.id,
    });
  }
  if (!servicePrincipal.accountEnabled) {
    return entraError("entra.disabled-app", trace, {
      app: client.clientId,
      name: client.displayName,
    });
  }
  if (isForUser(form)) return refuseUserGrant(form, client, trace, parts);
  const scope = form.get("scope") ?? "";
  const resource = findResource(scope, parts.origin);
  if (resource === "invalid") return entraError("entra.invalid-scope", trace, { scope });
  if (resource === "no default") return entraError("entra.scope-without-default", trace, { scope });
  if (resource === "unknown") {
    return entraError("entra.unknown-resource", trace, {
      resource: scope.replace(/\/\.default$/, ""),
      tenant,
    });
  }
  const { token, lifetime } = await parts.tokens.issue({
    audience: resource.audience,
    appidacr: form.has("client_secret") ? "1" : "2",
    clientId: client.clientId,
    displayName: client.displayName,
    objectId: servicePrincipal.id,
    roles: client.appRoles[resource.resource],
    directoryRoles: client.directoryRoles,
  });
  return withSource("entra.token", {
    status: 200,
    headers: { "cache-control": "no-store, no-cache", pragma: "no-cache" },
    body: {
      token_type: "Bearer",
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: token,
    },
  });
}

/** Refuses a request at an endpoint that is not this tenant's; the lab has no other tenant. */
export function refuseElsewhere(
  form: URLSearchParams,
  tenant: string,
  trace: Trace,
  { context: { world }, secrets }: EntraParts,
): Sourced<HttpReply> {
  const client = findClient(form.get("client_id") ?? "", { world, secrets, at: trace.at });
  return tenant === "common" && client !== undefined
    ? entraError("entra.not-multi-tenant", trace, {
        app: client.clientId,
        name: client.displayName,
      })
    : entraError("entra.unknown-tenant", trace, { tenant });
}

function refuseForm(form: URLSearchParams, trace: Trace): Sourced<HttpReply> | undefined {
  const grant = form.get("grant_type") ?? "";
  const { must, may = [] } = USER_GRANTS.get(grant) ?? { must: ["scope"] };
  const required = ["grant_type", "client_id", ...must];
  const known = [...required, ...may, ...CREDENTIAL];
  const unknown = [...form.keys()].find((key) => !known.includes(key) && !TELEMETRY.test(key));
  if (unknown !== undefined)
    return entraError("entra.unknown-parameter", trace, { parameter: unknown });
  const missing = required.find((parameter) => !form.get(parameter));
  if (missing !== undefined)
    return entraError("entra.missing-parameter", trace, { parameter: missing });
  return grant === "client_credentials" || isForUser(form)
    ? undefined
    : entraError("entra.unsupported-grant", trace, { grant });
}

function isForUser(form: URLSearchParams): boolean {
  return USER_GRANTS.has(form.get("grant_type") ?? "");
}

async function refuseCredential(
  form: URLSearchParams,
  client: Client,
  tenant: string,
  trace: Trace,
  { origin }: EntraParts,
): Promise<Sourced<HttpReply> | undefined> {
  const secret = form.get("client_secret");
  const assertion = form.get("client_assertion");
  if (secret !== null) return refuseSecret(secret, client, trace);
  if (assertion === null) {
    if (!isForUser(form)) return entraError("entra.missing-credential", trace);
    return client.isPublic ? undefined : entraError("entra.credential-forgotten", trace);
  }
  if (form.get("client_assertion_type") !== ASSERTION_TYPE) {
    return entraError("entra.missing-parameter", trace, { parameter: "client_assertion_type" });
  }
  const audiences = [
    `${origin}/${tenant}/oauth2/v2.0/token`,
    `${origin}/${tenant}/v2.0`,
    `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
  ];
  return refuseAssertion(assertion, { client, audiences, trace });
}

function refuseSecret(
  secret: string,
  { secrets, clientId }: Client,
  trace: Trace,
): Sourced<HttpReply> | undefined {
  const found = secrets.find(({ text }) => text === secret);
  const { from = null, until = null } = found?.period ?? {};
  if (found === undefined || (from !== null && trace.at < from)) {
    return entraError("entra.invalid-secret", trace, { app: clientId });
  }
  return until !== null && trace.at >= until
    ? entraError("entra.expired-secret", trace, { app: clientId })
    : undefined;
}

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

/** The grants by which apps act for users, with the parameters that each must have, and those that it may have. */
const USER_GRANTS: ReadonlyMap<string, { must: string[]; may?: string[] }> = new Map([
  ["password", { must: ["scope", "username", "password"] }],
  ["authorization_code", { must: ["code"], may: ["scope", "redirect_uri", "code_verifier"] }],
  ["refresh_token", { must: ["refresh_token"], may: ["scope"] }],
  [DEVICE_CODE, { must: ["device_code"], may: ["scope"] }],
]);

/**
 * Refuses what asks for a token of a user, after the app's own credential was judged. There is nobody in the lab who
 * signs in with a browser, so that no code and no refresh token is good; and no app has anybody's consent.
 */
function refuseUserGrant(
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
