import { type Problem, sentence } from "../../problem.ts";
import { canonicalDomain } from "../../senders/domain.ts";
import type { Answer, Resolve } from "../record.ts";

/**
 * The name at which a selector's key stands: `selector1._domainkey.contoso.com`.
 *
 * @see RFC 6376 section 3.6.2.1
 */
export function selectorName(selector: string, domain: string): string {
  return `${selector}._domainkey.${canonicalDomain(domain)}`;
}

/** What a CNAME has to be, and what is there. */
export interface CnameState {
  /** The target that Exchange assigned. */
  readonly expected: string;
  readonly found: Answer;
  /** Whether Cloudflare answers with addresses of its own in its place. */
  readonly proxied?: boolean;
}

/**
 * Says why Exchange does not find its key by a CNAME: none there, another target, or hidden by a proxy.
 *
 * @param key the CNAME's name
 * @see https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure
 */
export function cnameProblem(
  key: string,
  { expected, found, proxied = false }: CnameState,
): Problem | undefined {
  const target = canonicalDomain(expected);
  const fix = `publish a CNAME to ${target}`;
  if (proxied) {
    const rule = "is proxied by Cloudflare, so it answers with addresses instead of its CNAME";
    return { key, value: target, rule, fix: "set it to DNS only" };
  }
  if (found.status === "failed") {
    const rule = `could not be looked up (${found.why})`;
    return { key, value: undefined, rule, fix: "try again, and check the zone's name servers" };
  }
  if (found.status !== "found") {
    return { key, value: undefined, rule: "has no CNAME record", fix };
  }
  const targets = found.records.map(canonicalDomain);
  const other = targets.find((name) => name !== target);
  return other === undefined
    ? undefined
    : { key, value: other, rule: "is not the target that Exchange assigned", fix };
}

/**
 * What is wrong with a domain's two CNAMEs in DNS, a sentence for each, joined; empty when nothing is.
 *
 * @returns `missing` for those that DNS does not return, `unasked` for those that could not be looked up
 */
export async function missingCnames(
  { domain, selector1CNAME, selector2CNAME }: SelectorTargets,
  resolve: Resolve,
): Promise<{ readonly missing: string; readonly unasked: string }> {
  const cnames = await Promise.all([
    lookUpCname(selectorName("selector1", domain), selector1CNAME, resolve),
    lookUpCname(selectorName("selector2", domain), selector2CNAME, resolve),
  ]);
  const sentencesOf = (failed: boolean): string =>
    cnames
      .filter(({ found }) => (found.status === "failed") === failed)
      .flatMap(({ problem }) => (problem === undefined ? [] : [sentence(problem)]))
      .join("; ");
  return { missing: sentencesOf(false), unasked: sentencesOf(true) };
}

/** A domain, and the targets that Exchange assigned to its CNAMEs. */
export interface SelectorTargets {
  readonly domain: string;
  readonly selector1CNAME: string;
  readonly selector2CNAME: string;
}

/** Cloudflare hides a CNAME in two ways: a proxied one answers with addresses, a flattened one not at all. */
async function lookUpCname(
  name: string,
  expected: string,
  resolve: Resolve,
): Promise<{ readonly found: Answer; readonly problem: Problem | undefined }> {
  const found = await resolve(name, "CNAME");
  if (found.status !== "nodata") return { found, problem: cnameProblem(name, { expected, found }) };
  const proxied = (await resolve(name, "A")).status === "found";
  if (proxied) return { found, problem: cnameProblem(name, { expected, found, proxied }) };
  const rule = "exists, but not as a CNAME record";
  const fix = `publish a CNAME to ${expected} that is not flattened`;
  return { found, problem: { key: name, value: undefined, rule, fix } };
}
