import type { Hono } from "hono";
import type { Call, Guard } from "./call.ts";
import { many, one } from "./entities.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";
import {
  presentDomain,
  presentOrganization,
  presentServiceRecords,
  presentSku,
} from "./resources.ts";

/** App roles of which any one opens a route (Graph permissions reference). */
const READ_DOMAINS = ["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"];
const READ_ORGANIZATION = ["Organization.Read.All", "Directory.Read.All"];
const READ_SKUS = ["LicenseAssignment.Read.All", ...READ_ORGANIZATION];

/** Adds what Graph tells of the tenant: domains with their records, subscribed SKUs, the organisation. */
export function addTenantRoutes(app: Hono, guard: Guard): void {
  app.get("/v1.0/domains", (c) =>
    guard(c, { roles: READ_DOMAINS, options: ["$select", "$top", "$skiptoken"] }, (call) => {
      const { domains } = call.context.world.tenant;
      return many(call, { segment: "domains", type: "domain" }, domains.map(presentDomain));
    }),
  );
  app.get("/v1.0/domains/:id", (c) =>
    guard(c, { roles: READ_DOMAINS, options: ["$select"] }, (call) =>
      one(call, { segment: "domains", type: "domain" }, presentDomain(findDomain(call))),
    ),
  );
  app.get("/v1.0/domains/:id/serviceConfigurationRecords", (c) =>
    guard(c, { roles: READ_DOMAINS }, (call) => {
      const domain = findDomain(call);
      return many(
        call,
        {
          segment: `domains('${domain.id}')/serviceConfigurationRecords`,
          type: "domainDnsRecord",
        },
        presentServiceRecords(call.context.world.tenant, domain),
      );
    }),
  );
  app.get("/v1.0/subscribedSkus", (c) =>
    guard(c, { roles: READ_SKUS, options: ["$select"] }, (call) => {
      const { tenant } = call.context.world;
      const skus = tenant.skus.map((sku) => presentSku(tenant, sku));
      return many(call, { segment: "subscribedSkus", type: "subscribedSku" }, skus);
    }),
  );
  app.get("/v1.0/organization", (c) =>
    guard(c, { roles: READ_ORGANIZATION, options: ["$select"] }, (call) => {
      const organization = presentOrganization(call.context.world.tenant);
      return many(call, { segment: "organization", type: "organization" }, [organization]);
    }),
  );
}

function findDomain({ c, context, trace }: Call) {
  const id = c.req.param("id") ?? "";
  const domain = context.world.tenant.domains.find((one) => one.id === id.toLowerCase());
  if (domain === undefined) throw new GraphRefusal(replies.notFound(trace(), id));
  return domain;
}
