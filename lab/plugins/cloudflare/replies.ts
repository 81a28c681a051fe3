import { defineReply } from "../../src/reply.ts";
import type { CheckFailure } from "../definition.ts";

/** What the API answered, or why there was no answer. */
interface Failed {
  method: string;
  url: string;
  /** `400 Bad Request {"success":false,…}` */
  answer: string;
}

/** What the plugin says when Cloudflare refuses. */
export const requestFailed = defineReply(
  "cloudflare-plugin.request-failed",
  {
    provider:
      "terraform-provider-cloudflare 5 (diagnostic of dns_record), cloudflare-go 7 (apierror), pulumi-terraform-bridge 3 (processDiagnostics)",
    assumed: "the plugin logs the same text on the resource once more, which is left out here",
  },
  ({ method, url, answer }: Failed) => ({
    message: `failed to make http request: ${method} "${url}": ${answer}`,
  }),
);

export const notConfigured = defineReply(
  "cloudflare-plugin.not-configured",
  { assumed: "the plugin would ask Cloudflare itself; a stand-in must not" },
  (what: string) => ({
    message: `the lab's stand-in for the cloudflare plugin has no ${what}: run it through the lab`,
  }),
);

export const missingProperty = defineReply(
  "cloudflare-plugin.missing-property",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (property: string): CheckFailure => ({
    property,
    reason: `Missing required property '${property}'`,
  }),
);

export const wrongType = defineReply(
  "cloudflare-plugin.wrong-type",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (property: string, expected: string): CheckFailure => ({
    property,
    reason: `expected ${expected}`,
  }),
);

export const conflict = defineReply(
  "cloudflare-plugin.conflict",
  { provider: "terraform-provider-cloudflare 5, schema of dns_record (ConflictsWith)" },
  (property: string, other: string): CheckFailure => ({
    property,
    reason: `"${property}" conflicts with "${other}"`,
  }),
);

export const badImportId = defineReply(
  "cloudflare-plugin.bad-import-id",
  {
    provider: "terraform-provider-cloudflare 5, ImportState of dns_record",
    assumed: "the words",
  },
  (id: string) => ({
    message: `invalid ID "${id}": expected one of the form <zone_id>/<dns_record_id>`,
  }),
);

export const unknownArgument = defineReply(
  "cloudflare-plugin.unknown-argument",
  { assumed: "the plugin knows more arguments than the stand-in" },
  (argument: string) => ({
    message: `the lab's stand-in for the cloudflare plugin does not know the argument "${argument}"`,
  }),
);
