import type { Replies } from "../../../replies/replies.d.ts";
import { buildReply, type Sourced } from "../../reply.ts";

/** Whose words a server speaks, as an entry of lab/replies/imap.yaml. */
export type Words = Extract<keyof Replies, "imap.dovecot">;

type WordHoles = Replies[Words]["holes"];

/** What a server says beside data. */
export type Situation = WordHoles["situation"];

/** What stands behind a tag, an asterisk or a plus. */
export type Said = Sourced<{ text: string }>;

/** Says something in a server's own words. */
export function say(words: Words, situation: Situation, more: Partial<WordHoles> = {}): Said {
  const command = String(more.command ?? "");
  const title = command === "NOOP" ? command : command.slice(0, 1) + command.slice(1).toLowerCase();
  return buildReply(words, { capability: "", folder: "", title, command, ...more, situation });
}

/** Says a line of data. */
export const tell = (line: string): Said => buildReply("imap.data", { line });
