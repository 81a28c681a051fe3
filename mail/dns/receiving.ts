import type { Problem } from "../problem.ts";
import { canonicalDomain } from "../senders/domain.ts";
import { reportUri } from "./dmarc/reports.ts";
import type { SendingDomain } from "./sendingDomain.ts";

/** A TXT record that protects mail which a domain receives. */
export interface InboundRecord {
  readonly protection: "mta-sts" | "tls-rpt";
  readonly name: string;
  readonly text: string;
}

/**
 * The records of MTA-STS and TLS reports that a domain asks for.
 *
 * @see RFC 8461 section 3.1 and RFC 8460 section 3
 */
export function inboundRecords({ name, mtaSts, tlsRpt }: SendingDomain): InboundRecord[] {
  const records: InboundRecord[] = [];
  if (mtaSts !== undefined) {
    const text = formatMtaSts(mtaSts.id);
    records.push({ protection: "mta-sts", name: `_mta-sts.${name}`, text });
  }
  if (tlsRpt !== undefined) {
    const text = formatTlsRpt(tlsRpt.rua);
    records.push({ protection: "tls-rpt", name: `_smtp._tls.${name}`, text });
  }
  return records;
}

/**
 * The TXT record at `_mta-sts`, by which senders see that the policy has changed.
 *
 * @param id up to 32 letters and digits, another one for each change
 * @see RFC 8461 section 3.1
 */
export function formatMtaSts(id: string): string {
  if (!isId(id)) throw new Error(`MTA-STS id "${id}" is not 1 to 32 letters and digits`);
  return `v=STSv1; id=${id};`;
}

function isId(id: string): boolean {
  return /^[A-Za-z0-9]{1,32}$/.test(id);
}

/** What the names of Exchange Online's mail servers end in. */
const EXCHANGE_SUFFIXES = [
  ".mail.protection.outlook.com",
  ".mail.protection.office365.us",
  ".mail.protection.partner.outlook.cn",
  ".mx.microsoft",
];

/**
 * Says that a domain receives mail elsewhere than with Exchange, so that a policy with Exchange's servers would stop
 * its mail. A domain's server may bear its old name and its new one: what comes before the first dot is the same.
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
  const fix = `let the MX record name ${canonicalDomain(tenantMxHost)} alone, or do without MTA-STS and TLS reports`;
  if (mxHosts.length === 0) return { key, value: undefined, rule: "has no record", fix };
  const value = mxHosts.find((host) => !isServerOf(canonicalDomain(host), tenantMxHost));
  if (value === undefined) return undefined;
  return { key, value, rule: "is not the tenant's server of Exchange Online", fix };
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
