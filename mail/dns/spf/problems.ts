import type { Problem } from "../../problem.ts";
import { isAll, isSpf, parseSpf } from "./parse.ts";
import type { SpfFault, SpfTerm } from "./term.ts";

/**
 * Says why receivers give up on a domain's SPF, or why it protects nobody: two records, terms that can't be read,
 * and `+all`.
 *
 * @param key where it stands, e.g. `SPF of contoso.com`
 * @param records the texts of the TXT records at the name; those that are not SPF are passed over
 * @see RFC 7208 section 4.5 (one record) and section 4.6 (syntax errors)
 */
export function spfProblems(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isSpf);
  if (found.length > 1) return [twoRecords(key, found)];
  return found.flatMap((text) => {
    const { terms, problems } = parseSpf(text);
    const errors = problems.filter(({ severity }) => severity === "error");
    return [...errors.map((fault) => problemOf(key, fault)), ...openToAll(key, terms)];
  });
}

/** What receivers take, but the owner should look at: `ptr`, `?all`, terms that are never reached. */
export function spfWarnings(key: string, records: readonly string[]): Problem[] {
  return records.filter(isSpf).flatMap((text) =>
    parseSpf(text)
      .problems.filter(({ severity }) => severity === "warning")
      .map((fault) => problemOf(key, fault)),
  );
}

/** The problem of two records where one may be; it shows them all. */
export function twoRecords(key: string, records: readonly string[]): Problem {
  return {
    key,
    value: records,
    rule: `are ${records.length} SPF records at one name, so receivers take none of them`,
    fix: "put their terms into one record, and remove the others",
  };
}

function problemOf(key: string, { text, rule, fix }: SpfFault): Problem {
  return { key, value: text, rule, fix };
}

function openToAll(key: string, terms: readonly SpfTerm[]): Problem[] {
  const first = terms.find(isAll);
  if (first?.qualifier !== "+") return [];
  const fix = 'write "~all", or "-all"';
  return [{ key, value: first.text, rule: "lets anybody send as this domain", fix }];
}
