import type { Hono, Context as HonoContext } from "hono";
import type { ServicePrincipal } from "../../world/directory.ts";
import type { Answer, Call, Guard } from "../call.ts";
import { many, one } from "../entities.ts";
import { readFilter } from "../filter.ts";
import { listOwners, removeOwner } from "../owners.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { READ_APPS, WRITE_APPS } from "../roles.ts";
import { assign, getAssignedTo, listAssignedTo, listAssignments, unassign } from "./assignments.ts";
import { presentServicePrincipal } from "./present.ts";
import { createServicePrincipal, deleteServicePrincipal, updateServicePrincipal } from "./write.ts";

const KIND = { segment: "servicePrincipals", type: "servicePrincipal" };
const WRITE_ASSIGNMENTS = ["AppRoleAssignment.ReadWrite.All"];
const READ_ASSIGNMENTS = [...READ_APPS, ...WRITE_ASSIGNMENTS];

type Act = (call: Call, principal: ServicePrincipal) => Answer;

/** Adds the service principals: themselves, their owners, and the app roles that are granted. */
export function addServicePrincipalRoutes(app: Hono, guard: Guard): void {
  const path = "/v1.0/servicePrincipals";
  const route = (roles: string[], act: Act, options: string[] = []) => {
    return (c: HonoContext) => guard(c, { roles, options }, (call) => act(call, find(call)));
  };

  app.post(path, (c) => guard(c, { roles: WRITE_APPS }, createServicePrincipal));
  app.get(path, (c) =>
    guard(c, { roles: READ_APPS, options: ["$filter", "$select", "$top", "$skiptoken"] }, list),
  );
  app.get(`${path}/:id`, route(READ_APPS, get, ["$select"]));
  app.patch(`${path}/:id`, route(WRITE_APPS, updateServicePrincipal));
  app.delete(`${path}/:id`, route(WRITE_APPS, deleteServicePrincipal));
  app.get("/beta/servicePrincipals/:id", route(READ_APPS, getBeta, ["$select"]));

  const owners: Act = (call, principal) => listOwners(call, principal, "servicePrincipals");
  app.get(`${path}/:id/owners`, route(READ_APPS, owners));
  app.delete(`${path}/:id/owners/:owner/$ref`, route(WRITE_APPS, removeOwner));

  const assigned = `${path}/:id/appRoleAssignedTo`;
  app.get(assigned, route(READ_ASSIGNMENTS, listAssignedTo));
  app.post(assigned, route(WRITE_ASSIGNMENTS, assign));
  app.get(`${assigned}/:assignment`, route(READ_ASSIGNMENTS, getAssignedTo));
  app.delete(`${assigned}/:assignment`, route(WRITE_ASSIGNMENTS, unassign));
  app.get(`${path}/:id/appRoleAssignments`, route(READ_ASSIGNMENTS, listAssignments));
}

function list(call: Call): Answer {
  const { world } = call.context;
  const passes = readFilter(call, ["appId", "displayName"]);
  const entities = world.directory.servicePrincipals.map((held) =>
    presentServicePrincipal(held, world),
  );
  return many(call, KIND, entities.filter(passes));
}

function get(call: Call, principal: ServicePrincipal): Answer {
  return one(call, KIND, presentServicePrincipal(principal, call.context.world));
}

/** The beta version has one property more that the azuread plugin reads. */
function getBeta(call: Call, principal: ServicePrincipal): Answer {
  const entity = presentServicePrincipal(principal, call.context.world);
  return one(call, KIND, { ...entity, samlMetadataUrl: null });
}

function find({ c, context, trace }: Call): ServicePrincipal {
  const id = c.req.param("id") ?? "";
  const principal = context.world.directory.servicePrincipals.find(
    (held) => held.id === id.toLowerCase(),
  );
  if (principal === undefined) throw new GraphRefusal(replies.notFound(trace(), id));
  return principal;
}
