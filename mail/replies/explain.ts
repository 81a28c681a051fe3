import { classOf, type Reply, type ReplyClass, readReply } from "./reply.ts";
import { fitOf, type Row } from "./row.ts";
import { ROWS } from "./rows/rows.ts";

/** What is known of a reply. */
export interface Explanation extends ReplyClass {
  readonly reply: Reply;
  /** Undefined where nothing is known but the class. */
  readonly row: Row | undefined;
}

/** `530 5.7.57 … Error: 535 5.7.139 …`: the refusal that the client did not heed. */
const REASON = /\bError: (5\d\d [45]\.\d{1,3}\.\d{1,3} .{1,1000})/;

/** Explains a reply by the row that accounts for most of it. */
export function explain(raw: string): Explanation {
  const reply = readReply(raw);
  const [, reason] = REASON.exec(reply.text) ?? [];
  return { reply, ...classOf(reply), row: rowOf(reason === undefined ? reply : readReply(reason)) };
}

function rowOf(reply: Reply): Row | undefined {
  const fits = ROWS.map((row) => ({ row, fit: fitOf(row, reply) })).filter(({ fit }) => fit > 0);
  return fits.toSorted((a, b) => b.fit - a.fit)[0]?.row;
}
