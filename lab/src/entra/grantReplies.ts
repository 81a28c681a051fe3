import { defineReply, type Source } from "../reply.ts";
import { entraError, type Trace } from "./replies.ts";

const seen = (record: string, assumed?: string): Source => ({
  record,
  ...(assumed !== undefined && { assumed }),
});

export const credentialForgotten = defineReply(
  "entra.credential-forgotten",
  seen("Azure/azure-sdk-for-go#22386", "its status"),
  (trace: Trace) =>
    entraError(
      trace,
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
);

export const malformedGrant = defineReply(
  "entra.malformed-grant",
  seen("MicrosoftDocs/azure-docs#63819 and davidjrh/dnn.azureadprovider#112"),
  (trace: Trace) =>
    entraError(
      trace,
      400,
      "invalid_grant",
      9002313,
      "Invalid request. Request is malformed or invalid.",
    ),
);

export const unknownDeviceCode = defineReply(
  "entra.unknown-device-code",
  seen("MicrosoftDocs/microsoft-graph-training#97", "its status"),
  (trace: Trace) =>
    entraError(
      trace,
      400,
      "invalid_grant",
      7000014,
      "The provided value for the input parameter 'device_code' is not valid.",
    ),
);

export const unknownUser = defineReply(
  "entra.unknown-user",
  seen("Microsoft365DSC/Microsoft365DSC#801"),
  (trace: Trace, tenant: string) =>
    entraError(
      trace,
      400,
      "invalid_grant",
      50034,
      `The user account {EmailHidden} does not exist in the ${tenant} directory. To sign into this application, the account must be added to the directory.`,
    ),
);

export const wrongPassword = defineReply(
  "entra.wrong-password",
  seen("Azure/azure-cli#18647"),
  (trace: Trace) =>
    entraError(
      trace,
      400,
      "invalid_grant",
      50126,
      "Error validating credentials due to invalid username or password.",
    ),
);

export const disabledUser = defineReply(
  "entra.disabled-user",
  seen("Azure/azure-cli#18945", "that the password is judged first"),
  (trace: Trace) => entraError(trace, 400, "invalid_grant", 50057, "The user account is disabled."),
);

export const noConsent = defineReply(
  "entra.no-consent",
  seen(
    "MicrosoftDocs/azure-docs#39189",
    "that no other demand, as for a second factor, goes first",
  ),
  (trace: Trace, app: string, name: string) => {
    const refusal = entraError(
      trace,
      400,
      "invalid_grant",
      65001,
      `The user or administrator has not consented to use the application with ID '${app}' named '${name}'. Send an interactive authorization request for this user and resource.`,
    );
    return { ...refusal, body: { ...refusal.body, suberror: "consent_required" } };
  },
);

export const notMultiTenant = defineReply(
  "entra.not-multi-tenant",
  seen(
    "alexandrtovmach/react-microsoft-login#73",
    "its status; that the token endpoint says so, before the credential is judged",
  ),
  (trace: Trace, app: string, name: string) =>
    entraError(
      trace,
      400,
      "invalid_request",
      50194,
      `Application '${app}'(${name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    ),
);
