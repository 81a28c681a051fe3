import type { Problem } from "../../problem.ts";
import { readTags, type TagFault } from "../tagList.ts";
import { besideProblem, passedOverProblem, type VersionedRecord } from "../version.ts";
import { isDmarc, parseDmarc, validValue } from "./record.ts";

/** How a DMARC record is known, and a text that is meant to be one: by a policy, or by an address for reports. */
export const DMARC_VERSION: VersionedRecord = {
  name: "DMARC",
  version: "v=DMARC1",
  reader: "receivers",
  separator: ";",
  isRecord: isDmarc,
  isContent: (text) =>
    readTags(text).some((tag) => {
      const { value } = tag;
      const name = tag.name.toLowerCase();
      if (["p", "sp", "np"].includes(name)) return validValue({ ...tag, name }) !== undefined;
      if (name === "v") return /^dmarc1$/i.test(value);
      return ["rua", "ruf"].includes(name) && value.includes("@");
    }),
  isFine: (text) => isDmarc(text) && dmarcProblems("", [text]).length === 0,
};

/**
 * Says why receivers find no DMARC policy at a domain: two records, no policy, tags twice, and, where there is no
 * record, one that is meant as DMARC but does not begin as receivers want it.
 *
 * @param key where it stands, e.g. `DMARC of contoso.com`
 * @param records the texts of the TXT records at `_dmarc`; those that mean something else are passed over
 * @see RFC 9989 section 4.10 (policy discovery)
 */
export function dmarcProblems(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isDmarc);
  if (found.length > 1) {
    const rule = `are ${found.length} DMARC records at one name, so receivers use none of them`;
    return [{ key, value: found, rule, fix: "remove all but one" }];
  }
  if (found.length > 0) return faultsOf(key, found, "error");
  return records.flatMap((text) => passedOverProblem(key, text, DMARC_VERSION) ?? []);
}

/**
 * What receivers pass over in a domain's DMARC record, and records beside it that they pass over as a whole.
 *
 * @param key where it stands, e.g. `DMARC of contoso.com`
 * @param records the texts of the TXT records at `_dmarc`
 */
export function dmarcWarnings(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isDmarc);
  if (found.length === 0) return [];
  return [
    ...faultsOf(key, found, "warning"),
    ...records.flatMap((text) => besideProblem(key, text, DMARC_VERSION) ?? []),
  ];
}

function faultsOf(
  key: string,
  records: readonly string[],
  wanted: TagFault["severity"],
): Problem[] {
  return records
    .flatMap((text) => parseDmarc(text).problems)
    .filter(({ severity }) => severity === wanted)
    .map(({ text, rule, fix }) => ({ key, value: text, rule, fix }));
}
