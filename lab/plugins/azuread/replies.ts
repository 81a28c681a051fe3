import { defineReply } from "../../src/reply.ts";
import type { CheckFailure } from "../definition.ts";

const SDK = "terraform-plugin-sdk 2, helper/validation";
const PROVIDER = "terraform-provider-azuread 3.9";

/** `displayName` as Terraform writes it: `display_name`. */
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const quoted = (text: string): string => JSON.stringify(text);

/** What the plugin says when something failed. `summary` is the provider's own, `detail` what went wrong. */
export const failed = defineReply(
  "azuread-plugin.failed",
  {
    provider:
      "terraform-provider-azuread 3.9 (tf.ErrorDiagF), pulumi-terraform-bridge 3 (tfshim/diagnostics), hashicorp/go-multierror",
    assumed: "the bridge names the resource before it, which is left out here",
  },
  (summary: string, detail = "") => ({
    message: `1 error occurred:\n\t* ${detail === "" ? summary : `${summary}: ${detail}`}\n\n`,
  }),
);

/** What the plugin says of an answer that it did not expect. */
export const unexpectedStatus = defineReply(
  "azuread-plugin.unexpected-status",
  { provider: "go-azure-sdk, sdk/client (Execute) and sdk/odata (Error.String)" },
  (status: string, said: { error: string } | { response: string }) => ({
    message: ((): string => {
      if ("error" in said) return `unexpected status ${status} with error: ${said.error}`;
      if (said.response === "") return `unexpected status ${status} received with no body`;
      return `unexpected status ${status} with response: ${said.response}`;
    })(),
  }),
);

export const noMetadata = defineReply(
  "azuread-plugin.no-metadata",
  {
    provider: "go-azure-sdk, sdk/environments (FromEndpoint) and sdk/internal/metadata",
    assumed: "the words of Go's HTTP client",
  },
  (endpoint: string, problem: string) => ({
    message: `retrieving metadata from endpoint ${quoted(endpoint)}: ${problem}`,
  }),
);

/** What the plugin says of a cloud whose description lacks something. */
export const incompleteMetadata = defineReply(
  "azuread-plugin.incomplete-metadata",
  { provider: "go-azure-sdk, sdk/environments (FromEndpoint)" },
  (lacking: "name" | "resourceManager" | "microsoftGraphResourceId") => ({
    message: {
      name: "retrieving metadata from endpoint: `name` was nil",
      resourceManager:
        "retrieving metadata from endpoint: no `resourceManagerEndpoint` was returned",
      microsoftGraphResourceId:
        "retrieving metdata from endpoint: no `microsoftGraphResourceId` was returned",
    }[lacking],
  }),
);

export const signInFailed = defineReply(
  "azuread-plugin.sign-in-failed",
  { provider: `go-azure-sdk, sdk/auth (clientCredentialsToken); ${PROVIDER} (clients)` },
  (status: number, said: string) => ({
    message:
      "building client: unable to obtain access token: clientCredentialsToken: " +
      `received HTTP status ${status} with response: ${said}`,
  }),
);

export const notConfigured = defineReply(
  "azuread-plugin.not-configured",
  { assumed: "the plugin would ask Microsoft itself; a stand-in must not" },
  (what: string) => ({
    message: `the lab's stand-in for the azuread plugin has no ${what}: run it through the lab`,
  }),
);

export const unknownSetting = defineReply(
  "azuread-plugin.unknown-setting",
  { assumed: "the plugin knows more settings than the stand-in" },
  (name: string) => ({
    message: `the lab's stand-in for the azuread plugin does not know the setting azuread:${name}`,
  }),
);

export const oidcTokensDiffer = defineReply(
  "azuread-plugin.oidc-tokens-differ",
  { provider: "terraform-provider-azuread 3.9 (getOidcToken)" },
  () => ({
    message:
      "mismatch between supplied OIDC token and supplied OIDC token file contents - " +
      "please either remove one or ensure they match",
  }),
);

export const missingProperty = defineReply(
  "azuread-plugin.missing-property",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (property: string): CheckFailure => ({
    property,
    reason: `Missing required property '${property}'`,
  }),
);

export const missingNested = defineReply(
  "azuread-plugin.missing-nested",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (path: string) => ({ reason: `Missing required property '${path}'` }),
);

export const wrongType = defineReply(
  "azuread-plugin.wrong-type",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (property: string, expected: string): CheckFailure => ({
    property,
    reason: `expected ${expected}`,
  }),
);

export const conflict = defineReply(
  "azuread-plugin.conflict",
  { provider: "terraform-plugin-sdk 2, validateConflictingAttributes" },
  (property: string, other: string): CheckFailure => ({
    property,
    reason: `${quoted(snake(property))}: conflicts with ${snake(other)}`,
  }),
);

export const tooMany = defineReply(
  "azuread-plugin.too-many",
  { assumed: "that it is refused is in the provider's schema (MaxItems), the words are ours" },
  (property: string, most: number) => ({
    reason: `${quoted(snake(property))} has more than ${most} items`,
  }),
);

export const badUuid = defineReply(
  "azuread-plugin.bad-uuid",
  { provider: `${SDK}: IsUUID` },
  (property: string, value: string) => ({
    reason: `expected ${quoted(snake(property))} to be a valid UUID, got ${value}`,
  }),
);

export const badDate = defineReply(
  "azuread-plugin.bad-date",
  { provider: `${SDK}: IsRFC3339Time`, assumed: "what Go says of the date is left out" },
  (property: string, value: string) => ({
    reason: `expected ${quoted(snake(property))} to be a valid RFC3339 date, got ${quoted(value)}`,
  }),
);

export const wasEmpty = defineReply(
  "azuread-plugin.was-empty",
  { provider: `${SDK}: StringIsNotEmpty` },
  (property: string) => ({
    reason: `expected ${quoted(snake(property))} to not be an empty string, got `,
  }),
);

export const notOneOf = defineReply(
  "azuread-plugin.not-one-of",
  { provider: `${SDK}: StringInSlice` },
  (property: string, known: readonly string[], value: string) => ({
    reason: `expected ${snake(property)} to be one of [${known.map(quoted).join(" ")}], got ${value}`,
  }),
);

export const badResourceId = defineReply(
  "azuread-plugin.bad-resource-id",
  {
    provider: "go-azure-helpers, resourcemanager/resourceids",
    assumed: "the first words; the list of segments is left out",
  },
  (kind: string, value: string) => ({
    reason: `parsing ${quoted(value)}: expected an ID of the form /${kind}/<object id>`,
  }),
);

export const badCredentialId = defineReply(
  "azuread-plugin.bad-credential-id",
  { provider: `${PROVIDER}: parse.ObjectSubResourceID` },
  (id: string) => ({
    message: `Object Resource ID should be in the format {objectId}/{type}/{subId} - but got ${quoted(id)}`,
  }),
);

export const wrongCredentialType = defineReply(
  "azuread-plugin.wrong-credential-type",
  { provider: `${PROVIDER}: parse.ObjectSubResourceID` },
  (expected: string, found: string) => ({
    message: `Type in {objectID}/{type}/{subID} was expected to be ${expected}, got ${found}`,
  }),
);

/** Summary and detail of an object that is there already. */
export const alreadyExists = defineReply(
  "azuread-plugin.already-exists",
  { provider: `${PROVIDER}: tf.ImportAsExistsDiag` },
  (resource: string, id: string) => ({
    summary: `A resource with the ID ${quoted(id)} already exists`,
    detail: importFirst(resource),
  }),
);

/** What is said of a name that is taken, when changes are planned. */
export const duplicateName = defineReply(
  "azuread-plugin.duplicate-name",
  { provider: `${PROVIDER}: tf.ImportAsDuplicateError` },
  (resource: string, id: string, name: string) => ({
    message:
      `An existing ${quoted(resource)} with name ${quoted(name)} (ID: ${quoted(id)}) was found and ` +
      `\`prevent_duplicate_names\` was specified. ${importFirst(resource)}`,
  }),
);

const importFirst = (resource: string): string =>
  "To be managed via Terraform, this resource needs to be imported into the State. " +
  `Please see the resource documentation for ${quoted(resource)} for more information.`;

export const chooseOne = defineReply(
  "azuread-plugin.choose-one",
  {
    provider: "terraform-plugin-sdk 2, validateExactlyOneAttribute",
    assumed: "the same words when several are given",
  },
  (names: readonly string[]) => ({
    message: `one of \`${names.map(snake).join(",")}\` must be specified`,
  }),
);

export const unknownArgument = defineReply(
  "azuread-plugin.unknown-argument",
  { assumed: "the plugin would refuse it in words of its own" },
  (argument: string) => ({
    message: `the lab's stand-in for the azuread plugin does not know the argument "${argument}"`,
  }),
);

export const neverCame = defineReply(
  "azuread-plugin.never-came",
  {
    provider: "terraform-plugin-sdk 2, helper/retry (TimeoutError)",
    assumed: "the plugin waits for minutes, the stand-in looks a fixed number of times",
  },
  (state: string) => ({ message: `timeout while waiting for state to become '${state}'` }),
);
