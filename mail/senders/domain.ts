import { domainToASCII } from "node:url";
import type { Problem } from "../problem.ts";

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** The one way to write a domain: lower case, no dot at the end. */
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
  if (/[^\p{ASCII}]/u.test(value)) {
    const ascii = domainToASCII(value);
    return {
      key,
      value,
      rule: "has letters that DNS does not",
      fix: ascii === "" ? fix : `write its ASCII form, "${ascii}"`,
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
    rule: `is not an accepted domain of the tenant (${acceptedDomains.join(", ")})`,
    fix: "add it in Microsoft 365 and verify it, or name one that is there",
  };
}
