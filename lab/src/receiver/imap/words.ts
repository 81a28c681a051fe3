import type { Replies } from "../../../replies/replies.d.ts";
import { buildReply, type Sourced } from "../../reply.ts";

/** Whose words a server speaks, as an entry of lab/replies/imap.yaml. */
export type Words = "imap.dovecot" | "imap.gmail" | "imap.exchange";

/** What a server says beside data. */
export type Situation = Replies["imap.dovecot"]["holes"]["situation"];

/** What stands behind a tag, an asterisk or a plus. */
export type Said = Sourced<{ text: string }>;

/** What a text may speak of. */
export interface Subject {
  /** Upper case. */
  command?: string;
  folder?: string;
  user?: string;
  client?: string;
  capability?: string;
  /** How the server marks the session, or names itself. */
  mark?: string;
}

/** Says something in a server's own words. */
export function say(words: Words, situation: Situation, subject: Subject = {}): Said {
  const { command = "", folder = "", user = "", client = "", capability = "", mark = "" } = subject;
  const title = command === "NOOP" ? command : command.slice(0, 1) + command.slice(1).toLowerCase();
  const values = { situation, command, title, folder, user, client, capability, mark };
  return buildReply(words, values);
}

/** Says a line of data. */
export const tell = (line: string): Said => buildReply("imap.data", { line });
