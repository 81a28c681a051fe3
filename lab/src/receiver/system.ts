import type { Reply, Session, SmtpRules } from "../smtp/rules.ts";
import type { StoredMessage } from "../world/mail.ts";

/** A message that a mail system keeps, with its own fields on top, and what it answers. */
export interface Kept {
  folder: StoredMessage["folder"];
  /** One char a byte (latin1). */
  raw: string;
  reply: Reply;
}

/** What a mail system outside does in its own way. */
export interface MailSystem extends Pick<SmtpRules, "maxSize" | "say" | "extensions"> {
  /** Refuses an address that it has no mailbox for. */
  refuseUnknown(address: string, session: Session): Reply;
  /** Checks a whole message, and keeps or refuses it. */
  receive(raw: string, session: Session): Promise<Kept | Reply>;
}
