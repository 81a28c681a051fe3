import type { Problem } from "../mail/problem.ts";
import { isName, misreading, nearest } from "./nearest.ts";
import { configSchema, NAMESPACE } from "./schema.ts";

/** The keys that are ours to read, with their full names. */
const KEYS: readonly string[] = Object.keys(configSchema.shape);

/** A setting of one of the two plugins that a stack file can't have. */
interface PluginSetting {
  readonly isCredential?: boolean;
  /** The environment variable that both the plugin and this project's own code read. */
  readonly variable?: string;
}

/**
 * Settings of the plugins. The plugin alone reads them from a stack file, while this project's own code signs in with
 * the environment, so the two could act as two identities or in two places.
 *
 * @see https://www.pulumi.com/registry/packages/azuread/installation-configuration
 * @see https://www.pulumi.com/registry/packages/cloudflare/installation-configuration
 */
export const PLUGIN_SETTINGS: Readonly<Record<string, PluginSetting>> = {
  "azuread:adoPipelineServiceConnectionId": {},
  "azuread:clientCertificate": { isCredential: true, variable: "ARM_CLIENT_CERTIFICATE" },
  "azuread:clientCertificatePassword": {
    isCredential: true,
    variable: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  },
  "azuread:clientCertificatePath": { variable: "ARM_CLIENT_CERTIFICATE_PATH" },
  "azuread:clientId": { variable: "ARM_CLIENT_ID" },
  "azuread:clientIdFilePath": { variable: "ARM_CLIENT_ID" },
  "azuread:clientSecret": { isCredential: true, variable: "ARM_CLIENT_SECRET" },
  "azuread:clientSecretFilePath": { variable: "ARM_CLIENT_SECRET" },
  "azuread:metadataHost": { variable: "ARM_METADATA_HOSTNAME" },
  "azuread:msiEndpoint": {},
  "azuread:oidcRequestToken": { isCredential: true, variable: "ARM_OIDC_REQUEST_TOKEN" },
  "azuread:oidcRequestUrl": { variable: "ARM_OIDC_REQUEST_URL" },
  "azuread:oidcToken": { isCredential: true, variable: "ARM_OIDC_TOKEN" },
  "azuread:oidcTokenFilePath": { variable: "ARM_OIDC_TOKEN_FILE_PATH" },
  "azuread:useAksWorkloadIdentity": {},
  "azuread:useCli": {},
  "azuread:useMsi": {},
  "azuread:useOidc": { variable: "ARM_USE_OIDC" },
  "cloudflare:apiKey": { isCredential: true, variable: "CLOUDFLARE_API_TOKEN" },
  "cloudflare:apiToken": { isCredential: true, variable: "CLOUDFLARE_API_TOKEN" },
  "cloudflare:apiUserServiceKey": { isCredential: true, variable: "CLOUDFLARE_API_TOKEN" },
  "cloudflare:baseUrl": { variable: "CLOUDFLARE_BASE_URL" },
  "cloudflare:email": { variable: "CLOUDFLARE_API_TOKEN" },
};

/** Settings that change nothing but what a plugin says of itself. */
export const HARMLESS_SETTINGS: readonly string[] = [
  "azuread:disableTerraformPartnerId",
  "azuread:partnerId",
  "cloudflare:userAgentOperatorSuffix",
];

/** A key's full name without its namespace. */
export const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

const NAMESPACES = [NAMESPACE, "azuread", "cloudflare"];

/** What is wrong with the names of a stack file's keys, and the key that each misspelt one means. */
export interface KeyReport {
  readonly problems: readonly Problem[];
  readonly meant: ReadonlyMap<string, string>;
}

/**
 * Judges the names of a stack's keys. Keys of other namespaces are left alone unless they look like one of these. No
 * value is read.
 *
 * @param names full names, `namespace:key`
 */
export function reportKeys(names: readonly string[]): KeyReport {
  const unknown = names.filter((name) => ![...KEYS, ...HARMLESS_SETTINGS].includes(name));
  const reports = unknown.map(reportKey);
  return {
    problems: reports.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    meant: new Map(
      reports.flatMap(({ meant }, index) =>
        meant === undefined ? [] : [[unknown[index] ?? "", meant] as const],
      ),
    ),
  };
}

function reportKey(name: string): { problem?: Problem; meant?: string } {
  const setting = PLUGIN_SETTINGS[name];
  if (setting !== undefined) return { problem: settingProblem(name, setting) };
  const [namespace = "", local = ""] = name.split(/:(.*)/s);
  const near = nearest(namespace, NAMESPACES);
  const siblings = [...KEYS, ...HARMLESS_SETTINGS, ...Object.keys(PLUGIN_SETTINGS)]
    .filter((key) => key.startsWith(`${near}:`))
    .map(localName);
  const path = siblings.find(
    (sibling) => /^[.[]/.test(local.slice(sibling.length)) && local.startsWith(sibling),
  );
  if (path !== undefined) return { problem: pathProblem(`${near}:${path}`) };
  const meant = nearest(local, siblings);
  const unknown = {
    key: name,
    value: undefined,
    rule: `is not a known key${misreading(name)}`,
  };
  if (meant !== undefined) {
    const key = `${near}:${meant}`;
    const refused = PLUGIN_SETTINGS[key];
    if (refused !== undefined) return { problem: settingProblem(name, refused) };
    return { problem: { ...unknown, fix: `rename it to ${key}` }, meant: key };
  }
  if (near !== namespace) return {};
  const elsewhere = KEYS.find((key) => localName(key) === nearest(local, KEYS.map(localName)));
  if (elsewhere !== undefined) {
    return { problem: { ...unknown, fix: `rename it to ${elsewhere}` }, meant: elsewhere };
  }
  const taken = KEYS.filter((key) => key.startsWith(`${near}:`));
  const fix = taken.length === 0 ? "remove it" : `use one of: ${taken.join(", ")}`;
  if (isName(local)) return { problem: { ...unknown, fix } };
  const rule = "has a key that is not known (not shown)";
  return { problem: { ...unknown, key: near, rule, fix } };
}

/** Says that a key's name goes on like a path into the value of `key`, as after `config set` without `--path`. */
function pathProblem(key: string): Problem {
  return {
    key,
    value: undefined,
    rule: "is the beginning of another key, which looks like a path (not shown) and has no effect",
    fix: `remove that key; a value inside of ${key} is set with pulumi config set --path`,
  };
}

/** Says that a setting of a plugin can't stand in a stack file. */
function settingProblem(name: string, { isCredential, variable }: PluginSetting): Problem {
  const rule = isCredential
    ? "is a credential, which Pulumi would copy into the state"
    : "is read by Pulumi's plugin alone, so that this project's own requests would differ from the plugin's";
  const instead =
    variable === undefined ? "" : `, and set the environment variable ${variable} instead`;
  return { key: name, value: undefined, rule, fix: `run pulumi config rm ${name}${instead}` };
}
