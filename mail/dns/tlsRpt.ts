import { readReportUris, reportUri } from "./dmarc/reportUri.ts";
import { readTags } from "./tagList.ts";

/**
 * The TXT record at `_smtp._tls`, which says where reports of failed TLS go.
 *
 * @param rua addresses, or `https:` URIs
 * @see RFC 8460 section 3
 */
export function formatTlsRpt(rua: readonly string[]): string {
  return `v=TLSRPTv1; rua=${rua.map(reportUri).join(",")}`;
}

/** Where the reports of a TLS-RPT record go; undefined when a text is none. */
export function parseTlsRpt(text: string): { readonly rua: readonly string[] } | undefined {
  const [version, ...tags] = readTags(text);
  if (version?.text !== "v=TLSRPTv1") return undefined;
  const rua = tags.find(({ name }) => name === "rua");
  const places = rua === undefined ? [] : readReportUris(rua.value);
  if (places.length === 0 || places.some(({ isUri }) => !isUri)) return undefined;
  return { rua: places.map((place) => place.text) };
}
