import type { Problem } from "../../mail/problem.ts";
import { CONNECTOR_ROLES, DKIM_ROLES, FENCE_ROLES, type Needs } from "../../mail/rights/needs.ts";
import type { SubscribedSku } from "../../mail/senders/license.ts";
import type { Cloud } from "../../tenant/clouds.ts";
import type { Connection, Tenant } from "../../tenant/connection.ts";
import type { CmdletResult, Invoke } from "../../tenant/exchange.ts";
import type { Graph } from "../../tenant/graph.ts";
import { explainRefusals } from "./explainRefusals.ts";
import { isUnknown } from "./props.ts";
import { settled } from "./settled.ts";
import { openList, type SharedList } from "./sharedList.ts";
import { reportPause } from "./waiting.ts";

/** What a check needs to know of a tenant, read once per run. */
export interface TenantFacts {
  readonly acceptedDomains: readonly string[];
  readonly subscriptions: readonly SubscribedSku[];
  /** The tenant's inbound connectors, as Exchange gives them. */
  readonly connectors: CmdletResult["value"];
}

type ExchangeObject = CmdletResult["value"][number];

/** What is asked for all at once in a tenant, however many resources need it. */
export interface TenantLists {
  /** Names of the verified domains; see `Graph.acceptedDomains`. */
  readonly acceptedDomains: SharedList<string>;
  /** Inbound connectors as Exchange gives them, by name. */
  readonly connectors: SharedList<ExchangeObject>;
  /** DKIM configurations as Exchange gives them, by domain. */
  readonly dkimConfigs: SharedList<ExchangeObject>;
  /** Mail flow rules as Exchange gives them, by name. */
  readonly flowRules: SharedList<ExchangeObject>;
}

/** The tenants that one run of the engine works on, each connected once. */
export interface Tenants {
  invoke(tenant: Tenant): Promise<Invoke>;
  graph(tenant: Tenant): Promise<Graph>;
  facts(tenant: Tenant): Promise<TenantFacts>;
  lists(tenant: Tenant): TenantLists;
  /**
   * What the resources of the run claim in it, with who claims it: a right, a mailbox. Pulumi checks each
   * resource of the program before it deletes those that are gone.
   */
  claims(tenant: Tenant): Map<string, string>;
  /** The hosts that serve it. */
  cloud(tenant: Tenant): Promise<Cloud>;
}

const connectTenant = async (tenant: Tenant): Promise<Connection> =>
  (await import("../../tenant/connection.ts")).connect(tenant);

/**
 * Sends no request, reads no credential and loads no client library until one of the functions is called. An unchanged
 * preview calls none, and loading the libraries would be a fifth of its time.
 *
 * @param connect signs in to a tenant; called once for each
 * @param around stands between the kinds and a tenant's Exchange
 */
export function openTenants(
  connect = connectTenant,
  around: (invoke: Invoke) => Invoke = (invoke) => invoke,
): Tenants {
  const connections = new Map<string, Promise<Connection>>();
  const invokes = new Map<string, Promise<Invoke>>();
  const facts = new Map<string, Promise<TenantFacts>>();
  const lists = new Map<string, TenantLists>();
  const claims = new Map<string, Map<string, string>>();
  const connection = (tenant: Tenant) => once(connections, keyOf(tenant), () => connect(tenant));
  const tenants: Tenants = {
    // One for a tenant: it remembers at which host the tenant is served, and which parameters its cmdlets lack.
    invoke: (tenant) =>
      once(invokes, keyOf(tenant), async () => {
        const { exchange } = await import("../../tenant/exchange.ts");
        const { rememberUnknown } = await import("../../tenant/exchangeParameters.ts");
        return rememberUnknown(around(exchange(await connection(tenant), reportPause)));
      }),
    async graph(tenant) {
      const { graph } = await import("../../tenant/graph.ts");
      return graph(await connection(tenant));
    },
    cloud: async (tenant) => (await connection(tenant)).cloud,
    facts: (tenant) => once(facts, keyOf(tenant), () => readFacts(tenants, tenant)),
    lists: (tenant) => once(lists, keyOf(tenant), () => openLists(tenants, tenant)),
    claims: (tenant) => once(claims, keyOf(tenant), () => new Map()),
  };
  return tenants;
}

async function readFacts(tenants: Tenants, tenant: Tenant): Promise<TenantFacts> {
  const lists = tenants.lists(tenant);
  const directory = await tenants.graph(tenant);
  const [acceptedDomains, subscriptions, connectors] = await settled([
    lists.acceptedDomains.all(),
    directory.subscriptions(),
    lists.connectors.all(),
  ]);
  return { acceptedDomains, subscriptions, connectors };
}

function openLists(tenants: Tenants, tenant: Tenant): TenantLists {
  const listOf = (
    cmdlet: string,
    key: string,
    roles: Needs,
    parameters = {},
  ): SharedList<ExchangeObject> =>
    openList(
      async () => {
        const invoke = explainRefusals(await tenants.invoke(tenant), roles);
        return (await invoke(cmdlet, parameters)).value;
      },
      (object) => String(object[key]),
    );
  return {
    acceptedDomains: openList(
      async () => (await tenants.graph(tenant)).acceptedDomains(),
      (domain) => domain,
    ),
    // Without it a list ends after 1,000 objects; Get-DkimSigningConfig has no such parameter.
    connectors: listOf("Get-InboundConnector", "Name", CONNECTOR_ROLES, {
      ResultSize: "Unlimited",
    }),
    dkimConfigs: listOf("Get-DkimSigningConfig", "Domain", DKIM_ROLES),
    flowRules: listOf("Get-TransportRule", "Name", FENCE_ROLES, { ResultSize: "Unlimited" }),
  };
}

const keyOf = ({ environment, tenantId }: Tenant): string => `${environment} ${tenantId}`;

function once<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.set(key, value);
  return value;
}

/** Refuses another tenant for an existing resource: nothing in Exchange can move to one. */
export function otherTenant(
  olds: { readonly tenantId?: string },
  news: { readonly tenantId: string },
): Problem | undefined {
  if (olds.tenantId === undefined || isUnknown(news.tenantId)) return undefined;
  if (olds.tenantId.toLowerCase() === news.tenantId.toLowerCase()) return undefined;
  return {
    key: "tenantId",
    value: news.tenantId,
    rule: `is not the tenant that the stack was created in (${olds.tenantId})`,
    fix: "use a separate stack for each tenant",
  };
}
