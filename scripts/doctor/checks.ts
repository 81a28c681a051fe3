import type { Check } from "./check.ts";
import { EXCHANGE_CHECKS } from "./exchange/checks.ts";
import { lastUp } from "./lastUp.ts";
import { NETWORK_CHECKS } from "./network/checks.ts";
import { TENANT_CHECKS } from "./tenant/checks.ts";

/** All checks, in the order in which they are told: a cause comes before what it does to others. */
export const CHECKS: readonly Check[] = [
  lastUp,
  ...TENANT_CHECKS,
  ...NETWORK_CHECKS,
  ...EXCHANGE_CHECKS,
];
