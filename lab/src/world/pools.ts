import type { Pool, World } from "./world.ts";

/** Where a pool's mail comes from. */
interface Origin {
  /** Public address. */
  address: string;
  /** Name in EHLO, and of the address in DNS. */
  host: string;
}

/** Where mail of a pool comes from. The relay pool's servers have names of their own; those of the high-risk pool tell nothing. */
export function originOf(pool: Pool, { addresses, pools, tenant }: World): Origin {
  const host = tenant.servers.outbound;
  if (pool === "normal") return { address: addresses.exchangeOutbound, host };
  if (pool === "highRisk") return { address: pools.highRisk, host };
  return { address: pools.relay, host: host.replace("-obe.", "-rly.") };
}

/** Whether an address is one of Exchange's, of whichever pool. */
export function isExchanges(address: string, { addresses, pools }: World): boolean {
  return [addresses.exchangeOutbound, ...Object.values(pools)].includes(address);
}
