import { Hono, type Context as HonoContext } from "hono";
import { newGuid } from "../context.ts";
import { buildReply, type Sourced, withSource } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import { entraError, entraFault, type Trace } from "./envelope.ts";
import { cloudMetadata, instanceDiscovery, keySet, openIdConfiguration } from "./metadata.ts";
import { answerTokenRequest, type EntraParts, refuseElsewhere } from "./tokenRequest.ts";

/** Builds Entra: cloud metadata, discovery, keys, and the token endpoint, which grants client credentials alone. */
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

  app.get("/metadata/endpoints", (c) => {
    if (c.req.query("api-version") !== "2022-09-01") return refuse(c, parts);
    return answer(c, cloudMetadata(origin));
  });
  app.get("/common/discovery/instance", (c) =>
    answer(c, instanceDiscovery(origin, world.tenant.id)),
  );
  app.get("/:tenant/v2.0/.well-known/openid-configuration", (c) => {
    const tenant = c.req.param("tenant");
    if (!isOurTenant(tenant))
      return answer(c, entraError("entra.unknown-tenant", trace(), { tenant }));
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
    const reply = isOurTenant(tenant)
      ? await answerTokenRequest(form, tenant, trace(), parts)
      : refuseElsewhere(form, tenant, trace(), parts);
    return respondLogged(c, context, "entra", reply, { lost: fault?.kind === "replyLost" });
  });
  app.all("*", (c) => refuse(c, parts));
  return app;
}

function refuse(c: HonoContext, { context }: EntraParts): Response {
  const path = `${c.req.method} ${c.req.path}`;
  const { status, error, text } = buildReply("entra.unknown-route", { path });
  const body = { error, error_description: text };
  const reply = withSource("entra.unknown-route", { status, body });
  return respondLogged(c, context, "entra", reply, { refused: true });
}
