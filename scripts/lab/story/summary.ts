import Table from "cli-table3";
import { fieldsOf } from "../../../mail/headers/fields.ts";
import { hopsOf } from "../../../mail/headers/received.ts";
import type { Scene } from "../scene.ts";
import type { Outcome, Told } from "./line.ts";
import { STORY } from "./lines.ts";
import { arrived, type Who } from "./mail.ts";

/** What the story came to; also what `--json` prints. */
export interface Summary {
  readonly seed: string;
  /** Whether every line was played. */
  readonly complete: boolean;
  readonly lines: readonly { id: string; title: string; green: boolean; said: string }[];
  readonly rows: readonly Row[];
}

/** One who tried to send. */
export interface Row {
  readonly who: string;
  /** Its connector's name in Exchange; empty when it has none. */
  readonly created: string;
  /** Exchange's reply that took the message. */
  readonly sent: string;
  /** Exchange's reply that refused it. */
  readonly refused: string;
  /** Received fields of the message in the outside mailbox; 0 when it is not there. */
  readonly hops: number;
}

/** Sums up what `play` returned. */
export function summaryOf(
  { lab }: Scene,
  { outcomes, told }: { outcomes: readonly Outcome[]; told: Told },
): Summary {
  const row = (who: Who): Row => {
    const handover = told.handovers.get(who);
    const message = arrived(lab, who);
    return {
      who,
      created: told.made.find(({ name }) => name === `relay-lab-${who}`)?.name ?? "",
      sent: handover?.accepted ? codeOf(handover.replies.at(-1) ?? "") : "",
      refused: codeOf(handover?.refusal ?? ""),
      hops: message === undefined ? 0 : hopsOf(fieldsOf(message)).length,
    };
  };
  return {
    seed: lab.seed,
    complete: outcomes.length === STORY.length,
    lines: outcomes.map(({ line, green, said }) => ({
      id: line.id,
      title: line.title,
      green,
      said,
    })),
    rows: [row("erp"), row("billing"), row("stranger")],
  };
}

/** The rows as a table for people. */
export function storyTable({ rows }: Summary): string {
  const table = new Table({
    head: ["sender", "created", "sent", "refused", "hops"],
    style: { head: [], border: [] },
  });
  for (const { who, created, sent, refused, hops } of rows) {
    table.push([who, created, sent, refused, hops === 0 ? "" : hops]);
  }
  return table.toString();
}

/** Reply code and enhanced status code, `250 2.6.0` out of the whole line. */
const codeOf = (reply: string): string => /^\d{3}[ -]\d\.\d+\.\d+/.exec(reply)?.[0] ?? reply;
