import { type Connection, connect, type Tenant } from "../../tenant/connection.ts";
import { exchange, type Invoke } from "../../tenant/exchange.ts";
import { type Graph, graph, type Subscription } from "../../tenant/graph.ts";

/** What a check needs to know of a tenant, read once per run. */
export interface TenantFacts {
  readonly acceptedDomains: readonly string[];
  readonly subscriptions: readonly Subscription[];
  /** The tenant's inbound connectors, as Exchange gives them. */
  readonly connectors: readonly Readonly<Record<string, unknown>>[];
}

/** The tenants that one run of the engine works on, each connected once. */
export interface Tenants {
  invoke(tenant: Tenant): Promise<Invoke>;
  graph(tenant: Tenant): Promise<Graph>;
  facts(tenant: Tenant): Promise<TenantFacts>;
}

/** Nothing is asked of a tenant, and no credential looked for, before one of the functions is called. */
export function openTenants(): Tenants {
  const connections = new Map<string, Promise<Connection>>();
  const facts = new Map<string, Promise<TenantFacts>>();
  const connection = (tenant: Tenant) => once(connections, tenant.tenantId, () => connect(tenant));
  const tenants: Tenants = {
    invoke: async (tenant) => exchange(await connection(tenant)),
    graph: async (tenant) => graph(await connection(tenant)),
    facts: (tenant) => once(facts, tenant.tenantId, () => readFacts(tenants, tenant)),
  };
  return tenants;
}

async function readFacts(tenants: Tenants, tenant: Tenant): Promise<TenantFacts> {
  const directory = await tenants.graph(tenant);
  const invoke = await tenants.invoke(tenant);
  const [acceptedDomains, subscriptions, { value: connectors }] = await Promise.all([
    directory.acceptedDomains(),
    directory.subscriptions(),
    invoke("Get-InboundConnector", {}),
  ]);
  return { acceptedDomains, subscriptions, connectors };
}

function once<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const there = kept.get(key);
  if (there !== undefined) return there;
  const made = make();
  kept.set(key, made);
  return made;
}
