import { readFileSync } from "node:fs";
import type { Value, Values } from "../values.ts";
import { failed, notConfigured, oidcTokensDiffer, unknownSetting } from "./replies.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Who signs in, where, and by what. */
export interface Settings {
  /** Host and port of the cloud's metadata service. */
  readonly metadataHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: { readonly secret: string } | { readonly assertion: string };
}

/** The settings that the stand-in reads, with the variables they fall back to. */
const VARIABLES = {
  metadataHost: "ARM_METADATA_HOSTNAME",
  tenantId: "ARM_TENANT_ID",
  clientId: "ARM_CLIENT_ID",
  clientSecret: "ARM_CLIENT_SECRET",
  useOidc: "ARM_USE_OIDC",
  oidcToken: "ARM_OIDC_TOKEN",
  oidcTokenFilePath: "ARM_OIDC_TOKEN_FILE_PATH",
} as const;

/** Settings that change nothing where there is a metadata host and a credential. */
const WITHOUT_EFFECT = ["disableTerraformPartnerId", "environment", "useCli", "useMsi", "version"];

/**
 * Reads an engine's configuration, else the environment. A client secret goes before an OIDC token.
 *
 * @throws Error for a setting that the stand-in does not have, or one that it lacks
 * @see terraform-provider-azuread 3.9, providerConfigure; go-azure-sdk, auth.NewAuthorizerFromCredentials
 */
export function readSettings(config: Values, env: Environment): Settings {
  for (const name of Object.keys(config)) {
    if (name in VARIABLES || WITHOUT_EFFECT.includes(name)) continue;
    throw new Error(unknownSetting(name).message);
  }
  const read = (name: keyof typeof VARIABLES): string =>
    textOf(config[name]) || (env[VARIABLES[name]] ?? "");
  const need = (name: keyof typeof VARIABLES): string => {
    const value = read(name);
    if (value === "") throw new Error(notConfigured(VARIABLES[name]).message);
    return value;
  };
  const secret = read("clientSecret");
  const assertion = secret === "" && read("useOidc") === "true" ? oidcTokenOf(read) : "";
  if (secret === "" && assertion === "") {
    throw new Error(notConfigured(VARIABLES.clientSecret).message);
  }
  return {
    metadataHost: need("metadataHost"),
    tenantId: need("tenantId"),
    clientId: need("clientId"),
    credential: secret === "" ? { assertion } : { secret },
  };
}

function oidcTokenOf(read: (name: "oidcToken" | "oidcTokenFilePath") => string): string {
  const [token, file] = [read("oidcToken"), read("oidcTokenFilePath")];
  if (file === "") return token;
  const held = readFileSync(file, "utf8").trim();
  if (token !== "" && token !== held) throw new Error(failed(oidcTokensDiffer().message).message);
  return held;
}

const textOf = (value: Value | undefined): string =>
  typeof value === "string" || typeof value === "boolean" ? String(value) : "";
