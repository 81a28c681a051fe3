import { distance as editDistance } from "fastest-levenshtein";
import { CLOUDS } from "../../clouds.ts";
import { canonicalDomain } from "../../senders/domain.ts";

/** The hosts of Exchange Online's SPF records, one or more clouds each. */
const HOSTS = [...new Set(Object.values(CLOUDS).map(({ spfInclude }) => spfInclude))];

/** How many letters may be wrong: `outlook.de` for `outlook.com` are three, a missing `spf.` four. */
const TOLERANCE = 4;

/**
 * The host of Exchange Online's SPF record that a name is or was meant to be: misspelt, under a top-level domain that
 * Microsoft gave up, or with the zone's name behind it.
 *
 * @returns undefined for any other name
 */
export function exchangeHostNear(name: string): string | undefined {
  const domain = canonicalDomain(name);
  const near = (host: string): boolean =>
    domain.startsWith(`${host}.`) ||
    domain.endsWith(`.${host}`) ||
    editDistance(domain.slice(0, host.length + TOLERANCE + 1), host) <= TOLERANCE;
  return HOSTS.includes(domain) ? domain : HOSTS.find(near);
}
