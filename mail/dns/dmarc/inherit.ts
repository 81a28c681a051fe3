import type { Problem } from "../../problem.ts";
import type { Resolve } from "../record.ts";
import { readTags } from "../tagList.ts";
import { type DmarcPolicy, isDmarc, parseDmarc, validValue } from "./record.ts";
import { readReportUris, sameReportUri } from "./reports.ts";

/** The DMARC record that a domain without one of its own goes by. */
export interface Covering {
  /** Where it stands, e.g. `_dmarc.contoso.com`. */
  readonly name: string;
  readonly text: string;
}

/** What the stack's own record of a domain above says of one below. It may not be published yet. */
export interface PolicyAbove {
  readonly domain: string;
  readonly policy: DmarcPolicy;
  /** Whether the policy of subdomains in an existing record that the stack takes over stays. */
  readonly keepsSubdomainPolicy?: boolean;
}

/**
 * Finds the record that covers a domain without one of its own: that of its organizational domain, else that of the
 * public suffix above it.
 *
 * @param key where the domain's record stands, for the problem
 * @returns undefined where no record covers it; a problem where DNS did not answer
 * @see RFC 9989 section 4.10 (DNS tree walk, policy discovery)
 */
export async function coveringRecord(
  key: string,
  domain: string,
  resolve: Resolve,
): Promise<Covering | undefined | Problem> {
  let below: Covering | undefined;
  let highest: Covering | undefined;
  for (const parent of parentsOf(domain)) {
    const name = `_dmarc.${parent}`;
    const answer = await resolve(name, "TXT");
    if (answer.status === "failed") return lookUpProblem(key, name, answer.why);
    const texts = answer.status === "found" ? answer.records.filter(isDmarc) : [];
    const [text = ""] = texts.length === 1 ? texts : [];
    const record = text === "" ? undefined : { name, text };
    const { psd } = parseDmarc(text);
    if (psd === "n") return effective(record);
    if (psd === "y") return effective(below ?? record);
    below = record;
    highest = record ?? highest;
  }
  return effective(highest);
}

/** A record without a policy that receivers know is none to them (RFC 9989 section 4.10.1). */
const effective = (record: Covering | undefined): Covering | undefined =>
  record !== undefined && parseDmarc(record.text).policy !== undefined ? record : undefined;

/** The domains above one, nearest first; of very long names only the upper ones are asked (RFC 9989 section 4.10). */
function parentsOf(domain: string): string[] {
  const labels = domain.split(".");
  const above = labels.slice(1).map((_label, index) => labels.slice(index + 1).join("."));
  return above.slice(Math.max(0, above.length - MOST_PARENTS));
}

/** How many domains above the first one a receiver asks. */
const MOST_PARENTS = 7;

const lookUpProblem = (key: string, name: string, why: string): Problem => ({
  key,
  value: undefined,
  rule: `may be covered by the record of ${name}, which could not be looked up (${why})`,
  fix: "try again, and check the name servers of that domain",
});

/** Tags that say something of a domain below, beside its policy, and what each means when it is left out. */
const INHERITED: Readonly<Record<string, string>> = {
  np: "",
  adkim: "r",
  aspf: "r",
  t: "n",
  pct: "100",
  fo: "0",
  rua: "",
  ruf: "",
};

/**
 * What a record says of an existing domain below it, as tags of a record there: `sp`, if any, becomes `p`. Tags with
 * their default value are left out.
 */
export function tagsBelow(above: string): { readonly name: string; readonly value: string }[] {
  const { tags, subdomainPolicy: policy = "none" } = parseDmarc(above);
  const inherited = Object.entries(INHERITED).flatMap(([name, byDefault]) => {
    const tag = tags.find((there) => there.name === name);
    const value = tag && validValue(tag);
    const isDefault = value === (name === "np" ? policy : byDefault);
    return value === undefined || value === "" || isDefault ? [] : [{ name, value }];
  });
  return [{ name: "p", value: policy }, ...inherited];
}

/** Says that the reports of a domain go elsewhere than so far, as its own record is not the one above any more. */
export function reportsProblem(
  key: string,
  above: Covering,
  rua: readonly string[],
): Problem | undefined {
  const so = readTags(above.text).find(({ name }) => name.toLowerCase() === "rua")?.value ?? "";
  const lost = readReportUris(so).filter(
    ({ address, text }) =>
      address !== undefined && !rua.some((place) => sameReportUri(place, text)),
  );
  if (rua.length === 0 || lost.length === 0) return undefined;
  const value = lost.map(({ text }) => text).join(",");
  return {
    key,
    value,
    rule: `gets no reports of this domain any more, which the record of ${above.name} sends there now`,
    fix: "add it to rua in the domain's dmarc settings to keep them",
  };
}
