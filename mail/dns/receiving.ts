import { CLOUDS } from "../clouds.ts";
import type { Problem } from "../problem.ts";
import { canonicalDomain } from "../senders/domain.ts";
import { reportUri } from "./dmarc/reports.ts";
import type { RecordType } from "./record.ts";

/** Types of record at a domain that let its mail be answered (RFC 5321 section 5.1; a CNAME leads to one of the others). */
export const REPLY_TYPES = ["MX", "A", "AAAA", "CNAME"] as const satisfies readonly RecordType[];

/**
 * Whether mail from a domain can be answered: Exchange sends the mail of one that can't through its high-risk pool.
 *
 * @param records at the domain's name
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-high-risk-delivery-pool-about
 */
export const takesReplies = (records: readonly { readonly type: string }[]): boolean =>
  records.some((record) => REPLY_TYPES.some((type) => type === record.type));

/**
 * Warns of a null MX record: the domain takes no mail, and receivers may refuse mail from it (RFC 7505 section 4.2).
 *
 * @param mxHosts the domain's MX records
 */
export function nullMxWarning(domain: string, mxHosts: readonly string[]): Problem | undefined {
  if (!mxHosts.some((host) => canonicalDomain(host) === "")) return undefined;
  return {
    key: `MX of ${domain}`,
    value: ".",
    rule: "says that the domain takes no mail, so receivers refuse mail from it with 550 5.7.27 (RFC 7505 section 4.2)",
    fix: "point the MX record to a host that takes replies, or send from another domain",
  };
}

/** A policy's id (RFC 8461 section 3.1). */
export const MTA_STS_ID = /^[A-Za-z0-9]{1,32}$/;

/** Says that a policy's id has other characters than letters and digits, or too many. */
export function mtaStsIdProblem(key: string, value: string): Problem | undefined {
  if (MTA_STS_ID.test(value)) return undefined;
  const fix = 'use 1 to 32 letters and digits, e.g. "20261123"';
  return { key, value, rule: "is not a valid id of an MTA-STS policy", fix };
}

/**
 * The TXT record at `_mta-sts`, by which senders see that the policy has changed.
 *
 * @param id of the policy; another one for each change
 * @see RFC 8461 section 3.1
 */
export function formatMtaSts(id: string): string {
  return `v=STSv1; id=${id};`;
}

const EXCHANGE_SUFFIXES = Object.values(CLOUDS).flatMap(({ mxSuffixes }) => mxSuffixes);

/**
 * Says that a domain receives mail elsewhere than with Exchange, so that a policy with Exchange's servers would stop
 * its mail. A domain's host may have its old name or its new one: what comes before the first dot is the same.
 *
 * @param mxHosts the domain's MX records
 * @param tenantMxHost the server that Graph's serviceConfigurationRecords name for the domain
 * @param key where the records stand, for the message
 */
export function mxIsExchange(
  mxHosts: readonly string[],
  tenantMxHost: string,
  key = "MX",
): Problem | undefined {
  const fix = `point the MX record to ${canonicalDomain(tenantMxHost)} alone, or remove mtaSts and tlsRpt from the domain`;
  if (mxHosts.length === 0) return { key, value: undefined, rule: "has no record", fix };
  const value = mxHosts.find((host) => !isServerOf(canonicalDomain(host), tenantMxHost));
  if (value === undefined) return undefined;
  return { key, value, rule: "is not the tenant's Exchange Online host", fix };
}

function isServerOf(host: string, tenantMxHost: string): boolean {
  const tenants = canonicalDomain(tenantMxHost);
  if (host === tenants) return true;
  const sameLabel = host.split(".", 1)[0] === tenants.split(".", 1)[0];
  return sameLabel && EXCHANGE_SUFFIXES.some((suffix) => host.endsWith(suffix));
}

/**
 * The TXT record at `_smtp._tls`, which says where reports of failed TLS go.
 *
 * @param rua addresses, or `https:` URIs
 * @see RFC 8460 section 3
 */
export function formatTlsRpt(rua: readonly string[]): string {
  return `v=TLSRPTv1; rua=${rua.map(reportUri).join(",")}`;
}
