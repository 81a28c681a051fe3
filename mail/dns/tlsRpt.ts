import { reportUri } from "./dmarc/reportUri.ts";

/**
 * The TXT record at `_smtp._tls`, which says where reports of failed TLS go.
 *
 * @param rua addresses, or `https:` URIs
 * @see RFC 8460 section 3
 */
export function formatTlsRpt(rua: readonly string[]): string {
  return `v=TLSRPTv1; rua=${rua.map(reportUri).join(",")}`;
}
