import type { Check } from "../check.ts";

export const EXCHANGE_CHECKS: readonly Check[] = [];
