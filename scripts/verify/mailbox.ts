import type { FOLDERS } from "../../mail/message/reading.ts";

/** Where a recipient's mail is looked for. */
export interface Mailbox {
  /** For people: `imap.example.com as me@example.com`. */
  readonly name: string;
  /** The messages with these ids that are there, by id. */
  find(ids: readonly string[]): Promise<Map<string, FoundMessage>>;
  close(): Promise<void>;
}

export interface FoundMessage {
  /** `imap.example.com, Junk`. */
  readonly where: string;
  readonly folder: (typeof FOLDERS)[number] | undefined;
  /** The whole header. */
  readonly header: string;
}
