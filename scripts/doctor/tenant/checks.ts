import type { Check } from "../check.ts";
import { credential } from "./credential.ts";
import { rights } from "./rights.ts";

/** Who we are, what we may, and what the tenant lets anybody do. */
export const TENANT_CHECKS: readonly Check[] = [credential, rights];
