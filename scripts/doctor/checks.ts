import type { Check } from "./check.ts";
import { EXCHANGE_CHECKS } from "./exchange/checks.ts";
import { NETWORK_CHECKS } from "./network/checks.ts";
import { TENANT_CHECKS } from "./tenant/checks.ts";

/** All checks, in the order in which they are told: what the later ones need comes first. */
export const CHECKS: readonly Check[] = [...TENANT_CHECKS, ...EXCHANGE_CHECKS, ...NETWORK_CHECKS];
