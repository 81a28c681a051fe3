import { GRAPH_PERMISSIONS } from "../world/graphPermissions.ts";
import type { ResourceName } from "./clients.ts";

/** An app of Microsoft's own by which people sign in, without a secret; it is in every tenant. */
export interface PublicClient {
  clientId: string;
  displayName: string;
  /** The one resource for which it gets tokens; for others Microsoft's apps need a preauthorization. */
  resource: ResourceName;
  /** Delegated permissions that it has without anybody's consent. */
  preauthorized: readonly string[];
}

/** The delegated permission that Exchange's admin API wants of a person's token. */
export const EXCHANGE_ADMIN_SCOPE = "AdminApi.AccessAsUser.All";

const CLIENTS: readonly PublicClient[] = [
  {
    clientId: "14d82eec-204b-4c2f-b7e8-296a70dab67e",
    displayName: "Microsoft Graph Command Line Tools",
    resource: "graph",
    preauthorized: [],
  },
  {
    clientId: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
    displayName: "Microsoft Exchange REST API Based PowerShell",
    resource: "exchange",
    preauthorized: [
      EXCHANGE_ADMIN_SCOPE,
      "FfoPowerShell.AccessAsUser.All",
      "RemotePowerShell.AccessAsUser.All",
    ],
  },
];

/** The public client of this id, in any letter case. */
export const findPublicClient = (clientId: string): PublicClient | undefined =>
  CLIENTS.find((client) => client.clientId === clientId.toLowerCase());

/** The public client by which people get tokens for a resource. */
export function publicClientOf(resource: ResourceName): PublicClient {
  const client = CLIENTS.find((one) => one.resource === resource);
  if (client === undefined) throw new Error(`no public client is for ${resource}`);
  return client;
}

/** Whether a client can ask for a delegated permission. */
export const offers = ({ resource, preauthorized }: PublicClient, scope: string): boolean =>
  preauthorized.includes(scope) ||
  (resource === "graph" &&
    GRAPH_PERMISSIONS.some(({ name, delegated }) => name === scope && delegated !== undefined));

/** Whether everybody may consent to a delegated permission for himself. */
export const everybodyMayConsent = (scope: string): boolean =>
  GRAPH_PERMISSIONS.some(({ name, userConsent }) => name === scope && userConsent === true);
