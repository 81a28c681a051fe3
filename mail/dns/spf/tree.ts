import { canonicalDomain } from "../../senders/domain.ts";
import type { Answer, RecordType, Resolve } from "../record.ts";
import { exchangeHostNear } from "./exchangeHost.ts";
import { hasMacro } from "./macro.ts";
import { isAll, isRedirect, isSpf, parseSpf, termsOf } from "./parse.ts";
import { joinedTerms, type SpfTerm } from "./term.ts";

/**
 * What a receiver does at most before it gives up on a record: terms that make it ask DNS, questions without an answer,
 * and names that an `mx` term leads to.
 *
 * @see RFC 7208 section 4.6.4
 */
export const SPF_LIMITS = { lookups: 10, voids: 2, mx: 10 } as const;

/** What is wrong at a term that makes receivers ask DNS. */
export interface SpfTrouble {
  /** `permerror`: the record is broken there. `temperror`: nobody could say now. `unknown`: it depends on the message. */
  readonly kind: "permerror" | "temperror" | "unknown";
  readonly rule: string;
  readonly fix: string;
}

/** A term that makes receivers ask DNS, with what stands below it. */
export interface SpfNode {
  /** As written. */
  readonly term: string;
  /** The name that is asked for; undefined when the message decides that. */
  readonly target?: string;
  /** Look-ups that the term costs, with all that stands below it. */
  readonly lookups: number;
  /** Questions without an answer, with those below it. */
  readonly voids: number;
  readonly nodes: readonly SpfNode[];
  readonly problem?: SpfTrouble;
}

/** All that receivers look up for a domain's SPF record, when nothing matches before its end. */
export interface SpfTree {
  readonly domain: string;
  readonly lookups: number;
  readonly voids: number;
  readonly nodes: readonly SpfNode[];
}

/** Look-ups after which nothing more is followed: far beyond what receivers do, so that no record keeps us busy. */
const MOST_LOOKUPS = 100;

/** What one call remembers. */
interface Walk {
  readonly ask: Resolve;
  /** Look-ups so far. */
  spent: number;
}

type Found = Omit<SpfNode, "term">;

/**
 * Follows an SPF record as a receiver does for a message that nothing matches, sent over IPv4: every `include`, `a`,
 * `mx`, `ptr`, `exists` up to `all`, then `redirect=`. Each question is asked once.
 *
 * @param domain whose record it is
 * @param text the record's text, there already or still to be written
 * @see RFC 7208 section 4.6.4 (limits)
 */
export async function lookUpTree(domain: string, text: string, resolve: Resolve): Promise<SpfTree> {
  const walk: Walk = { ask: once(resolve), spent: 0 };
  const nodes = await follow(text, canonicalDomain(domain), [], walk);
  return { domain: canonicalDomain(domain), ...sums(nodes), nodes };
}

/** The least that a record costs receivers, without asking DNS: a look-up for each term that makes them ask. */
export function leastTree(domain: string, text: string): SpfTree {
  const nodes = asking(termsOf(text)).map(({ text: term }) => ({
    term,
    lookups: 1,
    voids: 0,
    nodes: [],
  }));
  return { domain, ...sums(nodes), nodes };
}

/** Asks each question once. */
function once(resolve: Resolve): Resolve {
  const answers = new Map<string, Promise<Answer>>();
  return (name, type) => {
    const question = `${type} ${name}`;
    const answer = answers.get(question) ?? resolve(name, type);
    answers.set(question, answer);
    return answer;
  };
}

async function follow(
  text: string,
  domain: string,
  above: readonly string[],
  walk: Walk,
): Promise<SpfNode[]> {
  const nodes: SpfNode[] = [];
  for (const term of asking(termsOf(text))) {
    walk.spent += 1;
    const found = await lookUp(term, domain, [...above, domain], walk);
    nodes.push({ term: term.text, ...found, lookups: 1 + found.lookups });
  }
  return nodes;
}

/** The terms that make a receiver ask: mechanisms before `all`, and `redirect=` where there is no `all`. */
function asking(terms: readonly SpfTerm[]): SpfTerm[] {
  const all = terms.findIndex(isAll);
  const reached = all < 0 ? terms : terms.slice(0, all);
  const names = ["include", "a", "mx", "ptr", "exists"];
  const mechanisms = reached.filter(
    ({ kind, name }) => kind === "mechanism" && names.includes(name),
  );
  return all < 0 ? [...mechanisms, ...terms.filter(isRedirect).slice(0, 1)] : mechanisms;
}

/** What a term leads to; its own look-up is not in the count yet. */
async function lookUp(
  { text, name, value = "" }: SpfTerm,
  domain: string,
  above: readonly string[],
  walk: Walk,
): Promise<Found> {
  if (hasMacro(value)) {
    const rule = "names a domain that depends on the message, so it can't be looked up";
    return trouble("unknown", rule, "count its look-ups by hand");
  }
  const target = canonicalDomain(value) || domain;
  const impossible = nameFault(target);
  if (impossible !== undefined) return impossibleName(name, target, impossible);
  if (name === "ptr") return { target, lookups: 0, voids: 0, nodes: [] };
  if (walk.spent > MOST_LOOKUPS) {
    const rule = `is not followed, as the record needs more than ${MOST_LOOKUPS} look-ups`;
    return { target, ...trouble("unknown", rule, "remove terms that cost many look-ups") };
  }
  if (name === "include" || name === "redirect") {
    const found = await recordAt(target, above, walk);
    const joined = joinedTerms(text);
    if (joined === undefined || found.problem === undefined) return { target, ...found };
    return { target, ...found, problem: { ...found.problem, fix: `write "${joined}"` } };
  }
  if (name === "mx") return { target, ...(await exchangesOf(target, walk)) };
  return { target, ...addressesIn(await walk.ask(target, "A"), "A", target) };
}

/** Says why no name can be like that: labels have 1 to 63 octets, a name 253 (RFC 1035 section 2.3.4). */
function nameFault(name: string): string | undefined {
  const labels = name.split(".");
  const long = labels.find((label) => label.length > LONGEST_LABEL);
  if (long !== undefined) return `a label of ${long.length} characters, ${LONGEST_LABEL} at most`;
  if (labels.includes("")) return "two dots in a row, or one at the beginning";
  return name.length > LONGEST_NAME
    ? `${name.length} characters, ${LONGEST_NAME} at most`
    : undefined;
}

const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;

/**
 * A term that names what can't be looked up. To `include` and `redirect` such a name is a domain without a record; what
 * others make of it is left open, most receivers take it for no match.
 *
 * @see RFC 7208 section 4.3 (malformed domain), section 5.2 and section 6.1
 */
function impossibleName(term: string, target: string, why: string): Found {
  const isRecord = term === "include" || term === "redirect";
  const rule = `names a domain that can't exist (${why})${isRecord ? "" : ", so it matches nothing"}`;
  const fix = "correct the name, or remove the term";
  return { target, ...trouble(isRecord ? "permerror" : "unknown", rule, fix) };
}

/** @see RFC 7208 section 5.2 (include) and section 6.1 (redirect) */
async function recordAt(target: string, above: readonly string[], walk: Walk): Promise<Found> {
  if (above.includes(target)) {
    const chain = [...above.slice(above.indexOf(target)), target].join(" -> ");
    return trouble("permerror", `includes itself (${chain})`, "remove it");
  }
  const answer = await walk.ask(target, "TXT");
  if (answer.status === "failed") return unanswered("TXT", target, answer.why);
  const records = answer.status === "found" ? answer.records : [];
  const [text, second] = records.filter(isSpf);
  if (text === undefined) {
    const voids = answer.status === "found" ? 0 : 1;
    const rule = `leads to ${target}, which has no SPF record`;
    const meant = exchangeHostNear(target);
    const fix =
      meant === undefined || meant === target
        ? "correct the name, or remove the term"
        : `write "${meant}" in its place`;
    return trouble("permerror", rule, fix, voids);
  }
  if (second !== undefined) {
    const rule = `leads to ${target}, which has more than one SPF record`;
    return trouble("permerror", rule, "report it to its owner, or remove the term");
  }
  const nodes = await follow(text, target, above, walk);
  const broken = parseSpf(text).problems.find(({ severity }) => severity === "error");
  const found = { ...sums(nodes), nodes };
  if (broken === undefined) return found;
  const rule = `leads to ${target}, whose record is broken ("${broken.text}" ${broken.rule})`;
  const problem = {
    kind: "permerror",
    rule,
    fix: "report it to its owner, or remove the term",
  } as const;
  return { ...found, problem };
}

/** @see RFC 7208 section 5.4 (mx) and section 4.6.4 (more than ten names are a permerror) */
async function exchangesOf(target: string, walk: Walk): Promise<Found> {
  const answer = await walk.ask(target, "MX");
  if (answer.status !== "found") return addressesIn(answer, "MX", target);
  const { mx } = SPF_LIMITS;
  const names = answer.records.slice(0, mx);
  const answers = await Promise.all(names.map((name) => walk.ask(name, "A")));
  const voids = answers.filter(isVoid).length;
  if (answer.records.length > mx) {
    const rule = `leads to ${answer.records.length} mail servers, but receivers look up ${mx} at most`;
    return trouble("permerror", rule, "name their addresses with ip4 and ip6 instead", voids);
  }
  const failed = answers.findIndex(({ status }) => status === "failed");
  const why = answers[failed];
  if (why?.status !== "failed") return { lookups: 0, voids, nodes: [] };
  return { ...unanswered("A", names[failed] ?? "", why.why), voids };
}

function addressesIn(answer: Answer, type: RecordType, target: string): Found {
  if (answer.status === "failed") return unanswered(type, target, answer.why);
  return { lookups: 0, voids: isVoid(answer) ? 1 : 0, nodes: [] };
}

function isVoid({ status }: Answer): boolean {
  return status === "nodata" || status === "nxdomain";
}

function unanswered(type: RecordType, name: string, why: string): Found {
  const rule = `could not be looked up (${type} of ${name}: ${why})`;
  return trouble("temperror", rule, "try again, and check the name servers of that domain");
}

function trouble(kind: SpfTrouble["kind"], rule: string, fix: string, voids = 0): Found {
  return { lookups: 0, voids, nodes: [], problem: { kind, rule, fix } };
}

function sums(nodes: readonly SpfNode[]): { lookups: number; voids: number } {
  const total = (count: "lookups" | "voids") => nodes.reduce((sum, node) => sum + node[count], 0);
  return { lookups: total("lookups"), voids: total("voids") };
}
