import Table from "cli-table3";
import { type Provenance, provenance } from "../src/reply.ts";

/** How much of a reply no source confirms. */
const SHARES = ["all", "in part", "nothing"] as const;

/**
 * Prints every reply the lab can give with where its words come from, what is assumed first: for people as a
 * table, or as JSON.
 *
 * @returns the exit code
 */
export function listProvenance({ json }: { json: boolean }): number {
  const replies = provenance().toSorted((a, b) => rank(a) - rank(b));
  if (json) {
    process.stdout.write(`${JSON.stringify(replies, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(`${tableOf(replies)}\n${countsOf(replies)}\n`);
  return 0;
}

const rank = (reply: Provenance): number => SHARES.indexOf(shareOf(reply));

function shareOf({ source }: Provenance): (typeof SHARES)[number] {
  if (!("assumed" in source)) return "nothing";
  return Object.keys(source).length === 1 ? "all" : "in part";
}

/** Widths of the table's borders and of the blanks beside them. */
const BORDERS = 4;

function tableOf(replies: readonly Provenance[]): string {
  const longest = Math.max(...replies.map(({ reply }) => reply.length)) + 2;
  const columns = process.stdout.columns ?? 140;
  const wide = Math.max(30, Math.floor((columns - longest - BORDERS) / 2));
  const table = new Table({
    head: ["reply", "assumed", "source"],
    colWidths: [longest, wide, wide],
    wordWrap: true,
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
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
