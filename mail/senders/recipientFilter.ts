import { canonicalMailbox } from "./mailbox.ts";

/**
 * The filter of a management scope that holds one mailbox.
 *
 * @see https://learn.microsoft.com/powershell/exchange/recipientfilter-properties
 */
export function mailboxFilter(address: string): string {
  return `PrimarySmtpAddress -eq '${canonicalMailbox(address).replaceAll("'", "''")}'`;
}

/**
 * A filter in the one way to write it, as Exchange rewrites filters: without parentheses around it, with single quotes,
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
