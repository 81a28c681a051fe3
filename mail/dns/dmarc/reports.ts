import { canonicalDomain, isWithin } from "../../senders/domain.ts";
import type { Tag } from "../tagList.ts";
import { readReportUris, reportHost } from "./reportUri.ts";

/** A TXT record by which somebody agrees to take another domain's reports. */
export interface ReportAuthorization {
  readonly name: string;
  readonly text: string;
}

/**
 * The records without which reports to other organisations are not sent. They stand in the zones of those who
 * receive the reports.
 *
 * @param domain whose DMARC record it is
 * @param tags of that record; those but `rua` and `ruf` are passed over
 * @param zones zones that the domain's owner has
 * @see RFC 9990 section 4 (verifying external destinations)
 */
export function reportAuthorizations(
  domain: string,
  tags: readonly Pick<Tag, "name" | "value">[],
  zones: readonly string[] = [],
): ReportAuthorization[] {
  const hosts = tags
    .filter(({ name }) => name === "rua" || name === "ruf")
    .flatMap(({ value }) => readReportUris(value).map(reportHost))
    .filter((host) => host !== undefined)
    .filter((host) => !isSameOrganization(domain, host, zones));
  return [...new Set(hosts)].map((host) => ({
    name: `${canonicalDomain(domain)}._report._dmarc.${host}`,
    text: "v=DMARC1",
  }));
}

/**
 * Whether two domains are surely one organisation's: one stands at or below the other, or both in one zone. Receivers
 * walk up the tree of DNS for this (RFC 9989 section 4.10); without asking DNS, neighbours such as `a.contoso.com`
 * and `b.contoso.com` are taken for two, as a record too many does no harm, and one too few loses reports.
 *
 * @param zones zones of which each is one organisation's
 */
export function isSameOrganization(
  one: string,
  other: string,
  zones: readonly string[] = [],
): boolean {
  if (isWithin(one, other) || isWithin(other, one)) return true;
  return zones.some((zone) => isWithin(one, zone) && isWithin(other, zone));
}
