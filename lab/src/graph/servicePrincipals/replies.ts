import { defineReply } from "../../reply.ts";
import { graphError, type Trace } from "../replies.ts";

export const nameInUse = defineReply(
  "graph.service-principal-taken",
  { record: "Azure/reliable-web-app-pattern-java#185" },
  (trace: Trace, appId: string) =>
    graphError(
      trace,
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    ),
);

export const noApplication = defineReply(
  "graph.no-backing-application",
  {
    record: "kubernetes-retired/kubernetes-anywhere#251, microsoftgraph/msgraph-sdk-powershell#846",
  },
  (trace: Trace, appId: string) => {
    const message = `The appId '${appId}' of the service principal does not reference a valid application object.`;
    const details = [{ code: "NoBackingApplicationObject", message, target: "appId" }];
    return graphError(trace, 400, "Request_BadRequest", message, details);
  },
);

export const microsoftsOwn = defineReply(
  "graph.microsofts-own",
  { assumed: "Microsoft's own service principals are not to be changed or removed" },
  (trace: Trace) =>
    graphError(
      trace,
      403,
      "Authorization_RequestDenied",
      "Insufficient privileges to complete the operation.",
    ),
);

export const alreadyAssigned = defineReply(
  "graph.already-assigned",
  { record: "appRoleAssignedTo errors quoted in threads of the Graph SDKs" },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      "Permission being assigned already exists on the object",
    ),
);

export const unknownAppRole = defineReply(
  "graph.unknown-app-role",
  { record: "appRoleAssignedTo errors quoted in threads of the Graph SDKs" },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      "Permission being assigned was not found on application",
    ),
);

export const badReference = defineReply(
  "graph.bad-reference",
  { record: "microsoftgraph/microsoft-graph-docs#9738" },
  (trace: Trace) => graphError(trace, 400, "Request_BadRequest", "Not a valid reference update."),
);
