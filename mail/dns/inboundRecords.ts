import { formatMtaSts } from "./mtaSts.ts";
import type { SendingDomain } from "./sendingDomain.ts";
import { formatTlsRpt } from "./tlsRpt.ts";

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
