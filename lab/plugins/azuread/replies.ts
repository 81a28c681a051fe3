import { defineReply } from "../../src/reply.ts";

/** What the plugin says of an answer that it did not expect. */
export const unexpectedStatus = defineReply(
  "azuread-plugin.unexpected-status",
  {
    provider: "go-azure-sdk, sdk/client (Execute) and sdk/odata (Error.String)",
    assumed: "the request before it; the plugin says what it was about to do",
  },
  (request: string, status: string, answer: string) => ({
    message: `${request}: unexpected status ${status} with error: ${answer}`,
  }),
);

export const signInFailed = defineReply(
  "azuread-plugin.sign-in-failed",
  {
    provider:
      "go-azure-sdk, sdk/auth (clientCredentialsToken); terraform-provider-azuread 3.9 (clients)",
  },
  (status: number, answer: string) => ({
    message:
      "building client: unable to obtain access token: clientCredentialsToken: " +
      `received HTTP status ${status} with response: ${answer}`,
  }),
);

/** What the plugin says of a service principal that exists before it is created. */
export const alreadyExists = defineReply(
  "azuread-plugin.already-exists",
  { provider: "terraform-provider-azuread 3.9: tf.ImportAsExistsDiag" },
  (resource: string, id: string) => ({
    message:
      `A resource with the ID "${id}" already exists: ` +
      "To be managed via Terraform, this resource needs to be imported into the State. " +
      `Please see the resource documentation for "${resource}" for more information.`,
  }),
);

export const timedOut = defineReply(
  "azuread-plugin.timed-out",
  {
    provider: "terraform-plugin-sdk 2, helper/retry (TimeoutError)",
    assumed: "the plugin waits for minutes, the stand-in asks a fixed number of times",
  },
  (state: string) => ({ message: `timeout while waiting for state to become '${state}'` }),
);
