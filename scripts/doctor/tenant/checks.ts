import type { Check } from "../check.ts";
import { appPolicies } from "./appPolicies.ts";
import { clock } from "./clock.ts";
import { credential } from "./credential.ts";
import { domains } from "./domains.ts";
import { expiry } from "./expiry.ts";
import { hydration } from "./hydration.ts";
import { licenses } from "./licenses.ts";
import { relaying } from "./relaying.ts";
import { rights } from "./rights.ts";
import { signInPolicies } from "./signInPolicies.ts";

/** Who we are, what we may, and what the tenant lets anybody do. */
export const TENANT_CHECKS: readonly Check[] = [
  clock,
  credential,
  rights,
  domains,
  relaying,
  hydration,
  licenses,
  appPolicies,
  signInPolicies,
  expiry,
];
