import { Hono, type Context as HonoContext } from "hono";
import { newGuid } from "../context.ts";
import { buildReply, type Sourced, withSource } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import { findClient } from "./clients.ts";
import { entraError, entraFault, type Trace } from "./envelope.ts";
import { cloudMetadata, instanceDiscovery, keySet, openIdConfiguration } from "./metadata.ts";
import { findPublicClient } from "./publicClients.ts";
import { answerSignInPage, signInPage } from "./signInPage.ts";
import {
  answerDeviceCodeRequest,
  answerPublicClient,
  answerTokenRequest,
  type EntraParts,
  refuseElsewhere,
} from "./tokenRequest.ts";

/** Names that stand for the tenant of whoever signs in. */
const ANY_TENANT = ["common", "organizations"];

/** Builds Entra: cloud metadata, discovery, keys, device codes with their page, and the token endpoint. */
export function buildEntra(parts: EntraParts): Hono {
  const { context, tokens, origin } = parts;
  const { world } = context;
  const app = new Hono();
  const answer = (c: HonoContext, reply: Sourced<HttpReply>): Response =>
    respondLogged(c, context, "entra", reply);
  const trace = (): Trace => ({
    at: context.clock.now(),
    traceId: newGuid(world),
    correlationId: newGuid(world),
  });
  const isOurTenant = (name: string): boolean =>
    name.toLowerCase() === world.tenant.id ||
    world.tenant.acceptedDomains.some((domain) => domain.name === name.toLowerCase());
  /** Microsoft's public clients are in every tenant. */
  const serves = (tenant: string): boolean =>
    isOurTenant(tenant) || ANY_TENANT.includes(tenant.toLowerCase());

  app.get("/metadata/endpoints", (c) => {
    if (c.req.query("api-version") !== "2022-09-01") return refuse(c, parts);
    return answer(c, cloudMetadata(origin));
  });
  app.get("/common/discovery/instance", (c) =>
    answer(c, instanceDiscovery(origin, world.tenant.id)),
  );
  app.get("/:tenant/v2.0/.well-known/openid-configuration", (c) => {
    const tenant = c.req.param("tenant");
    if (!serves(tenant)) return answer(c, entraError("entra.unknown-tenant", trace(), { tenant }));
    return answer(c, openIdConfiguration(origin, tenant));
  });
  app.get("/:tenant/discovery/v2.0/keys", async (c) => {
    const tenant = c.req.param("tenant");
    if (!isOurTenant(tenant))
      return answer(c, entraError("entra.unknown-tenant", trace(), { tenant }));
    return answer(c, keySet(await tokens.keys()));
  });
  app.post("/:tenant/oauth2/v2.0/token", async (c) => {
    const fault = context.faults.take("entra", c.req.path, ["status", "replyLost"]);
    if (fault?.kind === "status") {
      return answer(c, entraFault(fault.status, fault.retryAfter));
    }
    const tenant = c.req.param("tenant");
    const form = new URLSearchParams(await c.req.text());
    const person = findPublicClient(form.get("client_id") ?? "");
    const reply =
      person !== undefined && serves(tenant)
        ? await answerPublicClient(form, person, tenant, trace(), parts)
        : isOurTenant(tenant)
          ? await answerTokenRequest(form, tenant, trace(), parts)
          : refuseElsewhere(form, tenant, trace(), parts);
    return respondLogged(c, context, "entra", reply, { lost: fault?.kind === "replyLost" });
  });
  app.post("/:tenant/oauth2/v2.0/devicecode", async (c) => {
    const fault = context.faults.take("entra", c.req.path, ["status"]);
    if (fault?.kind === "status") return answer(c, entraFault(fault.status, fault.retryAfter));
    const tenant = c.req.param("tenant");
    const form = new URLSearchParams(await c.req.text());
    const clientId = form.get("client_id") ?? "";
    const client = findPublicClient(clientId);
    if (!serves(tenant)) return answer(c, entraError("entra.unknown-tenant", trace(), { tenant }));
    if (client === undefined) return answer(c, refuseDeviceCode(clientId, trace(), parts));
    return answer(c, answerDeviceCodeRequest(form, client, tenant, trace(), parts));
  });
  app.get("/devicelogin", (c) => answer(c, signInPage(parts)));
  app.post("/devicelogin", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    return answer(c, answerSignInPage(form, parts));
  });
  app.all("*", (c) => refuse(c, parts));
  return app;
}

/** What a device code is refused with to an app that is none of Microsoft's public clients. */
function refuseDeviceCode(
  app: string,
  trace: Trace,
  { context: { world }, secrets }: EntraParts,
): Sourced<HttpReply> {
  const isKnown = findClient(app, { world, secrets, at: trace.at }) !== undefined;
  return isKnown
    ? entraError("entra.credential-forgotten", trace)
    : entraError("entra.unknown-app", trace, { app, tenant: world.tenant.displayName });
}

function refuse(c: HonoContext, { context }: EntraParts): Response {
  const path = `${c.req.method} ${c.req.path}`;
  const { status, error, text } = buildReply("entra.unknown-route", { path });
  const body = { error, error_description: text };
  const reply = withSource("entra.unknown-route", { status, body });
  return respondLogged(c, context, "entra", reply, { refused: true });
}
