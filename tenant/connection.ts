import type { AccessToken, TokenCredential } from "@azure/identity";
import type { Environment } from "../mail/clouds.ts";
import { fixOfEnvironment } from "../mail/entra/environmentIdentity.ts";
import { type Cloud, findCloud } from "./clouds.ts";
import { CredentialError, credentialFor } from "./credential.ts";

/** Which tenant, in which cloud. */
export interface Tenant {
  readonly tenantId: string;
  readonly environment: Environment;
}

/** Variables with access tokens of a person, for those who may not use device codes. */
export const PERSON_TOKENS = {
  graph: "M365_SMTP_RELAY_GRAPH_TOKEN",
  exchange: "M365_SMTP_RELAY_EXCHANGE_TOKEN",
} as const;

/** Somebody who has signed in. */
export interface Person {
  readonly userPrincipalName: string;
  /** Delegated permissions on Microsoft Graph that the sign-in has. */
  readonly scopes: readonly string[];
  /** Template ids of the directory roles that the access token names; left out where it names none. */
  readonly directoryRoles?: readonly string[];
}

/** Whether a sign-in has a delegated permission, or the one that also lets it write. */
export const holdsScope = ({ scopes }: Person, scope: string): boolean =>
  [scope, scope.replace(".Read.", ".ReadWrite.")].some((one) => scopes.includes(one));

/** A tenant with the hosts that serve it and an identity to sign in with. */
export interface Connection extends Tenant {
  readonly cloud: Cloud;
  readonly credential: TokenCredential;
  /** Set when a person signed in, and no app. */
  readonly person?: Person;
  /** Longest wait for one answer of Graph in milliseconds, where somebody waits for it. */
  readonly longestCall?: number;
  /** Called after each answer of Graph. */
  onAnswer?(): void;
}

/**
 * Looks up a tenant's cloud and the identity in the environment. Signs in to nothing yet.
 *
 * @throws CredentialError, or Error when an own cloud's metadata can't be read
 */
export async function connect(
  tenant: Tenant,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Connection> {
  const cloud = await findCloud(tenant.environment, env);
  const credential = await credentialFor(tenant.tenantId, cloud, env);
  return { ...tenant, cloud, credential: sharing(credential) };
}

/** Those who ask for the same token at the same time share one request. */
function sharing(credential: TokenCredential): TokenCredential {
  const running = new Map<string, Promise<AccessToken | null>>();
  return {
    getToken(scopes, options) {
      const key = String(scopes);
      const token =
        running.get(key) ?? credential.getToken(scopes, options).finally(() => running.delete(key));
      running.set(key, token);
      return token;
    },
  };
}

/**
 * Signs in for one resource.
 *
 * @param resource origin of the resource, e.g. `https://graph.microsoft.com`
 * @throws Error with Entra's own words (AADSTS…) and what to look at
 */
export async function signIn(connection: Connection, resource: string): Promise<AccessToken> {
  try {
    const token = await connection.credential.getToken(`${resource}/.default`);
    if (token === null) throw new Error("no token came back");
    return token;
  } catch (cause) {
    if (connection.person !== undefined && cause instanceof CredentialError) throw cause;
    const words = entraWordsOf(cause);
    throw new Error(
      `sign-in to tenant ${connection.tenantId} for ${resource} failed: ${words}; ${fixOfEnvironment(words)}`,
      { cause },
    );
  }
}

/** What Entra said (`AADSTS7000222: …`) in an error of its identity library, without what belongs to the one request. */
export function entraWordsOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const [words] = /AADSTS\d+:[^\r\n]*?(?= Trace ID|[\r\n]|$)/.exec(said) ?? [];
  return words ?? said.split("\n")[0] ?? said;
}
