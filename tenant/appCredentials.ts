import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import type { Connection } from "./connection.ts";
import { graphClient } from "./graphClient.ts";

/** A secret or a certificate of an app, without what it proves itself with. */
export interface AppCredential {
  readonly displayName: string | null;
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** Of a certificate its SHA-1 thumbprint, mostly. */
  readonly customKeyIdentifier?: string | null;
}

/** What an app registration may sign in with, but for federated identities. */
export interface AppCredentials {
  readonly appId: string;
  readonly displayName: string;
  readonly createdDateTime: string;
  readonly passwordCredentials: readonly AppCredential[];
  readonly keyCredentials: readonly AppCredential[];
}

/**
 * The secrets and certificates of an app registration; undefined where the tenant has none of this client id.
 *
 * @throws Error with Graph's own words and the permission that is missing
 * @see https://learn.microsoft.com/graph/api/application-list (Application.Read.All)
 */
export async function credentialsOf(
  connection: Connection,
  clientId: string,
): Promise<AppCredentials | undefined> {
  const select = "appId,displayName,createdDateTime,passwordCredentials,keyCredentials";
  const filter = encodeURIComponent(`appId eq '${clientId}'`);
  const path = `/applications?$filter=${filter}&$select=${select}`;
  return (await graphClient(connection).list<AppCredentials>(path, GRAPH_PERMISSIONS.readApps))[0];
}
