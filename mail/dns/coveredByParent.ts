import { isWithin } from "../senders/domain.ts";
import type { SendingDomain } from "./sendingDomain.ts";

/**
 * Whether a domain without wishes of its own for DMARC stands below another one of the stack, whose record then covers
 * it (RFC 9989 section 4.10): a record of its own would weaken that.
 *
 * @param domains all of the stack
 */
export function coveredByParent(
  { name, dmarc }: SendingDomain,
  domains: readonly SendingDomain[],
): boolean {
  const { policy, subdomainPolicy, rua } = dmarc;
  if (policy !== undefined || subdomainPolicy !== undefined || rua.length > 0) return false;
  return domains.some((other) => other.name !== name && isWithin(name, other.name));
}
