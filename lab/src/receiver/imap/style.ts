import type { Folder } from "./folder.ts";
import type { Words } from "./words.ts";

/** In what the IMAP servers of mail systems differ. */
export interface ImapStyle {
  words: Words;
  capability: string;
  folders: readonly Folder[];
}

/** Dovecot, as it comes beside Postfix. */
export const DOVECOT: ImapStyle = {
  words: "imap.dovecot",
  capability: "IMAP4rev1 SASL-IR ID IDLE LITERAL+ UNSELECT SPECIAL-USE AUTH=PLAIN",
  folders: [
    { name: "INBOX", attributes: [], holds: "inbox" },
    { name: "Junk", attributes: ["\\Junk"], holds: "junk" },
  ],
};
