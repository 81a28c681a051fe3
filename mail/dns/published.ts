import { canonicalDomain } from "../senders/domain.ts";
import { isSameKey } from "./dkim/key.ts";
import { isDmarc, isSameDmarc } from "./dmarc/record.ts";
import type { NeededRecord } from "./records.ts";
import { isSpf } from "./spf/parse.ts";
import { isTlsRecord, saysTlsRecord } from "./tlsRecords.ts";

type Purpose = NeededRecord["purpose"];

/** Of the records at a name those that mean what one for a purpose means. */
export function recordsFor(purpose: Purpose, found: readonly string[]): readonly string[] {
  switch (purpose) {
    case "spf":
      return found.filter(isSpf);
    case "dmarc":
    case "reports":
      return found.filter(isDmarc);
    case "mta-sts":
    case "tls-rpt":
      return found.filter((text) => isTlsRecord(purpose, text));
    default:
      return found;
  }
}

/**
 * Whether what is published says what is needed, in whatever form: order, spaces and letter case where they mean
 * nothing, defaults that are spelled out, records of another kind at the same name.
 *
 * @param content what is needed; of SPF the text as `planSpf` merges it, which keeps equal terms as they are
 * @param found the records of its type at its name: texts of TXT records, hosts of others
 */
export function isPublished(purpose: Purpose, content: string, found: readonly string[]): boolean {
  const [record, second] = recordsFor(purpose, found);
  // Any DMARC record lets a host take reports (RFC 9990 section 4).
  if (purpose === "reports") return record !== undefined;
  if (record === undefined || second !== undefined) return false;
  switch (purpose) {
    case "spf":
      return record === content;
    case "dmarc":
      return isSameDmarc(record, content);
    case "mta-sts":
    case "tls-rpt":
      return saysTlsRecord(purpose, content, record);
    case "service-dkim":
      return isSameKey(record, content) ?? canonicalDomain(record) === canonicalDomain(content);
    default:
      return canonicalDomain(record) === canonicalDomain(content);
  }
}
