import { defineReply } from "../../reply.ts";
import { graphError, type Trace } from "../replies.ts";

export const noPermissions = defineReply(
  "graph.no-permissions",
  {
    record: "O365/python-o365#448",
    assumed: "its inner error; that mail alone says so, to a token without any app role",
  },
  (trace: Trace) =>
    graphError(
      trace,
      401,
      "NoPermissionsInAccessToken",
      "The token contains no permissions, or permissions can not be understood.",
    ),
);

export const accessDenied = defineReply(
  "graph.access-denied",
  { record: "kartverket/skyline#78" },
  (trace: Trace) =>
    graphError(
      trace,
      403,
      "ErrorAccessDenied",
      "Access is denied. Check credentials and try again.",
    ),
);

export const nobodySignedIn = defineReply(
  "graph.nobody-signed-in",
  {
    record: "microsoftgraph/msgraph-sdk-php#1163",
    assumed: "that app roles are not looked at; a page of 2021 says NoPermissionsInAccessToken",
  },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "BadRequest",
      "/me request is only valid with delegated authentication flow.",
    ),
);

export const notDone = defineReply(
  "graph.not-done",
  { assumed: "the lab knows who may do it, and does not do it" },
  (trace: Trace, what: string) =>
    graphError(trace, 400, "BadRequest", `The lab does not do this: ${what}.`),
);
