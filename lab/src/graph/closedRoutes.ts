import type { Hono } from "hono";
import { isPerson } from "../entra/tokens.ts";
import type { Guard, Rule } from "./guard.ts";
import { deniedMail, READ_MAIL } from "./mail.ts";

/** No application permission opens it. */
const me = (...scopes: string[]): Rule => ({
  roles: [],
  scopes,
  denied: (claims) => (isPerson(claims) ? "graph.access-denied" : "graph.nobody-signed-in"),
});
const READ_DIRECTORY = ["Directory.Read.All", "Directory.ReadWrite.All"];
const READ_GROUPS = ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All"];
const READ_ROLES = ["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"];

/** Permissions of which any one opens a route (Graph permissions reference). */
const CLOSED: [method: "GET" | "POST", path: string, rule: Rule][] = [
  ["GET", "/me/messages", me("Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite")],
  ["POST", "/me/sendMail", me("Mail.Send")],
  ["GET", "/users/:id/mailFolders", READ_MAIL],
  ["GET", "/users/:id/mailFolders/:folder/messages", READ_MAIL],
  ["POST", "/users/:id/sendMail", { roles: ["Mail.Send"], denied: deniedMail }],
  ["GET", "/groups", { roles: [...READ_GROUPS, ...READ_DIRECTORY] }],
  ["GET", "/directoryRoles", { roles: [...READ_ROLES, ...READ_DIRECTORY] }],
];

/**
 * Adds routes that the product never uses, but that a thief of its credential would try: callers without the
 * permission get Graph's refusal, those with it the lab's own.
 */
export function addClosedRoutes(app: Hono, guard: Guard): void {
  for (const [method, path, rule] of CLOSED) {
    app.on(method, `/v1.0${path}`, (c) =>
      guard(c, rule, ({ refusal }) => {
        throw refusal("graph.not-done", { what: `${method} ${c.req.path}` });
      }),
    );
  }
}
