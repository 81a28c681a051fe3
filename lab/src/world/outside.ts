import type { StoredMessage } from "./mail.ts";

/** An organisation outside, and the mail system that has its mailboxes. */
export type Receiver = PostfixReceiver | GmailReceiver | OutlookReceiver;

interface Mailboxes {
  domain: string;
  /** Host of its MX record. */
  mxHost: string;
  imapHost: string;
  /** Public address of that host. */
  address: string;
  /** Addresses it accepts mail for. */
  mailboxes: string[];
  messages: StoredMessage[];
}

/** An organisation with a mail system of its own: Postfix, mailauth, Dovecot. */
export interface PostfixReceiver extends Mailboxes {
  style: "postfix";
}

/** An organisation whose mail Google has. */
export interface GmailReceiver extends Mailboxes {
  style: "gmail";
  /** What Google seals ARC sets with; the private key is among the secrets. */
  arcKey: { cname: string; keySize: 2048; keyId: string; publicKey: string };
}

/** Another tenant of Microsoft 365. */
export interface OutlookReceiver extends Mailboxes {
  style: "outlook";
  tenant: { id: string; servers: { frontEnd: string; mailbox: string } };
}
