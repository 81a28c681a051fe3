import Table from "cli-table3";
import { type Provenance, provenance } from "../src/reply.ts";
import { type Belief, readBeliefs } from "./unproven.ts";

/** How much of a reply no source confirms. */
const SHARES = ["all", "in part", "nothing"] as const;

/**
 * Prints what is believed without proof, and every reply the lab can give with where its words come from, what is
 * assumed first: for people as tables, or as JSON.
 *
 * @returns the exit code
 */
export function listProvenance({ json }: { json: boolean }): number {
  const replies = provenance().toSorted((a, b) => rank(a) - rank(b));
  const beliefs = readBeliefs();
  if (json) {
    process.stdout.write(`${JSON.stringify({ beliefs, replies }, null, 2)}\n`);
    return 0;
  }
  const settled = "docs/reference/unproven.md says by which command each is settled";
  process.stdout.write(
    `${beliefTable(beliefs)}\n${beliefs.length} beliefs without proof: ${settled}\n\n` +
      `${replyTable(replies)}\n${countsOf(replies)}\n`,
  );
  return 0;
}

const rank = (reply: Provenance): number => SHARES.indexOf(shareOf(reply));

function shareOf({ source }: Provenance): (typeof SHARES)[number] {
  if (!("assumed" in source)) return "nothing";
  return Object.keys(source).length === 1 ? "all" : "in part";
}

/** Widths of the table's borders and of the blanks beside them. */
const BORDERS = 4;

/**
 * A table of three columns.
 *
 * @param first width of the first column; the others share the rest
 */
function tableOf(head: [string, string, string], first: number): Table.Table {
  const columns = process.stdout.columns ?? 140;
  const wide = Math.max(30, Math.floor((columns - first - BORDERS) / 2));
  return new Table({
    head,
    colWidths: [first, wide, wide],
    wordWrap: true,
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
}

function beliefTable(beliefs: readonly Belief[]): string {
  const table = tableOf(["topic", "believed", "confirmed by"], 20);
  for (const { topic, belief, confirmed } of beliefs) table.push([topic, belief, confirmed]);
  return table.toString();
}

function replyTable(replies: readonly Provenance[]): string {
  const longest = Math.max(...replies.map(({ reply }) => reply.length)) + 2;
  const table = tableOf(["reply", "assumed", "source"], longest);
  for (const { reply, source } of replies) {
    const { assumed = "", ...rest } = source as { assumed?: string };
    const [from] = Object.entries(rest).map(([kind, where]) => `${kind}: ${where}`);
    table.push([reply, assumed, from ?? ""]);
  }
  return table.toString();
}

function countsOf(replies: readonly Provenance[]): string {
  const count = (share: string): number =>
    replies.filter((reply) => shareOf(reply) === share).length;
  return `${replies.length} replies: ${count("all")} assumed, ${count("in part")} assumed in part, ${count("nothing")} from a source alone`;
}
