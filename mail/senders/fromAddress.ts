import type { Problem } from "../problem.ts";
import { canonicalDomain, domainProblem } from "./domain.ts";

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** The domain of a `from` entry, in canonical form; undefined when there is no `@`. */
export function domainOf(from: string): string | undefined {
  const at = from.lastIndexOf("@");
  return at < 0 ? undefined : canonicalDomain(from.slice(at + 1));
}

/** An address in its one writing: Exchange takes all of it in any letter case. */
export const canonicalFrom = (from: string): string => {
  const at = from.lastIndexOf("@");
  return `${from.slice(0, at).toLowerCase()}@${domainOf(from) ?? ""}`;
};

/** Whether a `from` entry stands for all addresses of a domain. */
export const isWildcard = (from: string): boolean => from.startsWith("*@");

/**
 * Says what is wrong with an address a sender sends from: `invoices@contoso.com`, or `*@contoso.com`
 * for all of a domain's addresses.
 *
 * @see RFC 5321 section 4.1.2 (Mailbox, without quoted strings; local part up to 64 octets)
 */
export function fromAddressProblem(key: string, value: string): Problem | undefined {
  const fix = 'write an address such as "invoices@contoso.com", or "*@contoso.com" for all of them';
  const at = value.lastIndexOf("@");
  const local = value.slice(0, Math.max(at, 0));
  const fine = local === "*" || (LOCAL_PART.test(local) && !local.includes("*"));
  if (at < 1 || !fine || local.length > 64) return { key, value, rule: "is not an address", fix };
  const domain = domainProblem(key, value.slice(at + 1));
  return (
    domain && { key, value, rule: "is not an address, as its domain is not one", fix: domain.fix }
  );
}
