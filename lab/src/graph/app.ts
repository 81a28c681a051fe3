import { Hono } from "hono";
import { respondLogged } from "../web/reply.ts";
import { addApplicationRoutes } from "./application.ts";
import { addClosedRoutes } from "./closedRoutes.ts";
import { addDeletedItemRoutes } from "./deletedItem.ts";
import { graphError } from "./errors.ts";
import { type GraphParts, makeGuard, newTrace } from "./guard.ts";
import { addMailRoutes } from "./mail.ts";
import { addMessageTraceRoutes } from "./messageTrace.ts";
import { addPolicyRoutes } from "./policies.ts";
import { addRoleManagementRoutes } from "./roleManagement.ts";
import { addServicePrincipalRoutes } from "./servicePrincipal.ts";
import { addSignInRoutes } from "./signIns.ts";
import { addTenantRoutes } from "./tenant.ts";
import { addUserRoutes } from "./user.ts";

/** Builds Microsoft Graph: the tenant, apps, users and their directory roles, and what arrived in mailboxes; other mail and groups are closed. */
export function buildGraph(parts: GraphParts): Hono {
  const { context } = parts;
  const app = new Hono();
  const guard = makeGuard(parts);
  addTenantRoutes(app, guard);
  addApplicationRoutes(app, guard);
  addServicePrincipalRoutes(app, guard);
  addUserRoutes(app, guard);
  addDeletedItemRoutes(app, guard);
  addRoleManagementRoutes(app, guard);
  addSignInRoutes(app, guard);
  addPolicyRoutes(app, guard);
  addMessageTraceRoutes(app, guard);
  addMailRoutes(app, guard);
  addClosedRoutes(app, guard);
  app.all("*", (c) => {
    const segment = c.req.path.split("/").at(-1) ?? "";
    const error = graphError("graph.unknown-route", newTrace(context), { segment });
    return respondLogged(c, context, "graph", error, { refused: true });
  });
  return app;
}
