import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { dashProblem, describeCharacter } from "../characters.ts";
import type { Problem } from "../problem.ts";
import { LIMITS } from "./limits.ts";

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** The canonical form of a domain: lower case, no dot at the end. */
export function canonicalDomain(value: string): string {
  return value.trim().toLowerCase().replace(/\.$/, "");
}

/**
 * Says what is wrong with a domain name (letters, digits and hyphens; at least two labels).
 *
 * @see RFC 1035 section 2.3.1 and RFC 5890 section 2.3.1
 */
export function domainProblem(key: string, value: string): Problem | undefined {
  const fix = 'write the domain alone, e.g. "contoso.com"';
  const dash = dashProblem(key, value);
  if (dash !== undefined) return dash;
  const [odd] = /[^\p{ASCII}]/u.exec(value) ?? [];
  if (odd !== undefined) {
    const ascii = domainToASCII(value);
    return {
      key,
      value,
      rule: `has characters that are not ASCII (${describeCharacter(odd)})`,
      fix: domainProblem(key, ascii) === undefined ? `write its ASCII form, "${ascii}"` : fix,
    };
  }
  const labels = canonicalDomain(value).split(".");
  const wellFormed =
    labels.length >= 2 && labels.every((label) => LABEL.test(label)) && value.length <= 253;
  if (!wellFormed || /^\d+$/.test(labels.at(-1) ?? "")) {
    return { key, value, rule: "is not a domain name", fix };
  }
  return undefined;
}

/** Where Microsoft puts the domains that every tenant begins with, in all of its clouds. */
const TENANT_SUFFIXES = ["onmicrosoft.com", "onmicrosoft.us", "onmicrosoft.de", "onmschina.cn"];

/** Whether a domain is one that Microsoft gave the tenant, so that nobody can send from it as from one of their own. */
export const isMicrosofts = (domain: string): boolean =>
  TENANT_SUFFIXES.some((suffix) => isWithin(domain, suffix));

/**
 * Says what is wrong with a domain to send from: it has to be the organisation's own.
 */
export function sendingDomainProblem(key: string, value: string): Problem | undefined {
  const malformed = domainProblem(key, value);
  if (malformed !== undefined) return malformed;
  if (!isMicrosofts(value)) return undefined;
  return {
    key,
    value,
    rule: `is Microsoft's own domain, in whose zone nobody else can publish records, and from which a tenant sends to ${LIMITS.externalRecipientsPerDayOfOnMicrosoft.value} external recipients a day (550 5.7.236)`,
    fix: "use a domain of your own that is verified in the tenant",
  };
}

/** Whether `domain` is `parent` or stands below it. */
export function isWithin(domain: string, parent: string): boolean {
  const [child, above] = [canonicalDomain(domain), canonicalDomain(parent)];
  return child === above || child.endsWith(`.${above}`);
}

/** Says that the tenant has not verified a domain, so that it may neither send from it nor read its MX. */
export function domainNotAccepted(
  key: string,
  value: string,
  acceptedDomains: readonly string[],
): Problem | undefined {
  if (acceptedDomains.includes(canonicalDomain(value))) return undefined;
  return {
    key,
    value,
    rule: `is not an accepted domain of the tenant ${listOfOwn(acceptedDomains)}`,
    fix: `add and verify it in Microsoft 365${acceptedDomains.every(isMicrosofts) ? "" : ", or use one of these"}`,
  };
}

/** The accepted domains that somebody can send from, in brackets. */
function listOfOwn(acceptedDomains: readonly string[]): string {
  const own = acceptedDomains.filter((domain) => !isMicrosofts(domain));
  return `(${own.join(", ") || "it has no domain but Microsoft's own"})`;
}

const FIX =
  'use the subject or alternative name of the certificate that the server presents, e.g. "relay.contoso.com"';

/** A certificate name without the wildcard: `*.contoso.com` -> `contoso.com`. */
function certificateDomain(name: string): string {
  return canonicalDomain(name.startsWith("*.") ? name.slice(2) : name);
}

/**
 * Says what is wrong with the name of a client certificate: a domain name or `*.domain`.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (TlsSenderCertificateName)
 */
export function certificateNameProblem(key: string, value: string): Problem | undefined {
  if (isIP(value)) {
    return { key, value, rule: "is an IP address, but certificates are matched by name", fix: FIX };
  }
  if (domainProblem(key, certificateDomain(value)) === undefined) return undefined;
  const problem = { key, value, rule: "is not a certificate name", fix: FIX };
  const name = nameInside(value);
  if (name !== undefined) return { ...problem, fix: `write the name alone: "${name}"` };
  const wildcard = value.indexOf("*");
  if (wildcard < 0) return problem;
  const rule = "has a wildcard, which Exchange takes only as the whole first label (*.contoso.com)";
  return { ...problem, rule };
}

/**
 * The name in what certificate tools print around it: `CN=relay.contoso.com, O=Contoso`, Exchange's `<I>…<S>CN=…`,
 * openssl's `DNS:relay.contoso.com`, a URL, a port.
 */
function nameInside(value: string): string | undefined {
  const [, subject = value] = /<S>(.*)$/i.exec(value) ?? [];
  const [, common = subject] = /(?:^|[=,/;+\s])CN\s*=\s*"?([^,/;+"\s]+)/i.exec(subject) ?? [];
  const name = common
    .trim()
    .replace(/^(dns:\s*|[a-z]+:\/\/)/i, "")
    .replace(/(:\d+)?\/?$/, "");
  const isName = name !== value && domainProblem("", certificateDomain(name)) === undefined;
  return isName ? name : undefined;
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
    rule: `is in none of the tenant's accepted domains ${listOfOwn(acceptedDomains)}`,
    fix: `${acceptedDomains.every(isMicrosofts) ? "" : "use a certificate for a name in one of them, or "}add and verify its domain in Microsoft 365 first`,
  };
}
