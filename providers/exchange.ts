import { acceptedDomain } from "./exchange/acceptedDomain.ts";
import { dkimSigning } from "./exchange/dkimSigning.ts";
import { dkimSigningConfig } from "./exchange/dkimSigningConfig.ts";
import { inboundConnector } from "./exchange/inboundConnector.ts";
import { hosted } from "./host/hosted.ts";
import { patience, tenants, zones } from "./run.ts";

/**
 * State names this file and `handler`: it is never moved or renamed, so that objects made by any release can
 * still be refreshed and deleted. Everything behind it may change.
 */
const KINDS = {
  AcceptedDomain: () => acceptedDomain(tenants),
  DkimSigning: () => dkimSigning(tenants, zones, patience),
  DkimSigningConfig: () => dkimSigningConfig(tenants, patience),
  InboundConnector: () => inboundConnector(tenants),
} as const;

/** The kinds of resource that this provider has. A name in here stays for as long as a state may hold it. */
export type KindName = keyof typeof KINDS;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: KindName) {
  return hosted(KINDS[kind]());
}
