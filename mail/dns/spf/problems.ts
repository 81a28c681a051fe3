import type { Problem } from "../../problem.ts";
import { besideProblem, passedOverProblem } from "../version.ts";
import { isAll, isNeutral, isSpf, parseSpf, SPF_VERSION } from "./parse.ts";
import type { SpfFault } from "./term.ts";
import { SPF_LIMITS, type SpfNode, type SpfTree, type SpfTrouble } from "./tree.ts";

/**
 * Says why receivers give up on a domain's SPF, or why it protects nobody: two records, terms that can't be read,
 * `+all`, and, where there is no record, one that is meant as SPF but does not begin as receivers want it.
 *
 * @param key where it stands, e.g. `SPF of contoso.com`
 * @param records the texts of the TXT records at the name; those that mean something else are passed over
 * @see RFC 7208 section 4.5 (selecting records) and section 4.6 (syntax errors)
 */
export function spfProblems(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isSpf);
  if (found.length === 0) {
    return records.flatMap((text) => passedOverProblem(key, text, SPF_VERSION) ?? []);
  }
  if (found.length > 1) return [twoRecords(key, found)];
  return found.flatMap((text) => {
    const errors = parseSpf(text).problems.filter(({ severity }) => severity === "error");
    const open = openToAllProblem(key, text);
    return [...errors.map((fault) => problemOf(key, fault)), ...(open === undefined ? [] : [open])];
  });
}

/**
 * What receivers take, but the owner should look at: `ptr`, `?all`, terms that are never reached, and a second record
 * that receivers pass over.
 */
export function spfWarnings(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isSpf);
  const warnings = found.flatMap((text) => [
    ...parseSpf(text)
      .problems.filter((fault) => fault.severity === "warning" && !isNeutral(fault))
      .map((fault) => problemOf(key, fault)),
    ...[neutralProblem(key, text)].filter((problem) => problem !== undefined),
  ]);
  if (found.length === 0) return [];
  return [...warnings, ...records.flatMap((text) => besideProblem(key, text, SPF_VERSION) ?? [])];
}

/** The problem of two records where one may be; it shows them all. */
function twoRecords(key: string, records: readonly string[]): Problem {
  return {
    key,
    value: records,
    rule: `are ${records.length} SPF records at one name, so receivers use none of them`,
    fix: "merge their terms into one record, and remove the others",
  };
}

function problemOf(key: string, { text, rule, fix }: SpfFault): Problem {
  return { key, value: text, rule, fix };
}

/** Says that a record passes mail from everywhere (`+all`). */
export function openToAllProblem(key: string, text: string): Problem | undefined {
  const first = parseSpf(text).terms.find(isAll);
  if (first?.qualifier !== "+") return undefined;
  const fix = 'write "~all", or "-all"';
  return { key, value: first.text, rule: "lets anyone send as this domain", fix };
}

/** Says that a record says nothing of mail from elsewhere: it has `?all`, or neither `all` nor `redirect=`. */
export function neutralProblem(key: string, text: string): Problem | undefined {
  const fault = parseSpf(text).problems.find(isNeutral);
  return fault && problemOf(key, fault);
}

/**
 * Says which limits a record breaks and who costs how much of them, and which of its terms lead to something broken.
 *
 * @param key where the record stands, e.g. `SPF of contoso.com`
 * @see RFC 7208 section 4.6.4
 */
export function treeProblems(key: string, tree: SpfTree): Problem[] {
  return [
    ...overLimit(key, tree, "lookups", "look-ups"),
    ...overLimit(key, tree, "voids", "look-ups with no answer, counted for mail over IPv4,"),
    ...troubles(key, tree.nodes, ["permerror"]),
  ];
}

/** What could not be judged: failed look-ups, and terms that depend on the message. */
export function treeWarnings(key: string, tree: SpfTree): Problem[] {
  return troubles(key, tree.nodes, ["temperror", "unknown"]);
}

/** The tree as lines for people: each term with the look-ups it costs, at the end the sums. */
export function printTree(tree: SpfTree): string[] {
  const { lookups, voids } = tree;
  return [
    tree.domain,
    ...tree.nodes.flatMap((node) => nodeLines(node, "  ")),
    `${lookups} of ${SPF_LIMITS.lookups} look-ups, ${voids} of ${SPF_LIMITS.voids} void (for mail over IPv4)`,
  ];
}

/** The tree that `printTree` wrote, without what stands below its terms; undefined of other lines. */
export function readTree(lines: readonly string[]): SpfTree | undefined {
  const [domain, ...below] = lines;
  const sums = /^(\d+) of \d+ look-ups, (\d+) of \d+ void/.exec(below.pop() ?? "");
  if (domain === undefined || sums === null) return undefined;
  const nodes = below.flatMap((line): SpfNode[] => {
    const [, term, lookups, voids = 0] = /^ {2}(\S+) {2}(\d+)(?: \((\d+) void\))?/.exec(line) ?? [];
    if (term === undefined) return [];
    return [{ term, lookups: Number(lookups), voids: Number(voids), nodes: [] }];
  });
  return { domain, lookups: Number(sums[1]), voids: Number(sums[2]), nodes };
}

function nodeLines({ term, lookups, voids, nodes, problem }: SpfNode, indent: string): string[] {
  const count = voids === 0 ? `${lookups}` : `${lookups} (${voids} void)`;
  const line = `${indent}${term}  ${count}${problem === undefined ? "" : `  ${problem.rule}`}`;
  return [line, ...nodes.flatMap((node) => nodeLines(node, `${indent}  `))];
}

function overLimit(
  key: string,
  tree: SpfTree,
  count: "lookups" | "voids",
  what: string,
): Problem[] {
  const [sum, limit] = [tree[count], SPF_LIMITS[count]];
  if (sum <= limit) return [];
  const payers = tree.nodes
    .filter((node) => node[count] > 0)
    .sort((one, other) => other[count] - one[count]);
  const who = payers.map((node) => `${node.term} ${node[count]}`).join(", ");
  return [
    {
      key,
      value: sum,
      rule: `${what} exceed the limit of ${limit}, after which receivers give up: ${who}`,
      fix: `remove what you do not need, first "${payers[0]?.term}"`,
    },
  ];
}

function troubles(
  key: string,
  nodes: readonly SpfNode[],
  kinds: readonly SpfTrouble["kind"][],
): Problem[] {
  return nodes.flatMap(({ term, problem, nodes: below }) => [
    ...(problem !== undefined && kinds.includes(problem.kind)
      ? [{ key, value: term, rule: problem.rule, fix: problem.fix }]
      : []),
    ...troubles(key, below, kinds),
  ]);
}
