import type { Problem } from "../problem.ts";
import { readReportUris, reportUri, sameReportUri } from "./dmarc/reports.ts";
import { MTA_STS_ID } from "./receiving.ts";
import { readTags, trimmed } from "./tagList.ts";
import { passedOverProblem, type VersionedRecord } from "./version.ts";

/** The TXT records by which a domain says how mail comes to it over TLS. */
export type TlsPurpose = "mta-sts" | "tls-rpt";

/**
 * How such a record is known. Letter case counts in the version and in the names of its fields.
 *
 * @see RFC 8461 section 3.1 and RFC 8460 section 3
 */
const VERSIONS: Readonly<Record<TlsPurpose, VersionedRecord>> = {
  "mta-sts": {
    name: "MTA-STS",
    version: "v=STSv1",
    reader: "senders",
    separator: ";",
    isRecord: (text) => /^v=STSv1[ \t]*(?:;|$)/.test(text),
    isContent: (text) => /^id$/i.test(readTags(text)[0]?.name ?? ""),
    isFine: (text) => faultOf("mta-sts", text) === undefined,
  },
  "tls-rpt": {
    name: "TLSRPT",
    version: "v=TLSRPTv1",
    reader: "senders",
    separator: ";",
    isRecord: (text) => /^v=TLSRPTv1[ \t]*(?:;|$)/.test(text),
    isContent: (text) =>
      readTags(text).some(({ name, value }) => /^rua$/i.test(name) && /[@:]/.test(value)),
    isFine: (text) => faultOf("tls-rpt", text) === undefined,
  },
};

/**
 * Says why senders find no MTA-STS policy, or nowhere to report to: two records, one that is meant as such and not, or
 * one without what it has to say.
 *
 * @param key where they stand, e.g. `_mta-sts.contoso.com`
 * @param texts of the TXT records at that name; those that mean something else are passed over
 */
export function tlsRecordProblems(
  purpose: TlsPurpose,
  key: string,
  texts: readonly string[],
): Problem[] {
  const kind = VERSIONS[purpose];
  const found = texts.filter(kind.isRecord);
  if (found.length === 0) return texts.flatMap((text) => passedOverProblem(key, text, kind) ?? []);
  if (found.length > 1) {
    const rule = `are ${found.length} ${kind.name} records at one name, so senders use none of them`;
    return [{ key, value: found, rule, fix: "remove all but one" }];
  }
  return found.flatMap((value) => {
    const fault = faultOf(purpose, value);
    return fault === undefined ? [] : [{ key, value, ...fault }];
  });
}

/** Whether senders take a TXT record's text for such a record. */
export const isTlsRecord = (purpose: TlsPurpose, text: string): boolean =>
  VERSIONS[purpose].isRecord(text);

/**
 * Whether a record says what another is to say, whatever their spaces, the order of their fields, and the letter case
 * of an address. More places for reports than are asked for do no harm.
 */
export function saysTlsRecord(purpose: TlsPurpose, wanted: string, text: string): boolean {
  if (purpose === "mta-sts") return fieldOf(text, "id") === fieldOf(wanted, "id");
  const places = (fieldOf(text, "rua") ?? "").split(",");
  return (fieldOf(wanted, "rua") ?? "")
    .split(",")
    .every((place) => places.some((other) => sameReportUri(other, place)));
}

/** The value of a record's field; names are case-sensitive. */
function fieldOf(text: string, name: string): string | undefined {
  return readTags(text).find((tag) => tag.name === name)?.value;
}

function faultOf(purpose: TlsPurpose, text: string): Pick<Problem, "rule" | "fix"> | undefined {
  return purpose === "mta-sts" ? stsFault(text) : rptFault(text);
}

function stsFault(text: string): Pick<Problem, "rule" | "fix"> | undefined {
  const id = fieldOf(text, "id");
  if (id !== undefined && MTA_STS_ID.test(id)) return undefined;
  const rule = id === undefined ? "has no id" : `has the id "${id}", which is not valid`;
  const fix = 'write id= with 1 to 32 letters and digits, e.g. "v=STSv1; id=20261123;"';
  return { rule: `${rule}, so senders see no MTA-STS policy`, fix };
}

function rptFault(text: string): Pick<Problem, "rule" | "fix"> | undefined {
  const rua = fieldOf(text, "rua");
  const places = rua === undefined ? [] : readReportUris(rua);
  const isPlace = (place: (typeof places)[number]): boolean =>
    place.address !== undefined || (place.isUri && /^https:\/\/[^/]/i.test(place.text));
  const wrong = places.find((place) => !isPlace(place));
  if (places.length > 0 && wrong === undefined) return undefined;
  const rule =
    wrong === undefined
      ? "has no rua"
      : `has "${wrong.text}" in rua, which is neither a mailto: nor an https: URI`;
  const address = trimmed(wrong?.text ?? "");
  const example = /^[^@\s:]+@[^@\s]+$/.test(address)
    ? reportUri(address)
    : "mailto:tls@contoso.com";
  return { rule: `${rule}, so senders report nowhere`, fix: `write e.g. "rua=${example}"` };
}
