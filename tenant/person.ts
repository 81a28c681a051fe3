// How a person signs in, for what an app may not do: making apps, and giving them rights.
import type { DeviceCodeCredential, TokenCredential } from "@azure/identity";
import type { Environment } from "../mail/clouds.ts";
import { type Cloud, findCloud } from "./clouds.ts";
import {
  type Connection,
  entraWordsOf,
  holdsScope,
  PERSON_TOKENS,
  type Person,
  type Tenant,
} from "./connection.ts";
import { CredentialError } from "./credential.ts";
import { type Claims, claimsOf } from "./tokenClaims.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Microsoft's own public clients, which every tenant knows: *Microsoft Graph Command Line Tools* (Connect-MgGraph) and
 * *Microsoft Exchange REST API Based PowerShell* (Connect-ExchangeOnline).
 *
 * @see https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
 */
const CLIENTS = {
  graph: "14d82eec-204b-4c2f-b7e8-296a70dab67e",
  exchange: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
} as const;

type Resource = keyof typeof CLIENTS;

/** How a person's tokens are asked for. */
export interface SignInOptions {
  /** Delegated permissions on Microsoft Graph that are asked for, such as `Application.ReadWrite.All`. */
  readonly scopes: readonly string[];
  /** Shows what the person has to do: where to enter which code. */
  readonly onCode: (message: string) => void;
  /** @default the process's */
  readonly env?: Env;
}

/**
 * Signs a person in to a tenant: with the access tokens in the environment, else by device code, once for Graph and once for
 * Exchange. Nothing is kept after the process. Exchange is signed in to when it is first asked.
 *
 * @throws CredentialError for a token that is not of this tenant, has expired, lacks one of the scopes or can't be read, and for
 *   a sign-in that failed or was cancelled; Error when an own cloud's metadata can't be read
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
export async function connectPerson(tenant: Tenant, options: SignInOptions): Promise<Connection> {
  const { env = process.env, scopes, onCode } = options;
  const cloud = await findCloud(tenant.environment, env);
  const graphScopes = scopes.map((scope) => `${cloud.graph}/${scope}`);
  const graph = credentialOf("graph", { tenant, cloud, env, onCode }, graphScopes);
  const exchange = credentialOf("exchange", { tenant, cloud, env, onCode }, [
    `${cloud.exchangeResource}/.default`,
  ]);
  const credential: TokenCredential = {
    getToken: (scope) =>
      String(scope).startsWith(cloud.graph) ? graph.getToken("") : exchange.getToken(""),
  };
  const token = await credential.getToken(`${cloud.graph}/.default`);
  const person = personOf(claimsOf(token?.token ?? ""));
  const lacking = scopes.filter((scope) => !holdsScope(person, scope));
  if (lacking.length > 0) {
    throw new CredentialError(
      `${PERSON_TOKENS.graph}: lacks the delegated permission ${lacking.join(", ")}; export a token that has it, or unset it to sign in by device code`,
    );
  }
  return { ...tenant, cloud, credential, person };
}

/**
 * With the access token for Graph in the environment, for whatever tenant it is.
 *
 * @returns undefined where there is none
 * @throws CredentialError for a text that is no token, and for one that has expired
 */
export async function connectGiven(
  environment: Environment,
  env: Env = process.env,
): Promise<Connection | undefined> {
  const given = env[PERSON_TOKENS.graph]?.trim();
  if (!given) return undefined;
  const token = givenToken(PERSON_TOKENS.graph, given);
  const claims = claimsOf(given);
  return {
    ...{ tenantId: String(claims.tid), environment, cloud: await findCloud(environment, env) },
    credential: { getToken: async () => token },
    ...(claims.scp !== undefined && { person: personOf(claims) }),
  };
}

function personOf({ upn, unique_name: name, oid, scp, wids }: Claims): Person {
  return {
    userPrincipalName: String(upn ?? name ?? oid ?? ""),
    scopes: String(scp ?? "").split(" "),
    ...(Array.isArray(wids) && { directoryRoles: wids.map(String) }),
  };
}

interface Around {
  readonly tenant: Tenant;
  readonly cloud: Cloud;
  readonly env: Env;
  readonly onCode: (message: string) => void;
}

/** The person's tokens for one resource. What the library asks for is always the same scopes. */
function credentialOf(
  resource: Resource,
  { tenant: { tenantId }, cloud, env, onCode }: Around,
  scopes: readonly string[],
): TokenCredential {
  const given = env[PERSON_TOKENS[resource]]?.trim();
  if (given) {
    return { getToken: async () => givenToken(PERSON_TOKENS[resource], given, tenantId) };
  }
  const where = { graph: "Microsoft Graph", exchange: "Exchange Online" }[resource];
  let byCode: Promise<DeviceCodeCredential> | undefined;
  const open = async () => {
    const { DeviceCodeCredential } = await import("@azure/identity");
    return new DeviceCodeCredential({
      tenantId,
      clientId: CLIENTS[resource],
      authorityHost: cloud.login,
      disableInstanceDiscovery: cloud.ownAuthority,
      userPromptCallback: ({ message }) => onCode(`to sign in to ${where}: ${message}`),
    });
  };
  return {
    getToken: async () => {
      byCode ??= open();
      const token = await (await byCode).getToken([...scopes]).catch((cause: unknown) => {
        throw signInFailed(where, tenantId, cause);
      });
      return token;
    },
  };
}

function signInFailed(where: string, tenantId: string, cause: unknown): CredentialError {
  return new CredentialError(
    `nobody signed in to tenant ${tenantId} for ${where}: ${entraWordsOf(cause)}; run it again and enter the code in time, ` +
      `or where device codes are not allowed export access tokens as ${PERSON_TOKENS.graph} and ${PERSON_TOKENS.exchange}`,
    { cause },
  );
}

/**
 * A token of the environment; the time that it names is looked at, and the tenant if it has to be a certain one. The services
 * judge it.
 */
function givenToken(variable: string, token: string, tenantId?: string) {
  const { tid, exp } = claimsOf(token);
  if (typeof tid !== "string" || typeof exp !== "number") {
    throw new CredentialError(
      `${variable}: is not an access token of Microsoft Entra; export one, or unset it to sign in without`,
    );
  }
  if (tenantId !== undefined && tid.toLowerCase() !== tenantId.toLowerCase()) {
    throw new CredentialError(
      `${variable}: is a token for tenant "${tid}", and the stack is in tenant "${tenantId}" (azuread:tenantId); ` +
        "export a token for the stack's tenant, or name the other stack",
    );
  }
  if (exp * 1000 <= Date.now()) {
    throw new CredentialError(
      `${variable}: has expired on ${new Date(exp * 1000).toISOString()}; export a new one, or unset it to sign in without`,
    );
  }
  return { token, expiresOnTimestamp: exp * 1000 };
}
