import type { Hono, Context as HonoContext } from "hono";
import type { Application } from "../../world/directory.ts";
import type { Answer, Call, Guard } from "../call.ts";
import { many, one } from "../entities.ts";
import { readFilter } from "../filter.ts";
import { listOwners, removeOwner } from "../owners.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { READ_APPS, WRITE_APPS } from "../roles.ts";
import {
  createFederated,
  deleteFederated,
  getFederated,
  listFederated,
  updateFederated,
} from "./federated.ts";
import { addPassword, removePassword } from "./passwords.ts";
import { presentApplication } from "./present.ts";
import { createApplication, deleteApplication, updateApplication } from "./write.ts";

const KIND = { segment: "applications", type: "application" };

/** Adds the app registrations: themselves, their secrets, federated credentials and owners. */
export function addApplicationRoutes(app: Hono, guard: Guard): void {
  const path = "/v1.0/applications";
  const read = (act: (call: Call, application: Application) => Answer, options: string[] = []) => {
    return (c: HonoContext) =>
      guard(c, { roles: READ_APPS, options }, (call) => act(call, find(call)));
  };
  const write = (act: (call: Call, application: Application) => Answer) => {
    return (c: HonoContext) => guard(c, { roles: WRITE_APPS }, (call) => act(call, find(call)));
  };

  app.post(path, (c) => guard(c, { roles: WRITE_APPS }, createApplication));
  app.get(path, (c) =>
    guard(c, { roles: READ_APPS, options: ["$filter", "$select", "$top", "$skiptoken"] }, list),
  );
  app.get(`${path}/:id`, read(get, ["$select"]));
  app.patch(`${path}/:id`, write(updateApplication));
  app.delete(`${path}/:id`, write(deleteApplication));
  app.get("/beta/applications/:id", read(getBeta, ["$select"]));

  app.post(`${path}/:id/addPassword`, write(addPassword));
  app.post(`${path}/:id/removePassword`, write(removePassword));

  const federated = `${path}/:id/federatedIdentityCredentials`;
  app.get(federated, read(listFederated));
  app.post(federated, write(createFederated));
  app.get(`${federated}/:credential`, read(getFederated));
  app.patch(`${federated}/:credential`, write(updateFederated));
  app.delete(`${federated}/:credential`, write(deleteFederated));

  app.get(
    `${path}/:id/owners`,
    read((call, application) => listOwners(call, application, "applications")),
  );
  app.delete(`${path}/:id/owners/:owner/$ref`, write(removeOwner));
}

function list(call: Call): Answer {
  const { directory, tenant } = call.context.world;
  const passes = readFilter(call, ["appId", "displayName"]);
  const entities = directory.applications.map((held) => presentApplication(held, tenant, false));
  return many(call, KIND, entities.filter(passes));
}

function get(call: Call, application: Application): Answer {
  const withKeys = /\bkeyCredentials\b/.test(call.c.req.query("$select") ?? "");
  const { tenant } = call.context.world;
  return one(call, KIND, presentApplication(application, tenant, withKeys));
}

/** The beta version has one property more that the azuread plugin reads. */
function getBeta(call: Call, application: Application): Answer {
  const entity = presentApplication(application, call.context.world.tenant, false);
  return one(call, KIND, { ...entity, oauth2RequirePostResponse: false });
}

function find({ c, context, trace }: Call): Application {
  const id = c.req.param("id") ?? "";
  const application = context.world.directory.applications.find(
    (held) => held.id === id.toLowerCase(),
  );
  if (application === undefined) throw new GraphRefusal(replies.notFound(trace(), id));
  return application;
}
