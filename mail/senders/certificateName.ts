import { isIP } from "node:net";
import type { Problem } from "../problem.ts";
import { canonicalDomain, domainProblem, isWithin } from "./domain.ts";

const FIX =
  'name the subject of the certificate that the server presents, e.g. "relay.contoso.com"';

/** A certificate name without the wildcard: `*.contoso.com` -> `contoso.com`. */
export function certificateDomain(name: string): string {
  return canonicalDomain(name.startsWith("*.") ? name.slice(2) : name);
}

/**
 * Says what is wrong with the name of a client certificate: a domain name or `*.domain`.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (TlsSenderCertificateName)
 */
export function certificateNameProblem(key: string, value: string): Problem | undefined {
  if (isIP(value)) {
    return { key, value, rule: "is an address, but certificates are matched by name", fix: FIX };
  }
  const domain = domainProblem(key, certificateDomain(value));
  return domain && { key, value, rule: "is not a certificate's name", fix: FIX };
}

/**
 * Says that Exchange would not attribute this certificate to the tenant, as its name is in none of the
 * accepted domains: the relay would answer `550 5.7.64 TenantAttribution; Relay Access Denied`.
 *
 * @param acceptedDomains the tenant's verified domains
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-to-route-mail
 */
export function certificateNotAccepted(
  key: string,
  value: string,
  acceptedDomains: readonly string[],
): Problem | undefined {
  if (acceptedDomains.some((domain) => isWithin(certificateDomain(value), domain)))
    return undefined;
  return {
    key,
    value,
    rule: `is in none of the tenant's accepted domains (${acceptedDomains.join(", ")})`,
    fix: "present a certificate for a name in one of them, or add and verify its domain in Microsoft 365 first",
  };
}
