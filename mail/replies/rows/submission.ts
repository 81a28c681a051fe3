import type { Row } from "../row.ts";
import { CONTINUOUS_ERRORS, NDR, OAUTH, PRINTERS } from "../sources.ts";

/** What is refused after a sign-in on port 587 that succeeded. */
export const SUBMISSION_ROWS: readonly Row[] = [
  {
    name: "mailbox-cannot-be-accessed",
    words: /Mailbox cannot be accessed/i,
    senders: "signIn",
    meaning: "the account signed in, and has no mailbox that can be opened",
    causes: [
      {
        what: "The mailbox was removed, is not ready yet, or its licence was taken away",
        fix: "run npm run pulumi -- up --refresh --stack NAME, and look at stack output pending",
        shows: "mailbox",
      },
    ],
    source: NDR,
  },
  {
    name: "send-as-denied",
    words: /SendAsDenied|does(?:n't| not) have permissions? to send as this sender/i,
    senders: "signIn",
    meaning: "the account may not send as the address in MAIL FROM or From",
    causes: [
      {
        what: "From or MAIL FROM is neither the sender's mailbox nor one of its other addresses",
        fix: "correct From in the client, or add the address to from of the sender and run up",
        shows: "addresses",
        ofClient: true,
      },
      {
        what: "The right to send as the address is new",
        fix: "wait an hour after the up that gave it",
      },
    ],
    source: PRINTERS,
  },
  {
    name: "logon-failed",
    words: /mailbox logon failure|MapiExceptionLogonFailed/i,
    senders: "signIn",
    meaning: "the app may submit mail, and has no right to this mailbox",
    causes: [
      {
        what: "Full Access to the mailbox was removed, or is new",
        fix: "run npm run pulumi -- up --refresh --stack NAME, which restores it; a new right takes up to two hours",
        only: "oauth",
        shows: "mailbox",
      },
    ],
    source: OAUTH,
  },
  {
    name: "invalid-license",
    words: /InvalidLicense/,
    senders: "signIn",
    meaning: "this tenant requires a licence for the mailbox",
    causes: [
      {
        what: "The mailbox has no licence with Exchange",
        fix: "set license: EXCHANGESTANDARD for the sender, and run up",
        shows: "mailbox",
      },
    ],
    source: CONTINUOUS_ERRORS,
  },
];
