import type { Check } from "../check.ts";
import { credential } from "./credential.ts";
import { domains } from "./domains.ts";
import { hydration } from "./hydration.ts";
import { licenses } from "./licenses.ts";
import { relaying } from "./relaying.ts";
import { rights } from "./rights.ts";

/** Who we are, what we may, and what the tenant lets anybody do. */
export const TENANT_CHECKS: readonly Check[] = [
  credential,
  rights,
  domains,
  relaying,
  hydration,
  licenses,
];
