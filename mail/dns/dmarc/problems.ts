import type { Problem } from "../../problem.ts";
import { isDmarc, parseDmarc } from "./record.ts";

/**
 * Says why receivers find no DMARC policy at a domain: two records, no policy, tags twice.
 *
 * @param key where it stands, e.g. `DMARC of contoso.com`
 * @param records the texts of the TXT records at `_dmarc`; those that are not DMARC are passed over
 * @see RFC 9989 section 4.10 (policy discovery)
 */
export function dmarcProblems(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isDmarc);
  if (found.length > 1) {
    const rule = `are ${found.length} DMARC records at one name, so receivers take none of them`;
    return [{ key, value: found, rule, fix: "remove all but one" }];
  }
  return found
    .flatMap((text) => parseDmarc(text).problems)
    .filter(({ severity }) => severity === "error")
    .map(({ text, rule, fix }) => ({ key, value: text, rule, fix }));
}
