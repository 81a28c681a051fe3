import Table from "cli-table3";
import { alignmentOf, authenticationResultsOf } from "../../mail/message/authenticationResults.ts";
import { fieldsOf } from "../../mail/message/fields.ts";
import { hopsOf } from "../../mail/message/received.ts";
import type { Scene } from "../stack/scene.ts";
import { type Application, arrived, type Who } from "./mail.ts";
import type { Notes, Outcome } from "./play.ts";
import { STORY } from "./story.ts";

/** What the story came to; also what `--json` prints. */
export interface Summary {
  readonly seed: string;
  /** Pulumi's plugins, or what stood in for them. */
  readonly plugins: Scene["plugins"];
  /** Whether every line was played. */
  readonly complete: boolean;
  readonly lines: readonly { id: string; title: string; green: boolean; said: string }[];
  readonly rows: readonly Row[];
}

/** One who tried to send. */
export interface Row {
  readonly who: string;
  /** Its connector or mailbox in Exchange; empty when it has none. */
  readonly created: string;
  /** Exchange's reply that took the message. */
  readonly sent: string;
  /** Exchange's reply that refused it. */
  readonly refused: string;
  /** What the outside mail system said of the message; empty when it is not there. */
  readonly spf: string;
  readonly dkim: string;
  readonly dmarc: string;
  /** Which of the two are aligned with the author's domain. */
  readonly aligned: string;
  /** Received fields of the message in the outside mailbox; 0 when it is not there. */
  readonly hops: number;
}

/** Sums up what `play` returned. */
export function summaryOf(
  { lab, plugins }: Scene,
  { outcomes, notes }: { outcomes: readonly Outcome[]; notes: Notes },
): Summary {
  const row = (who: Who | Application): Row => {
    const handover = notes.handovers.get(who);
    const message = arrived(lab, who);
    return {
      who,
      created:
        notes.connectors.find(({ name }) => name === `relay-lab-${who}`)?.name ??
        notes.signIns[who]?.mailbox ??
        "",
      sent: handover?.accepted ? codeOf(handover.replies.at(-1) ?? "") : "",
      refused: codeOf(handover?.refusal ?? ""),
      ...verdictsOf(message, lab),
      hops: message === undefined ? 0 : hopsOf(fieldsOf(message)).length,
    };
  };
  return {
    seed: lab.seed,
    plugins,
    complete: outcomes.length === STORY.length,
    lines: outcomes.map(({ line, green, said }) => ({
      id: line.id,
      title: line.title,
      green,
      said,
    })),
    rows: [row("erp"), row("billing"), row("shop"), row("crm"), row("stranger")],
  };
}

function verdictsOf(message: string | undefined, { world }: Scene["lab"]) {
  const fields = message === undefined ? [] : fieldsOf(message);
  const results = authenticationResultsOf(fields, world.outside.mxHost);
  if (results === undefined) return { spf: "", dkim: "", dmarc: "", aligned: "" };
  const { spf, dkim } = alignmentOf(results, world.tenant.domain);
  return {
    spf: results.spf?.result ?? "none",
    dkim: results.dkim.map(({ result }) => result).join(", "),
    dmarc: results.dmarc?.result ?? "none",
    aligned: [spf ? "spf" : "", dkim ? "dkim" : ""].filter((one) => one !== "").join(", "),
  };
}

/** The rows as a table for people. */
export function storyTable({ rows }: Summary): string {
  const table = new Table({
    head: ["sender", "created", "sent", "refused", "spf", "dkim", "dmarc", "alignment", "hops"],
    style: { head: [], border: [] },
  });
  for (const { who, created, sent, refused, spf, dkim, dmarc, aligned, hops } of rows) {
    const verdicts = [spf, dkim, dmarc, aligned];
    table.push([who, created, sent, refused, ...verdicts, hops === 0 ? "" : hops]);
  }
  return table.toString();
}

/** Reply code and enhanced status code, `250 2.6.0` out of the whole line. */
const codeOf = (reply: string): string => /^\d{3}[ -]\d\.\d+\.\d+/.exec(reply)?.[0] ?? reply;
