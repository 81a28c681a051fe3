import type { Hono } from "hono";
import type { Answer, Guard, Rule } from "../call.ts";
import type { Trace } from "../replies.ts";
import { accessDenied, nobodySignedIn, noPermissions, notDone } from "./replies.ts";

const READ_MAIL = ["Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"];
/** No app role opens it, as all tokens of the lab are apps' own. */
const ME: Rule = { roles: [], denied: nobodySignedIn };
const READ_DIRECTORY = ["Directory.Read.All", "Directory.ReadWrite.All"];

/** App roles of which any one opens a route (Graph permissions reference). */
const CLOSED: [method: "GET" | "POST", path: string, rule: Rule][] = [
  ["GET", "/me", ME],
  ["GET", "/me/messages", ME],
  ["POST", "/me/sendMail", ME],
  ["GET", "/users/:id/messages", { roles: READ_MAIL, denied: denyMail }],
  ["GET", "/users/:id/mailFolders", { roles: READ_MAIL, denied: denyMail }],
  ["GET", "/users/:id/mailFolders/:folder/messages", { roles: READ_MAIL, denied: denyMail }],
  ["POST", "/users/:id/sendMail", { roles: ["Mail.Send"], denied: denyMail }],
  [
    "GET",
    "/groups",
    {
      roles: ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", ...READ_DIRECTORY],
    },
  ],
  [
    "GET",
    "/directoryRoles",
    {
      roles: [
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        ...READ_DIRECTORY,
      ],
    },
  ],
];

/**
 * Adds what the product never asks for, and whoever has its credential might: apps without the app role get the real
 * refusal, those with it the lab's own.
 */
export function addClosedRoutes(app: Hono, guard: Guard): void {
  for (const [method, path, rule] of CLOSED) {
    app.on(method, `/v1.0${path}`, (c) =>
      guard(c, rule, ({ trace }) => notDone(trace(), `${method} ${c.req.path}`)),
    );
  }
}

/** Exchange answers for mail, and has words of its own. */
function denyMail(trace: Trace, held: string[]): Answer {
  return held.length === 0 ? noPermissions(trace) : accessDenied(trace);
}
