import type { FOLDERS } from "../../mail/message/reading.ts";

/** Where a recipient's mail is looked for. */
export interface Mailbox {
  /** For people: `imap.example.com as me@example.com`. */
  readonly name: string;
  /**
   * The messages with these ids that are there, by id; of several copies of one the first that came.
   *
   * @throws Unreadable where it is no use to look again; Error where it may be
   */
  find(ids: readonly string[]): Promise<Map<string, FoundMessage>>;
  close(): Promise<void>;
}

/** What a mailbox says that no later look changes: a right that is missing, a mailbox that is not there. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** That a message came more than once, as by a list too: the first one is judged. */
export const ofCopies = (count: number): string =>
  count > 1 ? ` (the first of ${count} copies)` : "";

export interface FoundMessage {
  /** `imap.example.com, Junk`. */
  readonly where: string;
  readonly folder: (typeof FOLDERS)[number] | undefined;
  /** The whole header. */
  readonly header: string;
}
