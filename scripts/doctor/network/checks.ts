import type { Check } from "../check.ts";
import { certificate } from "./certificate.ts";
import { ports } from "./ports.ts";
import { records } from "./records.ts";
import { zone } from "./zone.ts";

/** How the stack's mail and records look from outside. */
export const NETWORK_CHECKS: readonly Check[] = [zone, records, ports, certificate];
