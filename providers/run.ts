import { openTenants } from "./exchange/tenants.ts";
import { openPatience } from "./host/patience.ts";
import { openZones } from "./zone/zones.ts";

/** What all kinds of one run of the engine share: each tenant and zone is connected and looked over once. */
export const tenants = openTenants();
export const zones = openZones();
/** What the kinds of a run wait for, they wait for at the same time. */
export const patience = openPatience();
