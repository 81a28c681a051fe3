import type { Problem } from "../../problem.ts";
import type { SpfNode, SpfTree, SpfTrouble } from "./tree.ts";

/**
 * Says which limits a record breaks and who costs how much of them, and which of its terms lead to something broken.
 *
 * @param key where the record stands, e.g. `SPF of contoso.com`
 * @see RFC 7208 section 4.6.4
 */
export function treeProblems(key: string, tree: SpfTree): Problem[] {
  return [
    ...overLimit(key, tree, "lookups", "look-ups"),
    ...overLimit(key, tree, "voids", "look-ups without an answer"),
    ...troubles(key, tree.nodes, ["permerror"]),
  ];
}

/** What could not be told: answers that were not to be had, and terms that depend on the message. */
export function treeWarnings(key: string, tree: SpfTree): Problem[] {
  return troubles(key, tree.nodes, ["temperror", "unknown"]);
}

/** The tree as lines for people: each term with the look-ups it costs, at the end the sums. */
export function printTree(tree: SpfTree): string[] {
  const { lookups, voids, limits } = tree;
  return [
    tree.domain,
    ...tree.nodes.flatMap((node) => nodeLines(node, "  ")),
    `${lookups} of ${limits.lookups} look-ups, ${voids} of ${limits.voids} void`,
  ];
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
  const [sum, limit] = [tree[count], tree.limits[count]];
  if (sum <= limit) return [];
  const payers = tree.nodes
    .filter((node) => node[count] > 0)
    .sort((one, other) => other[count] - one[count]);
  const who = payers.map((node) => `${node.term} ${node[count]}`).join(", ");
  return [
    {
      key,
      value: sum,
      rule: `${what} are more than the ${limit} after which receivers give up: ${who}`,
      fix: `take out what you do not need, first "${payers[0]?.term}"`,
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
