import type { Problem } from "../../problem.ts";
import { canonicalDomain } from "../../senders/domain.ts";
import type { Answer } from "../record.ts";

/**
 * The name at which a selector's key stands: `selector1._domainkey.contoso.com`.
 *
 * @see RFC 6376 section 3.6.2.1
 */
export function selectorName(selector: string, domain: string): string {
  return `${selector}._domainkey.${canonicalDomain(domain)}`;
}

/** What a CNAME has to be, and what is there. */
export interface CnameState {
  /** The target that Exchange assigned. */
  readonly expected: string;
  readonly found: Answer;
  /** Whether Cloudflare answers with addresses of its own in its place. */
  readonly proxied?: boolean;
}

/**
 * Says why Exchange does not find its key by a CNAME: none there, another target, or hidden by a proxy.
 *
 * @param key the CNAME's name
 * @see https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure
 */
export function cnameProblem(
  key: string,
  { expected, found, proxied = false }: CnameState,
): Problem | undefined {
  const target = canonicalDomain(expected);
  const fix = `publish a CNAME to ${target}`;
  if (proxied) {
    const rule = "is proxied by Cloudflare, so it answers with addresses instead of its CNAME";
    return { key, value: target, rule, fix: "set it to DNS only" };
  }
  if (found.status === "failed") {
    const rule = `could not be looked up (${found.why})`;
    return { key, value: undefined, rule, fix: "try again, and check the zone's name servers" };
  }
  if (found.status !== "found") {
    return { key, value: undefined, rule: "has no CNAME record", fix };
  }
  const targets = found.records.map(canonicalDomain);
  const other = targets.find((name) => name !== target);
  return other === undefined
    ? undefined
    : { key, value: other, rule: "is not the target that Exchange assigned", fix };
}
