import { defineReply } from "../../reply.ts";
import { graphError, type Trace } from "../replies.ts";

export const badEndDate = defineReply(
  "graph.key-end-date",
  {
    record: "KeyCredentialsInvalidEndDate in threads of the azuread provider",
    assumed: "that certificates which stay in the list are not judged again",
  },
  (trace: Trace) =>
    graphError(trace, 400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid."),
);

export const badStartDate = defineReply(
  "graph.key-start-date",
  { assumed: "words after those for the end date" },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "KeyCredentialsInvalidStartDate",
      "Key credential start date is invalid.",
    ),
);

export const badCertificate = defineReply(
  "graph.key-no-certificate",
  { assumed: "how a key that is no certificate is refused" },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      "Invalid value specified for property 'keyCredentials' of resource 'Application'.",
    ),
);

export const badPasswordPeriod = defineReply(
  "graph.password-period",
  { assumed: "how a secret that would never be good is refused" },
  (trace: Trace) =>
    graphError(trace, 400, "Request_BadRequest", "Password credential end date is invalid."),
);

export const unknownPassword = defineReply(
  "graph.unknown-password",
  {
    record: "No password credential found with keyId, in threads of the Graph SDKs",
    assumed: "its status",
  },
  (trace: Trace, keyId: string) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      `No password credential found with keyId '${keyId}'.`,
    ),
);

export const federatedNameTaken = defineReply(
  "graph.federated-name-taken",
  { record: "Azure/azure-dev#1482" },
  (trace: Trace, name: string) =>
    graphError(
      trace,
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `FederatedIdentityCredential with name ${name} already exists.`,
    ),
);

export const federatedTaken = defineReply(
  "graph.federated-taken",
  { record: "Azure/azure-workload-identity#434" },
  (trace: Trace, issuer: string, subject: string) =>
    graphError(
      trace,
      400,
      "InvalidFederatedIdentityCredentialValue",
      `The combination of issuer and subject must be unique for the application. Issuer ${issuer} and Subject: ${subject} already exist. paramName: FederatedIdentityCredential.Subject, paramValue: ${subject}, objectType: Microsoft.Online.DirectoryServices.Application`,
    ),
);

export const badFederatedValue = defineReply(
  "graph.federated-value",
  {
    page: "federatedIdentityCredential resource type (Graph v1.0), for the rules",
    assumed: "the words",
  },
  (trace: Trace, property: string) =>
    graphError(
      trace,
      400,
      "InvalidFederatedIdentityCredentialValue",
      `The value of the federated identity credential's ${property} is not valid. paramName: FederatedIdentityCredential.${property}, objectType: Microsoft.Online.DirectoryServices.Application`,
    ),
);

export const tooManyFederated = defineReply(
  "graph.federated-too-many",
  {
    page: "Workload identity federation considerations (Learn), for the number",
    assumed: "the words",
  },
  (trace: Trace) =>
    graphError(
      trace,
      400,
      "Request_BadRequest",
      "The number of federated identity credentials on the application exceeds the maximum of 20.",
    ),
);
