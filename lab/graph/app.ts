import { Hono, type Context as HonoContext } from "hono";
import { type Context, newGuid } from "../context.ts";
import { GRAPH_RESOURCE } from "../entra/app.ts";
import type { Tokens } from "../entra/tokens.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import * as replies from "./replies.ts";
import {
  type Entity,
  presentDomain,
  presentOrganization,
  presentServiceRecords,
  presentSku,
} from "./resources.ts";

export interface GraphParts {
  context: Context;
  tokens: Tokens;
  /** Where this server stands; it is an audience of its tokens. */
  origin: string;
}

/** App roles of which any one opens a route (Graph permissions reference). */
const READ_DOMAINS = ["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"];
const READ_ORGANIZATION = ["Organization.Read.All", "Directory.Read.All"];
const READ_SKUS = ["LicenseAssignment.Read.All", ...READ_ORGANIZATION];

const FAULTS = ["status", "expiredToken", "replyLost"] as const;

type Answer = Sourced<HttpReply>;

/** Builds Microsoft Graph v1.0: domains with their records, subscribed SKUs, the organisation. */
export function buildGraph({ context, tokens, origin }: GraphParts): Hono {
  const { world, faults } = context;
  const app = new Hono();
  const trace = (): replies.Trace => ({ at: context.clock.now(), requestId: newGuid(world) });

  /** Guards a route: faults, token, app role, query options; then `read` answers. */
  async function answer(
    c: HonoContext,
    roles: string[],
    options: string[],
    read: () => Answer,
  ): Promise<Response> {
    const fault = faults.take("graph", c.req.path, FAULTS);
    const reply = await judge(c, roles, options, fault, read);
    return respondLogged(c, context, "graph", reply, {
      refused: isRefusal(reply),
      lost: fault?.kind === "replyLost",
    });
  }

  async function judge(
    c: HonoContext,
    roles: string[],
    options: string[],
    fault: ReturnType<typeof faults.take<(typeof FAULTS)[number]>>,
    read: () => Answer,
  ): Promise<Answer> {
    if (fault?.kind === "status")
      return replies.faultStatus(trace(), fault.status, fault.retryAfter);
    if (fault?.kind === "expiredToken") return replies.badToken(trace(), "expired");
    const token = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined) return replies.noToken(trace());
    const verdict = await tokens.verify(token, audiences(origin));
    if ("problem" in verdict) return replies.badToken(trace(), verdict.problem);
    if (!verdict.claims.roles.some((role) => roles.includes(role))) {
      return replies.forbidden(trace());
    }
    const unknown = Object.entries(c.req.query()).find(
      ([option, value]) => !options.includes(option) || !isUsable(option, value),
    )?.[0];
    return unknown === undefined ? read() : replies.unknownQuery(trace(), unknown);
  }

  function one(c: HonoContext, segment: string, type: string, entity: Entity): Answer {
    const selected = select(entity, c.req.query("$select"));
    if ("missing" in selected) return replies.unknownProperty(trace(), selected.missing, type);
    const context = `${origin}/v1.0/$metadata#${segment}/$entity`;
    return replies.entity({ "@odata.context": context, ...selected.entity });
  }

  function many(c: HonoContext, segment: string, type: string, entities: Entity[]): Answer {
    const page = pageOf(c, entities, origin);
    const value: Entity[] = [];
    for (const entity of page.entities) {
      const selected = select(entity, c.req.query("$select"));
      if ("missing" in selected) return replies.unknownProperty(trace(), selected.missing, type);
      value.push(selected.entity);
    }
    const context = `${origin}/v1.0/$metadata#${segment}`;
    return replies.entity({ "@odata.context": context, ...page.next, value });
  }

  const findDomain = (id: string) =>
    world.tenant.domains.find((domain) => domain.id === id.toLowerCase());

  app.get("/v1.0/domains", (c) =>
    answer(c, READ_DOMAINS, ["$select", "$top", "$skiptoken"], () =>
      many(c, "domains", "domain", world.tenant.domains.map(presentDomain)),
    ),
  );
  app.get("/v1.0/domains/:id", (c) =>
    answer(c, READ_DOMAINS, ["$select"], () => {
      const domain = findDomain(c.req.param("id"));
      if (!domain) return replies.notFound(trace(), c.req.param("id"));
      return one(c, "domains", "domain", presentDomain(domain));
    }),
  );
  app.get("/v1.0/domains/:id/serviceConfigurationRecords", (c) =>
    answer(c, READ_DOMAINS, [], () => {
      const domain = findDomain(c.req.param("id"));
      if (!domain) return replies.notFound(trace(), c.req.param("id"));
      const records = presentServiceRecords(world.tenant, domain);
      return many(
        c,
        `domains('${domain.id}')/serviceConfigurationRecords`,
        "domainDnsRecord",
        records,
      );
    }),
  );
  app.get("/v1.0/subscribedSkus", (c) =>
    answer(c, READ_SKUS, ["$select"], () => {
      const skus = world.tenant.skus.map((sku) => presentSku(world.tenant, sku));
      return many(c, "subscribedSkus", "subscribedSku", skus);
    }),
  );
  app.get("/v1.0/organization", (c) =>
    answer(c, READ_ORGANIZATION, ["$select"], () =>
      many(c, "organization", "organization", [presentOrganization(world.tenant)]),
    ),
  );
  app.all("*", (c) =>
    respondLogged(
      c,
      context,
      "graph",
      replies.unknownRoute(trace(), c.req.path.split("/").at(-1) ?? ""),
      { refused: true },
    ),
  );
  return app;
}

function audiences(origin: string): string[] {
  return [origin, GRAPH_RESOURCE].flatMap((name) => [name, `${name}/`]);
}

/** Page sizes and places are whole numbers; a size of nothing would never come to an end. */
function isUsable(option: string, value: string): boolean {
  if (option === "$top") return /^[1-9]\d*$/.test(value);
  return option !== "$skiptoken" || /^\d+$/.test(value);
}

function isRefusal(reply: Answer): boolean {
  return ["graph.unknown-query", "graph.unknown-property"].includes(reply.reply);
}

function select(
  entity: Entity,
  wanted: string | undefined,
): { entity: Entity } | { missing: string } {
  if (wanted === undefined) return { entity };
  const names = wanted.split(",").map((name) => name.trim());
  const missing = names.find((name) => !(name in entity));
  if (missing !== undefined) return { missing };
  return { entity: Object.fromEntries(names.map((name) => [name, entity[name]])) };
}

/** Cuts the page that `$top` and `$skiptoken` ask for, with the link to the next one. */
function pageOf(c: HonoContext, entities: Entity[], origin: string) {
  const size = Number(c.req.query("$top") ?? entities.length);
  const start = Number(c.req.query("$skiptoken") ?? 0);
  const end = start + size;
  if (end >= entities.length) return { entities: entities.slice(start), next: {} };
  const query = new URLSearchParams({ ...c.req.query(), $skiptoken: String(end) });
  const next = { "@odata.nextLink": `${origin}${c.req.path}?${decodeURIComponent(`${query}`)}` };
  return { entities: entities.slice(start, end), next };
}
