import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { type Connection, signIn } from "./connection.ts";
import { GRAPH_PERMISSIONS } from "./rights.ts";

/** What a tenant has bought, cut to what decides whether it may relay. */
export interface Subscription {
  readonly skuPartNumber: string;
  readonly capabilityStatus: string;
  /** Names of the service plans in it. */
  readonly servicePlans: readonly string[];
}

/** What this project asks of Microsoft Graph, all of it reads. */
export interface Graph {
  /** The tenant's verified domains, of which Exchange accepts those with the Email service: lower case, sorted. */
  acceptedDomains(): Promise<readonly string[]>;
  /** The host that Exchange receives a domain's mail on. Microsoft assigns it, so it is read and never computed. */
  mxHost(domain: string): Promise<string>;
  subscriptions(): Promise<readonly Subscription[]>;
}

/**
 * Speaks to a tenant's Microsoft Graph. Busy answers are tried again by the client itself.
 *
 * @throws Error from the returned functions, with Graph's own words and the application permission that is missing
 * @see https://learn.microsoft.com/graph/api/domain-list (Domain.Read.All)
 * @see https://learn.microsoft.com/graph/api/domain-list-serviceconfigurationrecords (Domain.Read.All)
 * @see https://learn.microsoft.com/graph/api/subscribedsku-list (Organization.Read.All)
 */
export function graph(connection: Connection): Graph {
  const { graph: origin } = connection.cloud;
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: "v1.0",
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: {
      getAccessToken: async () => (await signIn(connection, origin)).token,
    },
  });

  return {
    async acceptedDomains() {
      const domains = await all<Domain>(client, "/domains", GRAPH_PERMISSIONS.domains);
      return domains
        .filter(({ isVerified }) => isVerified)
        .map(({ id }) => id.toLowerCase())
        .sort();
    },
    async mxHost(domain) {
      const path = `/domains/${encodeURIComponent(domain)}/serviceConfigurationRecords`;
      const records = await all<ServiceRecord>(client, path, GRAPH_PERMISSIONS.domains);
      const host = records.find(({ mailExchange }) => mailExchange)?.mailExchange;
      if (host === undefined) {
        throw new Error(
          `Graph lists no MX record for ${domain}: give the domain the Exchange service in the admin centre first`,
        );
      }
      return host.toLowerCase();
    },
    async subscriptions() {
      const skus = await all<Sku>(client, "/subscribedSkus", GRAPH_PERMISSIONS.subscriptions);
      return skus.map(({ skuPartNumber, capabilityStatus, servicePlans }) => ({
        skuPartNumber,
        capabilityStatus,
        servicePlans: servicePlans.map(({ servicePlanName }) => servicePlanName),
      }));
    },
  };
}

interface Domain {
  readonly id: string;
  readonly isVerified: boolean;
}
interface ServiceRecord {
  readonly mailExchange?: string;
}
interface Sku {
  readonly skuPartNumber: string;
  readonly capabilityStatus: string;
  readonly servicePlans: readonly { readonly servicePlanName: string }[];
}
interface Page<T> {
  readonly value: readonly T[];
  readonly "@odata.nextLink"?: string;
}

/** No single answer is waited for longer, in milliseconds: nothing else ends a call of a provider. */
const LONGEST_CALL = 60_000;

async function all<T>(client: Client, path: string, permission: string): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let next: string | undefined = path;
  try {
    while (next !== undefined && !seen.has(next)) {
      seen.add(next);
      const signal = AbortSignal.timeout(LONGEST_CALL);
      const page = (await client.api(next).option("signal", signal).get()) as Page<T>;
      items.push(...page.value);
      next = page["@odata.nextLink"];
    }
  } catch (cause) {
    throw explained(cause, path, permission);
  }
  return items;
}

function explained(cause: unknown, path: string, permission: string): unknown {
  if (!(cause instanceof GraphError)) return cause;
  const words = cause.message || `HTTP ${cause.statusCode}`;
  const mend =
    cause.statusCode === 403
      ? `; grant the app ${permission} (Microsoft Graph, application permission) with admin consent`
      : "";
  return new Error(`Graph GET ${path}: ${words}${mend}`, { cause });
}
