import type { Sender } from "../senders/sender.ts";
import { type Explanation, explain } from "./explain.ts";
import { refusalsIn } from "./logs.ts";
import { type SenderExplanation, senderExplanations } from "./senders.ts";

/** An explanation of all replies of a text that mean the same. */
export interface Diagnosis extends Explanation {
  /** How often the text has such a reply. */
  readonly count: number;
  /** Number of the line of the first one, from 1. */
  readonly line: number;
  /** What it was found by, such as `Postfix`; `reply` where the text is nothing but a reply. */
  readonly form: string;
  /** What it means for each sender that it can be about; empty without senders. */
  readonly senders: readonly SenderExplanation[];
}

/** Replies that are not known, of which a text tells each once; of more, the number alone. */
const MOST_UNKNOWN = 20;

export interface Diagnoses {
  readonly diagnoses: readonly Diagnosis[];
  /** Further replies that are not known. */
  readonly untold: number;
}

/**
 * Explains a reply, or every refusal in a bounce or a log: each known kind once, by its first reply.
 *
 * @param senders those of the stack file that it can be about; none without a stack file
 */
export function diagnose(text: string, senders: readonly Sender[]): Diagnoses {
  const kinds = new Map<string, Diagnosis & { count: number }>();
  // Logs repeat a refusal word for word, once for each try.
  const kindOf = new Map<string, string>();
  let [untold, unknown] = [0, 0];
  for (const { line, form, text: words } of foundIn(text)) {
    const same = kinds.get(kindOf.get(words) ?? "");
    if (same !== undefined) {
      same.count += 1;
      continue;
    }
    const explanation = explain(words);
    const { reply, row } = explanation;
    const kind = row?.name ?? `${reply.code} ${reply.enhanced} ${reply.text}`;
    kindOf.set(words, kind);
    const before = kinds.get(kind);
    if (before !== undefined) {
      before.count += 1;
    } else if (row === undefined && unknown === MOST_UNKNOWN) {
      untold += 1;
    } else {
      if (row === undefined) unknown += 1;
      const about = senderExplanations(explanation, senders);
      kinds.set(kind, { ...explanation, count: 1, line, form, senders: about });
    }
  }
  return { diagnoses: [...kinds.values()], untold };
}

/** The refusals of a text; the text itself where it has none. */
function* foundIn(text: string) {
  let isEmpty = true;
  for (const found of refusalsIn(text)) {
    isEmpty = false;
    yield found;
  }
  if (isEmpty && text.trim() !== "") yield { line: 1, form: "reply", text: text.trimStart() };
}
