import type { Hono, Context as HonoContext } from "hono";
import type { User } from "../../world/directory.ts";
import type { Answer, Call, Guard } from "../call.ts";
import { many, one } from "../entities.ts";
import { readFilter } from "../filter.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { SHOWN } from "./fields.ts";
import { assignLicense, listLicenses } from "./licenses.ts";
import { presentUser } from "./present.ts";
import { createUser, deleteUser, updateUser } from "./write.ts";

const KIND = { segment: "users", type: "user" };
const WRITE_USERS = ["User.ReadWrite.All"];
const READ_USERS = [...WRITE_USERS, "User.Read.All", "Directory.Read.All"];
const WRITE_LICENSES = ["LicenseAssignment.ReadWrite.All", ...WRITE_USERS];
const READ_LICENSES = [...WRITE_LICENSES, "LicenseAssignment.Read.All", ...READ_USERS];

type Act = (call: Call, user: User) => Answer;

/** Adds the users: themselves, their managers and licences. */
export function addUserRoutes(app: Hono, guard: Guard): void {
  const path = "/v1.0/users";
  const route = (roles: string[], act: Act, options: string[] = []) => {
    return (c: HonoContext) => guard(c, { roles, options }, (call) => act(call, find(call)));
  };
  const get: Act = (call, user) => one(call, KIND, presentUser(user), { shown: SHOWN });

  app.post(path, (c) => guard(c, { roles: WRITE_USERS }, createUser));
  app.get(path, (c) =>
    guard(c, { roles: READ_USERS, options: ["$filter", "$select", "$top", "$skiptoken"] }, list),
  );
  app.get(`${path}/:id`, route(READ_USERS, get, ["$select"]));
  app.patch(`${path}/:id`, route(WRITE_USERS, updateUser));
  app.delete(`${path}/:id`, route(WRITE_USERS, deleteUser));
  app.get("/beta/users/:id", route(READ_USERS, get, ["$select"]));
  app.patch("/beta/users/:id", route(WRITE_USERS, updateUser));

  app.get(`${path}/:id/manager`, route(READ_USERS, getManager));
  app.post(`${path}/:id/assignLicense`, route(WRITE_LICENSES, assignLicense));
  app.get(`${path}/:id/licenseDetails`, route(READ_LICENSES, listLicenses));
}

function list(call: Call): Answer {
  const passes = readFilter(call, ["userPrincipalName", "displayName", "mail"]);
  const entities = call.context.world.directory.users.map(presentUser).filter(passes);
  return many(call, KIND, entities, SHOWN);
}

function getManager(call: Call, { manager }: User): Answer {
  const found = call.context.world.directory.users.find(({ id }) => id === manager);
  if (found === undefined) throw new GraphRefusal(replies.notFound(call.trace(), "manager"));
  const kind = { segment: "directoryObjects", type: "user" };
  return one(call, kind, presentUser(found), { shown: SHOWN });
}

/** By object id or user principal name. */
function find({ c, context, trace }: Call): User {
  const wanted = c.req.param("id") ?? "";
  const user = context.world.directory.users.find(({ id, userPrincipalName }) =>
    [id, userPrincipalName.toLowerCase()].includes(wanted.toLowerCase()),
  );
  if (user === undefined) throw new GraphRefusal(replies.notFound(trace(), wanted));
  return user;
}
