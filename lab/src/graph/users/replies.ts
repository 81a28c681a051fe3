import { defineReply } from "../../reply.ts";
import { graphError, type Trace } from "../replies.ts";

const licences = { record: "assignLicense errors quoted in threads of the Graph SDKs and of CIPP" };

export const weakPassword = defineReply(
  "graph.weak-password",
  { record: "microsoftgraph/msgraph-sdk-java-auth#36" },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      "The specified password does not comply with password complexity requirements. Please provide a different password.",
    ),
);

export const foreignDomain = defineReply(
  "graph.foreign-domain",
  { record: "user creation errors quoted in threads of the azuread provider" },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
    ),
);

export const badPrincipalName = defineReply(
  "graph.bad-principal-name",
  {
    page: "user resource type (Graph v1.0), for the characters",
    assumed: "the words",
  },
  (trace: Trace) =>
    graphError(trace, 400, "Request_BadRequest", "Property userPrincipalName is invalid."),
);

export const noUsageLocation = defineReply("graph.no-usage-location", licences, (trace: Trace) =>
  graphError(
    trace,
    400,
    "Request_BadRequest",
    "License assignment cannot be done for user with invalid usage location.",
  ),
);

export const unknownSku = defineReply(
  "graph.unknown-sku",
  licences,
  (trace: Trace, skuId: string) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      `License ${skuId} does not correspond to a valid company License.`,
    ),
);

export const noUnitsLeft = defineReply(
  "graph.no-units-left",
  licences,
  (trace: Trace, skuId: string) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      `Subscription with SKU ${skuId} does not have any available licenses.`,
    ),
);

export const notLicensed = defineReply("graph.not-licensed", licences, (trace: Trace) =>
  graphError(trace, 400, "Request_BadRequest", "User does not have a corresponding license."),
);

export const plansNotKept = defineReply(
  "graph.plans-not-kept",
  { assumed: "the lab has licences with all their plans only" },
  (trace: Trace) =>
    graphError(trace, 400, "Request_BadRequest", "The lab does not keep disabledPlans."),
);
