import { alignment, arc, dkim, dmarc, spf } from "./authenticationVerdicts.ts";
import type { Field } from "./fields.ts";
import { attribution, hops, placement, pool, tls } from "./pathVerdicts.ts";
import { type Expected, type Judgement, readingOf } from "./reading.ts";

/** What is judged of a message. */
export const CHECKS = [
  ...(["spf", "dkim", "dmarc", "alignment", "arc"] as const),
  ...(["tls", "attribution", "hops", "pool", "placement"] as const),
];
export type Check = (typeof CHECKS)[number];

export type Verdict = { readonly check: Check } & Judgement;

/** The verdict of one message of a sender. */
export function verdictsOf(fields: readonly Field[], expected: Expected): Verdict[] {
  const reading = readingOf(fields, expected.receiver);
  const checks = { spf, dkim, dmarc, alignment, arc, tls, attribution, hops, pool, placement };
  return CHECKS.map((check) => ({ check, ...checks[check](reading, expected) }));
}
