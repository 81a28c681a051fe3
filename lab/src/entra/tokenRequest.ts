import type { Context } from "../context.ts";
import { type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import { refuseAssertion } from "./assertion.ts";
import { type Client, findClient } from "./clients.ts";
import { entraError, type Trace } from "./envelope.ts";
import { offers, type PublicClient } from "./publicClients.ts";
import { findResource, readDelegatedScopes } from "./resource.ts";
import { recordSignIn } from "./signInLog.ts";
import type { SignInOrder, SignIns } from "./signIns.ts";
import type { Tokens } from "./tokens.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CREDENTIAL = ["client_secret", "client_assertion", "client_assertion_type"];
/** Parameters of MSAL that ask for nothing. */
const TELEMETRY = /^(x-client-.*|x-ms-lib-capability|client-request-id|client_info)$/i;

export interface EntraParts {
  context: Context;
  secrets: Secrets;
  tokens: Tokens;
  signIns: SignIns;
  /** Where this server stands, such as `https://localhost:8443`. */
  origin: string;
}

/** Answers what asks for a device code, by which a person signs in to a public client (RFC 8628 section 3.1). */
export function answerDeviceCodeRequest(
  form: URLSearchParams,
  client: PublicClient,
  tenant: string,
  trace: Trace,
  parts: EntraParts,
): Sourced<HttpReply> {
  const malformed = refuseParameters(form, { must: ["client_id", "scope"] }, trace);
  if (malformed) return malformed;
  const order = readOrder(form, client, tenant, trace, parts);
  return "reply" in order ? order : parts.signIns.begin(order);
}

/** Answers the grants by which a public client gets tokens for a person: device code, and refresh token. */
export async function answerPublicClient(
  form: URLSearchParams,
  client: PublicClient,
  tenant: string,
  trace: Trace,
  parts: EntraParts,
): Promise<Sourced<HttpReply>> {
  const malformed = refuseForm(form, trace);
  if (malformed) return malformed;
  const grant = form.get("grant_type");
  if (DEVICE_CODE.includes(grant ?? "")) {
    return parts.signIns.redeem(form.get("device_code") ?? "", client.clientId, trace);
  }
  if (grant !== "refresh_token") {
    return grant === "client_credentials"
      ? entraError("entra.missing-credential", trace)
      : entraError("entra.public-grant", trace, { grant: grant ?? "" });
  }
  const order = readOrder(form, client, tenant, trace, parts);
  if ("reply" in order) return order;
  return parts.signIns.refresh(form.get("refresh_token") ?? "", order, trace);
}

/** What a request asks for a person, or why it can't be had. */
function readOrder(
  form: URLSearchParams,
  client: PublicClient,
  tenant: string,
  trace: Trace,
  { origin }: EntraParts,
): SignInOrder | Sourced<HttpReply> {
  const scope = form.get("scope") ?? "";
  const read = readDelegatedScopes(scope, origin);
  if (read === "invalid") return entraError("entra.invalid-scope", trace, { scope });
  if (read === "unknown") {
    return entraError("entra.unknown-resource", trace, { resource: scope, tenant });
  }
  const { clientId: app, displayName: name } = client;
  if (read.resource !== client.resource) {
    return entraError("entra.no-preauthorization", trace, { app, resource: read.audience });
  }
  const unknown = read.scopes.find((one) => !offers(client, one));
  if (unknown !== undefined) {
    const holes = { app, name, scope: unknown, resource: read.audience };
    return entraError("entra.unknown-scope", trace, holes);
  }
  return { client, ...read };
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
  const secret = form.get("client_secret");
  if (secret !== null) {
    recordSignIn(parts.context, parts.secrets, { clientId: client.clientId, secret });
  }
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
  const malformed = refuseParameters(
    form,
    { must: ["grant_type", "client_id", ...must], may: [...may, ...CREDENTIAL] },
    trace,
  );
  if (malformed) return malformed;
  return grant === "client_credentials" || isForUser(form)
    ? undefined
    : entraError("entra.unsupported-grant", trace, { grant });
}

/** The parameters that a request must have, and those that it may have. */
interface FormRule {
  must: string[];
  may?: string[];
}

function refuseParameters(
  form: URLSearchParams,
  { must, may = [] }: FormRule,
  trace: Trace,
): Sourced<HttpReply> | undefined {
  const known = [...must, ...may];
  const unknown = [...form.keys()].find((key) => !known.includes(key) && !TELEMETRY.test(key));
  if (unknown !== undefined)
    return entraError("entra.unknown-parameter", trace, { parameter: unknown });
  const missing = must.find((parameter) => !form.get(parameter));
  return missing === undefined
    ? undefined
    : entraError("entra.missing-parameter", trace, { parameter: missing });
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

/** The grant's name, and the short one that MSAL for JavaScript sends. */
const DEVICE_CODE = ["urn:ietf:params:oauth:grant-type:device_code", "device_code"];

/** The grants by which apps act for users. */
const USER_GRANTS: ReadonlyMap<string, FormRule> = new Map([
  ["password", { must: ["scope", "username", "password"] }],
  ["authorization_code", { must: ["code"], may: ["scope", "redirect_uri", "code_verifier"] }],
  // MSAL asks here for more claims of the id token, which the lab's has not.
  ["refresh_token", { must: ["refresh_token"], may: ["scope", "claims"] }],
  ...DEVICE_CODE.map((name): [string, FormRule] => [
    name,
    { must: ["device_code"], may: ["scope"] },
  ]),
]);

/**
 * Refuses what asks for a token of a user, after the app's own credential was judged. People sign in to Microsoft's
 * public clients alone, so that no code and no refresh token is good; and no other app has anybody's consent.
 */
function refuseUserGrant(
  form: URLSearchParams,
  { clientId, displayName }: Client,
  trace: Trace,
  { context: { world }, secrets }: { context: Context; secrets: Secrets },
): Sourced<HttpReply> {
  const grant = form.get("grant_type");
  if (DEVICE_CODE.includes(grant ?? "")) return entraError("entra.unknown-device-code", trace);
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
