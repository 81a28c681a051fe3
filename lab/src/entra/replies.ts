import { defineReply, type Source } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Period } from "./clients.ts";

/** What every error of Entra repeats. */
export interface Trace {
  at: Date;
  traceId: string;
  correlationId: string;
}

const errorCodes: Source = {
  page: "Microsoft Entra authentication and authorization error codes (Learn)",
};
const seenInSdks: Source = { record: "error bodies quoted in threads of the Azure SDKs" };

/** An error in Entra's envelope. */
export function entraError(
  trace: Trace,
  status: 400 | 401,
  error: string,
  code: number,
  text: string,
) {
  const timestamp = trace.at
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
  return {
    status,
    headers: { "cache-control": "no-store, no-cache", "x-ms-request-id": trace.traceId },
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${trace.traceId} Correlation ID: ${trace.correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace.traceId,
      correlation_id: trace.correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  } satisfies HttpReply;
}

export const invalidSecret = defineReply(
  "entra.invalid-secret",
  seenInSdks,
  (trace: Trace, app: string) =>
    entraError(
      trace,
      401,
      "invalid_client",
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app}'.`,
    ),
);

export const unknownApp = defineReply(
  "entra.unknown-app",
  errorCodes,
  (trace: Trace, app: string, tenant: string) =>
    entraError(
      trace,
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${app}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    ),
);

export const unknownTenant = defineReply(
  "entra.unknown-tenant",
  errorCodes,
  (trace: Trace, tenant: string) =>
    entraError(
      trace,
      400,
      "invalid_request",
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    ),
);

export const invalidScope = defineReply(
  "entra.invalid-scope",
  errorCodes,
  (trace: Trace, scope: string) =>
    entraError(
      trace,
      400,
      "invalid_scope",
      70011,
      `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    ),
);

export const scopeWithoutDefault = defineReply(
  "entra.scope-without-default",
  seenInSdks,
  (trace: Trace, scope: string) =>
    entraError(
      trace,
      400,
      "invalid_scope",
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    ),
);

export const unknownResource = defineReply(
  "entra.unknown-resource",
  errorCodes,
  (trace: Trace, resource: string, tenant: string) =>
    entraError(
      trace,
      400,
      "invalid_resource",
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    ),
);

export const missingCredential = defineReply(
  "entra.missing-credential",
  errorCodes,
  (trace: Trace) =>
    entraError(
      trace,
      401,
      "invalid_client",
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
);

export const unregisteredCertificate = defineReply(
  "entra.unregistered-certificate",
  seenInSdks,
  (trace: Trace, thumbprint: string, app: string) =>
    entraError(
      trace,
      401,
      "invalid_client",
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app}'.]`,
    ),
);

export const badAssertionSignature = defineReply(
  "entra.bad-assertion-signature",
  seenInSdks,
  (trace: Trace) =>
    entraError(
      trace,
      401,
      "invalid_client",
      700027,
      "Client assertion failed signature validation. [Reason - The key used to sign the client assertion is not the one that was registered.]",
    ),
);

export const assertionOutOfTime = defineReply(
  "entra.assertion-out-of-time",
  errorCodes,
  (trace: Trace) =>
    entraError(
      trace,
      401,
      "invalid_client",
      700024,
      "Client assertion is not within its valid time range.",
    ),
);

export const wrongAssertionAudience = defineReply(
  "entra.wrong-assertion-audience",
  errorCodes,
  (trace: Trace) =>
    entraError(
      trace,
      401,
      "invalid_client",
      700023,
      "Client assertion audience claim does not match Realm issuer.",
    ),
);

export const malformedAssertion = defineReply(
  "entra.malformed-assertion",
  errorCodes,
  (trace: Trace) =>
    entraError(trace, 401, "invalid_client", 50027, "JWT token is invalid or malformed."),
);

export const expiredCertificate = defineReply(
  "entra.expired-certificate",
  seenInSdks,
  (trace: Trace, thumbprint: string, { from, until }: Period, app: string) =>
    entraError(
      trace,
      401,
      "invalid_client",
      700027,
      `The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '${thumbprint}', Found key 'Start=${americanTime(from)}, End=${americanTime(until)}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app}'.]`,
    ),
);

/** `06/29/2021 21:13:15` */
function americanTime(date: Date | null): string {
  const [day = "", time = ""] = (date?.toISOString() ?? "").split(/[T.]/);
  const [year, month, dayOfMonth] = day.split("-");
  return `${month}/${dayOfMonth}/${year} ${time}`;
}

export const expiredSecret = defineReply(
  "entra.expired-secret",
  seenInSdks,
  (trace: Trace, app: string) =>
    entraError(
      trace,
      401,
      "invalid_client",
      7000222,
      `The provided client secret keys for app '${app}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    ),
);

export const noServicePrincipal = defineReply(
  "entra.no-service-principal",
  {
    record: "error bodies quoted in threads of the Teams SDK",
    assumed: "that the credential is judged first",
  },
  (trace: Trace, app: string, tenant: string) =>
    entraError(
      trace,
      401,
      "invalid_client",
      7000229,
      `The client application ${app} is missing service principal in the tenant ${tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    ),
);

export const disabledApp = defineReply(
  "entra.disabled-app",
  {
    page: "Error AADSTS7000112 - Application is disabled (Learn)",
    assumed: "its status and error name, and that the credential is judged first",
  },
  (trace: Trace, app: string, name: string) =>
    entraError(
      trace,
      400,
      "unauthorized_client",
      7000112,
      `Application '${app}'(${name}) is disabled.`,
    ),
);

export const noFederatedCredential = defineReply(
  "entra.no-federated-credential",
  {
    record: "Azure/azure-workload-identity#616",
    assumed: "that an app without any federated credential gets this code, and not 70025",
  },
  (trace: Trace, issuer: string, subject: string, audience: string) =>
    entraError(
      trace,
      400,
      "invalid_request",
      70021,
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`,
    ),
);

export const unknownAssertionIssuer = defineReply(
  "entra.unknown-assertion-issuer",
  { record: "Azure/azure-workload-identity#1200" },
  (trace: Trace, issuer: string) => noMatch(trace, 700211, `issuer '${issuer}'`),
);

export const unknownAssertionAudience = defineReply(
  "entra.unknown-assertion-audience",
  {
    record: "error bodies quoted in tests of Azure clients",
    assumed: "that the subject goes first",
  },
  (trace: Trace, audience: string) => noMatch(trace, 700212, `audience '${audience}'`),
);

export const unknownAssertionSubject = defineReply(
  "entra.unknown-assertion-subject",
  { record: "Azure/login#482" },
  (trace: Trace, subject: string) => noMatch(trace, 700213, `subject '${subject}'`),
);

export const assertionSubjectCase = defineReply(
  "entra.assertion-subject-case",
  { record: "Azure/login#515" },
  (trace: Trace, subject: string) =>
    noMatch(
      trace,
      7002138,
      `subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison`,
    ),
);

function noMatch(trace: Trace, code: number, what: string): HttpReply {
  return entraError(
    trace,
    401,
    "invalid_client",
    code,
    `No matching federated identity record found for presented assertion ${what}. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
  );
}

export const issuerWithoutKeys = defineReply(
  "entra.issuer-without-keys",
  { assumed: "what becomes of an issuer whose OpenID configuration can't be read" },
  (trace: Trace, issuer: string) =>
    entraError(
      trace,
      400,
      "invalid_request",
      50166,
      `Request to External OIDC endpoint failed. Issuer: '${issuer}'.`,
    ),
);

export const missingParameter = defineReply(
  "entra.missing-parameter",
  errorCodes,
  (trace: Trace, parameter: string) =>
    entraError(
      trace,
      400,
      "invalid_request",
      900144,
      `The request body must contain the following parameter: '${parameter}'.`,
    ),
);

export const unsupportedGrant = defineReply(
  "entra.unsupported-grant",
  errorCodes,
  (trace: Trace, grant: string) =>
    entraError(
      trace,
      400,
      "unsupported_grant_type",
      70003,
      `The app requested an unsupported grant type '${grant}'.`,
    ),
);

export const unknownParameter = defineReply(
  "entra.unknown-parameter",
  { assumed: "the real service ignores most of them; the lab refuses what it does not act on" },
  (trace: Trace, parameter: string) =>
    entraError(
      trace,
      400,
      "invalid_request",
      9000411,
      `The request is not properly formatted. The parameter '${parameter}' is not known to the lab.`,
    ),
);

export const unknownRoute = defineReply(
  "entra.unknown-route",
  { assumed: "the real service answers an HTML page" },
  (path: string): HttpReply => ({
    status: 404,
    body: { error: "not_found", error_description: `the lab's Entra has no ${path}` },
  }),
);

export const token = defineReply(
  "entra.token",
  {
    page: "OAuth 2.0 client credentials flow (Learn)",
    assumed: "that a token for https://outlook.office.com has that audience",
  },
  (access_token: string, lifetime: number): HttpReply => ({
    status: 200,
    headers: { "cache-control": "no-store, no-cache", pragma: "no-cache" },
    body: { token_type: "Bearer", expires_in: lifetime, ext_expires_in: lifetime, access_token },
  }),
);

export const faultStatus = defineReply(
  "entra.fault",
  { assumed: "body of an overloaded Entra" },
  (status: 429 | 500 | 502 | 503 | 504, retryAfter: number | undefined): HttpReply => ({
    status,
    ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
    body: { error: "temporarily_unavailable", error_description: "injected by the lab" },
  }),
);
