import { CmdletError } from "../failure.ts";
import { compareAddresses, isReserved, parseRange } from "./addresses.ts";
import {
  badAddress,
  badCertificateName,
  badSenderDomain,
  duplicateValue,
  privateAddress,
} from "./failures.ts";

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(${LABEL}\\.)+(?!\\d+$)${LABEL}$`);

/** Whether a text in lower case is a domain, or `*.` and a domain. */
function isDomainOrWildcard(text: string): boolean {
  const domain = text.replace(/^\*\./, "");
  return domain.length <= 253 && DOMAIN.test(domain);
}

/**
 * The texts in the order of `compare`: Exchange does not keep the order it was given.
 *
 * @throws CmdletError when one of them stands there twice
 */
function asSet(texts: string[], compare: (a: string, b: string) => number): string[] {
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw new CmdletError(duplicateValue(twice));
  return texts.toSorted(compare);
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * SenderIPAddresses as Exchange keeps them: `/32` dropped, sorted.
 *
 * @throws CmdletError for anything but public IPv4 addresses and ranges from /24 to /32
 */
export function keepAddresses(addresses: string[]): string[] {
  const kept = addresses.map((given) => {
    const range = parseRange(given.trim());
    if (!range || range.prefix < 24) throw new CmdletError(badAddress(given));
    if (isReserved(range.address)) throw new CmdletError(privateAddress(given));
    return range.prefix === 32 ? range.address : `${range.address}/${range.prefix}`;
  });
  return asSet(kept, compareAddresses);
}

/**
 * SenderDomains as Exchange keeps them: `smtp:<domain>;<cost>`, lower case, sorted.
 *
 * @throws CmdletError for what is neither `*` nor a domain nor `*.` and a domain
 */
export function keepSenderDomains(domains: string[]): string[] {
  const kept = domains.map((given) => {
    const match = /^(?:smtp:)?([^;:]+)(?:;(\d{1,3}))?$/.exec(given.trim().toLowerCase());
    const space = match?.[1] ?? "";
    const valid = space === "*" || isDomainOrWildcard(space);
    if (!valid) throw new CmdletError(badSenderDomain(given));
    return `smtp:${space};${Number(match?.[2] ?? 1)}`;
  });
  return asSet(kept, byText);
}

/** Domains as Exchange keeps them: lower case, sorted. */
export function keepDomains(domains: string[]): string[] {
  return asSet(
    domains.map((domain) => domain.trim().toLowerCase()),
    byText,
  );
}

/**
 * TlsSenderCertificateName as Exchange keeps it; null is none.
 *
 * @throws CmdletError for what is neither a domain nor `*.` and a domain
 */
export function keepCertificateName(name: string | null): string | null {
  if (name === null) return null;
  const wanted = name.toLowerCase();
  if (!isDomainOrWildcard(wanted)) throw new CmdletError(badCertificateName(name));
  return wanted;
}
