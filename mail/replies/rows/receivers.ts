import type { Cause, Row } from "../row.ts";
import { GMAIL, NDR, YAHOO } from "../sources.ts";

const BYPASS: Cause = {
  what: "The application also sends from somewhere else than this relay, such as a web host or a service for newsletters, which SPF and DKIM don't cover",
  fix: "look at the DMARC reports for the address that failed; route its mail through a sender of the stack, or add it to spf of the domain",
  shows: "domains",
};

const RECORDS: Cause = {
  what: "SPF, DKIM or DMARC of the domain is not published, or was changed by hand",
  fix: "run npm run dns -- --stack NAME --all, which compares every record; docs/runbooks/dkim-broken.md and docs/runbooks/dmarc-failing.md",
  shows: "domains",
};

const ALIGN: Cause = {
  what: "From is in another domain than MAIL FROM and the DKIM signature",
  fix: "have the application write a From address of a domain in domains",
  shows: "domains",
};

const FOOTER: Cause = {
  what: "A gateway or rule behind Exchange changes messages, so that their signature breaks",
  fix: "have it change nothing, or sign after it",
};

const BULK: Cause = {
  what: "The mail is bulk mail, or recipients complain of it",
  fix: "send fewer, only to people who asked for it, with one-click unsubscribe (RFC 8058); look at the receiver's postmaster tools",
};

const unauthenticated = (
  row: Pick<Row, "name" | "words" | "source"> & Partial<Pick<Row, "codes" | "meaning">>,
): Row => ({
  senders: "all",
  meaning: "the receiver could not authenticate the message by SPF or DKIM",
  causes: [RECORDS, BYPASS, ALIGN, FOOTER],
  ...row,
});

const slowed = (row: Pick<Row, "name" | "words" | "source" | "meaning">): Row => ({
  senders: "all",
  causes: [BULK, RECORDS],
  ...row,
});

/** Authentication and bulk rules of Outlook.com, Gmail, Yahoo and others, which refuse what Exchange passed on. */
export const RECEIVER_ROWS: readonly Row[] = [
  unauthenticated({
    name: "dmarc-reject",
    codes: ["5.7.509"],
    words:
      /does not pass DMARC verification|rejected by DMARC policy|not accepted due to domain's DMARC policy/i,
    meaning: "the message failed DMARC, and the domain's policy is reject",
    source: NDR,
  }),
  unauthenticated({
    name: "outlook-bulk-authentication",
    codes: ["5.7.515"],
    words: /(?:does not|doesn't) meet the required authentication level/i,
    meaning:
      "Outlook.com takes mail of domains that send more than 5,000 messages a day only with SPF, DKIM and DMARC",
    source:
      "https://techcommunity.microsoft.com/blog/microsoftdefenderforoffice365blog/strengthening-email-ecosystem-outlook%E2%80%99s-new-requirements-for-high%E2%80%90volume-senders/4399730",
  }),
  unauthenticated({
    name: "spf-violation",
    codes: ["5.7.23"],
    words:
      /Sender Policy Framework violation|SPF (?:check|validation) failed|fails to pass SPF checks/i,
    meaning: "SPF of the domain does not allow the address that the mail came from",
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-5-7-23-in-exchange-online",
  }),
  unauthenticated({
    name: "gmail-unauthenticated",
    words:
      /does not have authentication information|because the sender is unauthenticated|Gmail requires all senders to authenticate|DKIM checks? (?:did not|didn't) pass/i,
    source: GMAIL,
  }),
  unauthenticated({
    name: "gmail-no-alignment",
    words: /there is no DMARC alignment/i,
    meaning: "neither SPF nor DKIM is of the domain in From",
    source: GMAIL,
  }),
  {
    name: "no-reverse-dns",
    words: /does not have a PTR|missing PTR records|IPv6 sending guidelines regarding PTR/i,
    codes: ["5.7.25"],
    senders: "connector",
    meaning:
      "the sending address has no name in reverse DNS; Exchange's addresses have one, so that the mail did not pass through it",
    causes: [
      {
        what: "The server delivers by itself, past the relay",
        fix: "route all its mail to host of the output senders",
        shows: "egress",
      },
    ],
    source: GMAIL,
  },
  slowed({
    name: "gmail-rate",
    words: /unusual rate of (?:unsolicited )?mail/i,
    meaning:
      "Gmail slows down or blocks the address or the domain, as too much unwanted mail comes from it",
    source: GMAIL,
  }),
  slowed({
    name: "gmail-suspicious",
    words: /message is (?:likely )?(?:suspicious|unsolicited mail)/i,
    meaning:
      "Gmail takes the message for spam, because of the domain's reputation or of its content",
    source: GMAIL,
  }),
  {
    name: "recipient-rate",
    words:
      /user you are trying to contact is receiving mail (?:at a rate|too quickly)|User is receiving mail too quickly|Organization queue quota exceeded/i,
    senders: "all",
    meaning: "the recipient gets too much mail at a time",
    causes: [
      {
        what: "An application sends one mailbox a flood of messages",
        fix: "have it send fewer, and try again later",
      },
    ],
    source: GMAIL,
  },
  slowed({
    name: "yahoo-deferred",
    words: /\[TSS?\d\d\]/i,
    meaning: "Yahoo slows down or refuses the address because of unexpected volume or complaints",
    source: YAHOO,
  }),
  unauthenticated({
    name: "yahoo-policy",
    words: /not accepted for policy reasons/i,
    meaning: "Yahoo refuses the message because of its policy, mostly because DMARC fails",
    source: YAHOO,
  }),
  {
    name: "from-field",
    codes: ["5.7.512"],
    words:
      /RFC 5322 section 3\.6\.2 compliant|Messages missing a valid address in From|Headers are not RFC compliant|not RFC 5322 compliant/i,
    senders: "all",
    meaning: "the message has no From field with one valid address, or another field is malformed",
    causes: [
      {
        what: "The application writes its header fields wrong",
        fix: "have it write From: Name <address@domain>, once",
        shows: "addresses",
      },
    ],
    source: NDR,
  },
  {
    name: "bare-line-feeds",
    codes: ["5.6.11"],
    words: /bare ?linefeeds/i,
    senders: "all",
    meaning: "lines of the message end in LF alone, and the recipient's server takes only CRLF",
    causes: [
      {
        what: "The application writes line breaks of Unix into SMTP",
        fix: "have it end each line with CRLF (RFC 5321 section 2.3.8)",
      },
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-550-5-6-11-in-exchange-online",
  },
  {
    name: "attachment-refused",
    words: /illegal attachment|blocked because its content presents a potential security issue/i,
    senders: "all",
    meaning: "the receiver does not take this kind of attachment",
    causes: [
      { what: "The message has a program or an archive attached", fix: "send a link in its place" },
    ],
    source: "https://support.google.com/mail/answer/6590",
  },
];
