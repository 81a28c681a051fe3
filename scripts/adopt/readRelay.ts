import pMap from "p-map";
import type { FoundConnector, FoundDomain, FoundRelay } from "../../mail/adopt/found.ts";
import { missingCnames } from "../../mail/dns/dkim/selector.ts";
import { dmarcName } from "../../mail/dns/dmarc/plan.ts";
import { type DnsRecord, type Resolve, zoneOf } from "../../mail/dns/record.ts";
import { quoteTxt } from "../../mail/dns/txt.ts";
import { ownerOf, recordOwner } from "../../mail/ownership.ts";
import { NO_KEYS, toDkimConfig } from "../../providers/exchange/dkim.ts";
import { fromExchange, toTenantConnector } from "../../providers/exchange/inboundConnectorForm.ts";
import type { Tenants } from "../../providers/host/tenants.ts";
import type { ZoneAccess } from "../../providers/host/zones.ts";
import type { Tenant } from "../../tenant/connection.ts";
import { readAccounts } from "./readAccounts.ts";
import { readApps } from "./readApps.ts";

/** Domains looked up at a time. */
const AT_ONCE = { concurrency: 8 };

export interface RelayReader {
  readonly tenants: Tenants;
  readonly zones: ZoneAccess;
  readonly tenant: Tenant;
  /** `project/stack` */
  readonly owner: string;
  /** Whether a token for Cloudflare is there. */
  readonly hasToken: boolean;
  readonly onProgress: (line: string) => void;
}

/**
 * Reads everything of a tenant and its zones that makes up a relay. It writes nothing.
 *
 * @throws Error where the connectors, the domains or the zones can't be read; what is unreadable of the apps is in `others`
 */
export async function readRelay(reader: RelayReader): Promise<FoundRelay> {
  const { tenants, tenant, owner, onProgress } = reader;
  onProgress("reading connectors, domains and DKIM");
  const facts = await tenants.facts(tenant);
  const invoke = await tenants.invoke(tenant);
  const { value: accepted } = await invoke("Get-AcceptedDomain", {});
  const connectors = facts.connectors.map((object): FoundConnector => {
    return { ...toTenantConnector(object), ...fromExchange(object, accepted) };
  });
  onProgress("reading apps and mailboxes");
  const graph = await tenants.graph(tenant);
  const apps = await readApps({ invoke, graph, owner, onProgress });
  // No other cloud has such accounts.
  const accounts = tenant.environment === "global" ? await readAccounts(invoke, owner) : [];
  onProgress("reading DNS");
  const dkimConfigs = await tenants.lists(tenant).dkimConfigs.all();
  const domains = await readDomains(reader, facts.acceptedDomains, dkimConfigs);
  const { acceptedDomains, subscriptions } = facts;
  const others = [...apps.others, ...accounts];
  return { acceptedDomains, subscriptions, connectors, domains, ...apps, others };
}

async function readDomains(
  { zones, hasToken }: RelayReader,
  names: readonly string[],
  configs: readonly Readonly<Record<string, unknown>>[],
): Promise<FoundDomain[]> {
  const known = hasToken ? await (await zones.zones()).active() : [];
  const configOf = new Map(configs.map(toDkimConfig).map((config) => [config.domain, config]));
  return pMap(
    names,
    async (name) => {
      const zone = zoneOf(name, known);
      const records =
        zone === undefined ? await publicRecords(name, zones.resolve) : await zones.facts(zone.id);
      const config = configOf.get(name);
      const asked =
        config && (await missingCnames(config, await zones.zoneResolve(zone?.name ?? name)));
      const hasKeys =
        config !== undefined && config.status !== NO_KEYS && config.selector1CNAME !== "";
      const dkim = config && { enabled: config.enabled, hasKeys, missing: asked?.missing ?? "" };
      return {
        name,
        zone,
        records,
        dkim,
        owners: ownersOf(name, config?.adminDisplayName, records),
      };
    },
    AT_ONCE,
  );
}

/** The TXT records that decide on SPF and DMARC, as far as public DNS shows them. */
async function publicRecords(domain: string, resolve: Resolve): Promise<DnsRecord[]> {
  const found = await Promise.all(
    [domain, dmarcName(domain)].map(async (name) => {
      const answer = await resolve(name, "TXT");
      const texts = answer.status === "found" ? answer.records : [];
      return texts.map((text) => ({ name, type: "TXT", content: quoteTxt(text) }));
    }),
  );
  return found.flat();
}

/** The stacks that the marks of a domain's DKIM configuration and records name. */
function ownersOf(domain: string, adminDisplayName = "", records: readonly DnsRecord[]): string[] {
  const own = records.filter(({ name }) => name === domain || name === dmarcName(domain));
  return [ownerOf(adminDisplayName), ...own.map(({ comment }) => recordOwner(comment))].filter(
    (owner) => owner !== undefined,
  );
}
