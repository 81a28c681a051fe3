import { acceptedDomain } from "./exchange/acceptedDomain.ts";
import { hosted } from "./exchange/host.ts";
import { inboundConnector } from "./exchange/inboundConnector.ts";
import { openTenants } from "./exchange/tenants.ts";

/**
 * State names this file and `handler`: it is never moved or renamed, so that objects made by any release can
 * still be refreshed and deleted. Everything behind it may change.
 */
const KINDS = { AcceptedDomain: acceptedDomain, InboundConnector: inboundConnector } as const;

/** The kinds of resource that this provider has. A name in here stays for as long as a state may hold it. */
export type KindName = keyof typeof KINDS;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: KindName) {
  return hosted(KINDS[kind](tenants));
}

const tenants = openTenants();
