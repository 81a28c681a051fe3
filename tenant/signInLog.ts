import { DAY } from "../mail/days.ts";
import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import type { Connection } from "./connection.ts";
import { graphClient } from "./graphClient.ts";

/** Days that Entra keeps sign-ins at least. */
const KEPT_DAYS = 7;

interface SignIn {
  readonly servicePrincipalCredentialKeyId: string | null;
  readonly status?: { readonly errorCode: number };
}

/**
 * Whether an app got a token with one of its secrets within the last days, by Entra's sign-in log. It has the sign-ins of apps
 * in the beta version alone, takes some minutes to show one, and needs Entra ID P1.
 *
 * @param clientId of the app
 * @param keyId of the secret
 * @throws Error with Graph's own words and the permission that is missing
 * @see https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta (AuditLog.Read.All)
 * @see https://learn.microsoft.com/graph/api/resources/signin?view=graph-rest-beta (servicePrincipalCredentialKeyId)
 */
export async function hasSignedInWith(
  connection: Connection,
  { clientId, keyId }: { readonly clientId: string; readonly keyId: string },
): Promise<boolean> {
  const from = new Date(Date.now() - KEPT_DAYS * DAY).toISOString();
  const filter = `signInEventTypes/any(t: t eq 'servicePrincipal') and appId eq '${clientId}' and createdDateTime ge ${from}`;
  const path = `${connection.cloud.graph}/beta/auditLogs/signIns?$filter=${encodeURIComponent(filter)}`;
  const signIns = await graphClient(connection).list<SignIn>(path, GRAPH_PERMISSIONS.signIns);
  return signIns.some(
    ({ servicePrincipalCredentialKeyId, status }) =>
      servicePrincipalCredentialKeyId === keyId && (status?.errorCode ?? 0) === 0,
  );
}
