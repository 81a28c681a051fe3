import type { Problem } from "../mail/problem.ts";

/** Keys of the plugins that hold a credential, with the environment variable to use in their place. */
const SECRET_KEYS: Readonly<Record<string, string>> = {
  "azuread:clientSecret": "ARM_CLIENT_SECRET",
  "azuread:clientCertificate": "ARM_CLIENT_CERTIFICATE",
  "azuread:clientCertificatePassword": "ARM_CLIENT_CERTIFICATE_PASSWORD",
  "azuread:oidcToken": "ARM_OIDC_TOKEN",
  "azuread:oidcRequestToken": "ARM_OIDC_REQUEST_TOKEN",
  "cloudflare:apiToken": "CLOUDFLARE_API_TOKEN",
  "cloudflare:apiKey": "CLOUDFLARE_API_TOKEN",
};

/** Credentials in a stack file: Pulumi would copy them into the state. The value is never shown. */
export function secretProblems(raw: Readonly<Record<string, string>>): Problem[] {
  return Object.keys(raw)
    .filter((key) => key in SECRET_KEYS)
    .map((key) => ({
      key,
      value: undefined,
      rule: "is a credential, which Pulumi would copy into the state",
      fix: `run pulumi config rm ${key}, and export ${SECRET_KEYS[key]} instead`,
    }));
}
