import type { Receiver } from "../../world/outside.ts";
import type { Folder } from "./folder.ts";
import type { Words } from "./words.ts";

/** In what the IMAP servers of mail systems differ. */
export interface ImapStyle {
  words: Words;
  capability: string;
  folders: readonly Folder[];
}

const INBOX: Folder = { name: "INBOX", attributes: ["\\HasNoChildren"], holds: "inbox" };

/** A folder for spam, which a client can tell by its use (RFC 6154). */
const junk = (name: string): Folder => ({
  name,
  attributes: ["\\HasNoChildren", "\\Junk"],
  holds: "junk",
});

/** What each mail system offers, as far as the lab has it. Nobody reads a quarantine by IMAP. */
export const IMAP_STYLES: Readonly<Record<Receiver["style"], ImapStyle>> = {
  postfix: {
    words: "imap.dovecot",
    capability: "IMAP4rev1 SASL-IR ID IDLE LITERAL+ UNSELECT SPECIAL-USE AUTH=PLAIN",
    folders: [INBOX, junk("Junk")],
  },
  gmail: {
    words: "imap.gmail",
    capability: "IMAP4rev1 UNSELECT IDLE ID SPECIAL-USE AUTH=PLAIN SASL-IR",
    folders: [
      INBOX,
      { name: "[Gmail]", attributes: ["\\HasChildren", "\\Noselect"], holds: undefined },
      junk("[Gmail]/Spam"),
    ],
  },
  outlook: {
    words: "imap.exchange",
    capability: "IMAP4 IMAP4rev1 AUTH=PLAIN SASL-IR ID UNSELECT IDLE LITERAL+",
    folders: [INBOX, junk("Junk Email")],
  },
};
