import { Hono } from "hono";
import { respondLogged } from "../web/reply.ts";
import { addApplicationRoutes } from "./applications/routes.ts";
import { type GraphParts, makeGuard, traceOf } from "./call.ts";
import { addClosedRoutes } from "./closed/routes.ts";
import * as replies from "./replies.ts";
import { addServicePrincipalRoutes } from "./servicePrincipals/routes.ts";
import { addTenantRoutes } from "./tenantRoutes.ts";
import { addUserRoutes } from "./users/routes.ts";

/** Builds Microsoft Graph: the tenant, app registrations, service principals, users; of mail and groups the lock alone. */
export function buildGraph(parts: GraphParts): Hono {
  const { context } = parts;
  const app = new Hono();
  const guard = makeGuard(parts);
  addTenantRoutes(app, guard);
  addApplicationRoutes(app, guard);
  addServicePrincipalRoutes(app, guard);
  addUserRoutes(app, guard);
  addClosedRoutes(app, guard);
  app.all("*", (c) =>
    respondLogged(
      c,
      context,
      "graph",
      replies.unknownRoute(traceOf(context), c.req.path.split("/").at(-1) ?? ""),
      { refused: true },
    ),
  );
  return app;
}
