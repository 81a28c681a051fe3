import type { Problem } from "../problem.ts";
import { DNS_GUARDRAILS } from "./dns.ts";
import type { GuardedResource, Guardrail } from "./guardrail.ts";
import { SENDER_GUARDRAILS } from "./senders.ts";
import { TENANT_GUARDRAILS } from "./tenant.ts";

export type { GuardedResource, Guardrail } from "./guardrail.ts";

/** What no change of a stack should do to its mail; `npm run review` and the policy pack ask the same. */
export const GUARDRAILS: readonly Guardrail[] = [
  ...SENDER_GUARDRAILS,
  ...DNS_GUARDRAILS,
  ...TENANT_GUARDRAILS,
];

/** A guardrail that a stack breaks, and how. */
export interface BrokenGuardrail {
  readonly guardrail: Guardrail;
  readonly problem: Problem;
}

/**
 * The guardrails that a stack would break, without those that nobody asked for.
 *
 * @param resources all that it would have, without what is about to be removed
 */
export function brokenGuardrails(
  resources: readonly GuardedResource[],
  now = new Date(),
): BrokenGuardrail[] {
  return GUARDRAILS.filter(({ isOptIn }) => !isOptIn).flatMap((guardrail) =>
    judge(guardrail, resources, now).map((problem) => ({ guardrail, problem })),
  );
}

/** What a guardrail says of a stack. */
export const judge = (
  { judgeResource, judgeStack }: Guardrail,
  resources: readonly GuardedResource[],
  now: Date,
): readonly Problem[] => [
  ...(judgeResource ? resources.flatMap((resource) => judgeResource(resource, now)) : []),
  ...(judgeStack?.(resources, now) ?? []),
];
