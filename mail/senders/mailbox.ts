import { domainToASCII } from "node:url";
import { dashProblem } from "../characters.ts";
import { number } from "../numberText.ts";
import type { Problem } from "../problem.ts";
import { canonicalDomain, domainProblem } from "./domain.ts";
import { LIMITS } from "./limits.ts";

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** The canonical form of an address, or of `*@domain`: Exchange takes all of it in any letter case. */
export const canonicalMailbox = canonicalDomain;

/** The domain of an address, or of `*@domain`, in canonical form. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);

/** Whether a `from` entry stands for all addresses of a domain. */
export const isWildcard = (from: string): boolean => from.startsWith("*@");

/**
 * Says what is wrong with an address a sender sends from: `invoices@contoso.com`, or `*@contoso.com`
 * for all of a domain's addresses.
 *
 * @param fix what to do where it is no address at all
 * @see RFC 5321 section 4.1.2 (Mailbox, without quoted strings; local part up to 64 octets)
 */
export function fromAddressProblem(
  key: string,
  value: string,
  fix = 'use an address such as "invoices@contoso.com", or "*@contoso.com" for every address of the domain',
): Problem | undefined {
  const at = value.lastIndexOf("@");
  const local = value.slice(0, Math.max(at, 0));
  const fine = local === "*" || (LOCAL_PART.test(local) && !local.includes("*"));
  if (at < 1 || !fine || local.length > 64)
    return { key, value, rule: "is not an email address", fix };
  const domain = value.slice(at + 1);
  const dash = dashProblem(key, domain);
  if (dash !== undefined) return { ...dash, value };
  if (domainProblem(key, domain) === undefined) return undefined;
  const ascii = domainToASCII(domain);
  const isName = ascii !== domain && domainProblem(key, ascii) === undefined;
  return {
    key,
    value,
    rule: "is not an email address, because its domain is not a domain name",
    fix: isName ? `write the domain in its ASCII form, "${local}@${ascii}"` : fix,
  };
}

const LONGEST_DISPLAY_NAME = 256;

/** Says what is wrong with the address of one mailbox. */
export function mailboxAddressProblem(key: string, value: string): Problem | undefined {
  const fix = 'use the address of one mailbox, such as "erp@contoso.com"';
  const rule = "is not the address of a mailbox";
  if (isWildcard(value)) return { key, value, rule, fix };
  const problem = fromAddressProblem(key, value, fix);
  return problem && { ...problem, rule };
}

/**
 * Says that a display name is empty or too long.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox (DisplayName)
 */
export function displayNameProblem(key: string, value: string): Problem | undefined {
  const fix = `use 1 to ${LONGEST_DISPLAY_NAME} characters`;
  if (value.trim() === "") return { key, value, rule: "is empty", fix };
  if (value.length <= LONGEST_DISPLAY_NAME) return undefined;
  const rule = `has ${value.length} characters, but a display name can have at most ${LONGEST_DISPLAY_NAME}`;
  return { key, value, rule, fix };
}

/**
 * Says that a number of recipients is none that Exchange limits to. It takes 0 too, for the service's own limit, which
 * would be no limit of ours.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-hostedoutboundspamfilterpolicy
 *   (RecipientLimitPerDay)
 */
export function recipientLimitProblem(key: string, value: number): Problem | undefined {
  const most = LIMITS.recipientsPerDay.value;
  if (Number.isInteger(value) && value >= 1 && value <= most) return undefined;
  const fix = `use a whole number from 1 to ${number(most)}`;
  return { key, value, rule: "is not a valid recipient limit", fix };
}

/**
 * The filter of a management scope that holds one mailbox. Microsoft's page recommends EmailAddresses in place of
 * PrimarySmtpAddress, because a filter by the latter finds aliases too: no address belongs to two mailboxes.
 *
 * @see https://learn.microsoft.com/powershell/exchange/recipientfilter-properties
 */
export function mailboxFilter(address: string): string {
  return `PrimarySmtpAddress -eq '${canonicalMailbox(address).replaceAll("'", "''")}'`;
}

/**
 * The canonical form of a filter, as Exchange rewrites filters: without parentheses around it, with single quotes,
 * the address in lower case. One of another form comes back as it is.
 */
export function canonicalFilter(filter: string): string {
  const bare = unwrapped(filter.trim());
  const [, single, double] =
    /^PrimarySmtpAddress\s+-eq\s+(?:'((?:[^']|'')*)'|"([^"]*)")$/i.exec(bare) ?? [];
  const address = single?.replaceAll("''", "'") ?? double;
  return address === undefined ? filter : mailboxFilter(address);
}

/** `((x))` -> `x`. What is left of `(x) -or (y)` is no comparison, so it does not matter. */
function unwrapped(filter: string): string {
  if (!filter.startsWith("(") || !filter.endsWith(")")) return filter;
  return unwrapped(filter.slice(1, -1).trim());
}

/**
 * Says that an address to send as is an alias, which Exchange replaces by the primary address.
 *
 * @param primary the primary address of the recipient that has it
 * @param listed every address that the sender sends from
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig (SendFromAliasEnabled)
 */
export function sendAsAliasProblem(
  key: string,
  address: string,
  primary: string,
  listed: readonly string[],
): Problem | undefined {
  if (primary === "" || primary === address) return undefined;
  const canList = domainOf(primary) === domainOf(address) && !listed.includes(primary);
  return {
    key,
    value: address,
    rule: `is an alias of ${primary}, which Exchange sends as instead`,
    fix: `${canList ? `list ${primary} in its place, or ` : ""}remove the address`,
  };
}
