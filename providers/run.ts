import { openTenants } from "./exchange/tenants.ts";
import { openZones } from "./zone/zones.ts";

/** What all kinds of one run of the engine share: each tenant and zone is connected and looked over once. */
export const tenants = openTenants();
export const zones = openZones();
