import type { World } from "../../world/world.ts";
import { compareAddresses, isReserved, parseRange } from "../addressRange.ts";
import { refusal } from "../cmdletError.ts";
import { findAcceptedDomain, nameOfAcceptedDomain } from "./acceptedDomain.ts";

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(${LABEL}\\.)+(?!\\d+$)${LABEL}$`);

/** Whether a text in lower case is a domain, or `*.` and a domain. */
function isDomainOrWildcard(text: string): boolean {
  const domain = text.replace(/^\*\./, "");
  return domain.length <= 253 && DOMAIN.test(domain);
}

/**
 * The texts in the order of `compare`: Exchange does not keep the order of the call.
 *
 * @throws CmdletError for a text that occurs twice
 */
function asSet(texts: string[], compare: (a: string, b: string) => number): string[] {
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw refusal("exchange.duplicate-value", { value: twice });
  return texts.toSorted(compare);
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * The canonical form of SenderIPAddresses: `/32` dropped, sorted.
 *
 * @throws CmdletError for anything but public IPv4 addresses and ranges from /24 to /32
 */
export function canonicalAddresses(addresses: string[]): string[] {
  const canonical = addresses.map((given) => {
    const range = parseRange(given.trim());
    if (!range || range.prefix < 24) {
      throw refusal("exchange.bad-sender-address", { address: given });
    }
    if (isReserved(range.address)) {
      throw refusal("exchange.private-sender-address", { address: given });
    }
    return range.prefix === 32 ? range.address : `${range.address}/${range.prefix}`;
  });
  return asSet(canonical, compareAddresses);
}

/**
 * The canonical form of SenderDomains: `smtp:<domain>;<cost>`, lower case, sorted.
 *
 * @throws CmdletError for what is neither `*` nor a domain nor `*.` and a domain
 */
export function canonicalSenderDomains(domains: string[]): string[] {
  const canonical = domains.map((given) => {
    const match = /^(?:smtp:)?([^;:]+)(?:;(\d{1,3}))?$/.exec(given.trim().toLowerCase());
    const space = match?.[1] ?? "";
    const valid = space === "*" || isDomainOrWildcard(space);
    if (!valid) throw refusal("exchange.bad-sender-domain", { domain: given });
    return `smtp:${space};${Number(match?.[2] ?? 1)}`;
  });
  return asSet(canonical, byText);
}

/**
 * The domains of AssociatedAcceptedDomains, sorted. The server product keeps them as references to accepted domains.
 *
 * @throws CmdletError for what is no accepted domain by domain, name or GUID
 */
export function canonicalDomains(texts: string[], world: World): string[] {
  const domains = texts.map((text) => {
    const found = findAcceptedDomain(text, world);
    if (!found) {
      const domain = text.trim().toLowerCase();
      throw refusal("exchange.accepted-domain-not-found", { domain });
    }
    return found.name;
  });
  return asSet(domains, byText);
}

/** The domains as Get-InboundConnector shows them in this tenant. */
export function shownDomains(domains: string[], { tenant, settings }: World): string[] {
  if (settings.associatedDomainsShown === "domain") return domains;
  const path = `${tenant.initialDomain}/Configuration/Transport Settings/Accepted Domains/`;
  const before = settings.associatedDomainsShown === "path" ? path : "";
  return domains.map((domain) => {
    const found = tenant.acceptedDomains.find(({ name }) => name === domain);
    return `${before}${found ? nameOfAcceptedDomain(found) : domain}`;
  });
}

/**
 * The canonical form of TlsSenderCertificateName: lower case; null is none.
 *
 * @throws CmdletError for what is neither a domain nor `*.` and a domain
 */
export function canonicalCertificateName(name: string | null): string | null {
  if (name === null) return null;
  const wanted = name.toLowerCase();
  if (!isDomainOrWildcard(wanted)) throw refusal("exchange.bad-certificate-name", { name });
  return wanted;
}
