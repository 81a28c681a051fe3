import { Hono, type Context as HonoContext } from "hono";
import { type Context, newGuid } from "../context.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import { refuseAssertion } from "./assertion.ts";
import { cloudMetadata, instanceDiscovery, keySet, openIdConfiguration } from "./metadata.ts";
import * as replies from "./replies.ts";
import type { Tokens } from "./tokens.ts";

/** Audience of the Exchange Online admin API, in the lab as outside. */
export const EXCHANGE_RESOURCE = "https://outlook.office365.com";
/** Audience of Microsoft Graph outside; in the lab its own origin is one too. */
export const GRAPH_RESOURCE = "https://graph.microsoft.com";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ACTED_ON = [
  "client_id",
  "grant_type",
  "scope",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
];
/** Parameters of MSAL that ask for nothing. */
const TELEMETRY = /^(x-client-.*|x-ms-lib-capability|client-request-id|client_info)$/i;

export interface EntraParts {
  context: Context;
  secrets: Secrets;
  tokens: Tokens;
  /** Where this server stands, such as `https://localhost:8443`. */
  origin: string;
}

/** Builds Entra: cloud metadata, discovery, keys, and the token endpoint (client credentials). */
export function buildEntra(parts: EntraParts): Hono {
  const { context, tokens, origin } = parts;
  const { world } = context;
  const app = new Hono();
  const answer = (c: HonoContext, reply: Sourced<HttpReply>): Response =>
    respondLogged(c, context, "entra", reply);
  const trace = (): replies.Trace => ({
    at: context.clock.now(),
    traceId: newGuid(world),
    correlationId: newGuid(world),
  });
  const isOurTenant = (name: string): boolean =>
    name.toLowerCase() === world.tenant.id ||
    world.tenant.acceptedDomains.some((domain) => domain.name === name.toLowerCase());

  app.get("/metadata/endpoints", (c) => {
    if (c.req.query("api-version") !== "2022-09-01") return refuse(c, parts);
    return answer(c, cloudMetadata(origin));
  });
  app.get("/common/discovery/instance", (c) =>
    answer(c, instanceDiscovery(origin, world.tenant.id)),
  );
  app.get("/:tenant/v2.0/.well-known/openid-configuration", (c) => {
    const tenant = c.req.param("tenant");
    if (!isOurTenant(tenant)) return answer(c, replies.unknownTenant(trace(), tenant));
    return answer(c, openIdConfiguration(origin, tenant));
  });
  app.get("/:tenant/discovery/v2.0/keys", async (c) => {
    const tenant = c.req.param("tenant");
    if (!isOurTenant(tenant)) return answer(c, replies.unknownTenant(trace(), tenant));
    return answer(c, keySet(await tokens.keys()));
  });
  app.post("/:tenant/oauth2/v2.0/token", async (c) => {
    const fault = context.faults.take("entra", c.req.path, ["status", "replyLost"]);
    if (fault?.kind === "status") {
      return answer(c, replies.faultStatus(fault.status, fault.retryAfter));
    }
    const tenant = c.req.param("tenant");
    const form = new URLSearchParams(await c.req.text());
    const reply = isOurTenant(tenant)
      ? await answerTokenRequest(form, tenant, trace(), parts)
      : replies.unknownTenant(trace(), tenant);
    return respondLogged(c, context, "entra", reply, { lost: fault?.kind === "replyLost" });
  });
  app.all("*", (c) => refuse(c, parts));
  return app;
}

function refuse(c: HonoContext, { context }: EntraParts): Response {
  const reply = replies.unknownRoute(`${c.req.method} ${c.req.path}`);
  return respondLogged(c, context, "entra", reply, { refused: true });
}

async function answerTokenRequest(
  form: URLSearchParams,
  tenant: string,
  trace: replies.Trace,
  parts: EntraParts,
): Promise<Sourced<HttpReply>> {
  const app = parts.context.world.deployer;
  const unknown = [...form.keys()].find((key) => !ACTED_ON.includes(key) && !TELEMETRY.test(key));
  if (unknown !== undefined) return replies.unknownParameter(trace, unknown);
  for (const parameter of ["grant_type", "client_id", "scope"]) {
    if (!form.get(parameter)) return replies.missingParameter(trace, parameter);
  }
  const grant = form.get("grant_type") ?? "";
  if (grant !== "client_credentials") return replies.unsupportedGrant(trace, grant);
  const clientId = form.get("client_id") ?? "";
  if (clientId.toLowerCase() !== app.clientId) {
    return replies.unknownApp(trace, clientId, parts.context.world.tenant.displayName);
  }
  const refusal = await refuseCredential(form, tenant, trace, parts);
  if (refusal) return refusal;
  const scope = form.get("scope") ?? "";
  const resource = findResource(scope, parts.origin);
  if (resource === "invalid") return replies.invalidScope(trace, scope);
  if (resource === "no default") return replies.scopeWithoutDefault(trace, scope);
  if (resource === "unknown") return replies.unknownResource(trace, scope, tenant);
  const appidacr = form.has("client_secret") ? "1" : "2";
  const { token, lifetime } = await parts.tokens.issue({ ...resource, appidacr });
  return replies.token(token, lifetime);
}

async function refuseCredential(
  form: URLSearchParams,
  tenant: string,
  trace: replies.Trace,
  { context, secrets, origin }: EntraParts,
): Promise<Sourced<HttpReply> | undefined> {
  const app = context.world.deployer;
  const secret = form.get("client_secret");
  const assertion = form.get("client_assertion");
  if (secret !== null) {
    return secret === secrets.clientSecret ? undefined : replies.invalidSecret(trace, app.clientId);
  }
  if (assertion === null) return replies.missingCredential(trace);
  if (form.get("client_assertion_type") !== ASSERTION_TYPE) {
    return replies.missingParameter(trace, "client_assertion_type");
  }
  const audiences = [
    `${origin}/${tenant}/oauth2/v2.0/token`,
    `${origin}/${tenant}/v2.0`,
    `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
  ];
  return refuseAssertion(assertion, { app, audiences, trace });
}

type Resource = { audience: string; resource: "exchange" | "graph" };

/** Reads the one `<resource>/.default` of a client credentials request; OIDC scopes go along. */
function findResource(
  scope: string,
  origin: string,
): Resource | "invalid" | "no default" | "unknown" {
  const wanted = scope
    .split(" ")
    .filter((part) => !["openid", "profile", "offline_access", ""].includes(part));
  const [first, ...others] = wanted;
  if (first === undefined || others.length > 0) return "invalid";
  if (!first.endsWith("/.default")) return "no default";
  const audience = first.slice(0, -"/.default".length);
  const name = audience.replace(/\/$/, "");
  if (name === EXCHANGE_RESOURCE) return { audience, resource: "exchange" };
  if (name === GRAPH_RESOURCE || name === origin) return { audience, resource: "graph" };
  return "unknown";
}
