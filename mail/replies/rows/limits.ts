import type { Row } from "../row.ts";
import { CONTINUOUS_ERRORS, NDR, SMTP_LIMITS } from "../sources.ts";

const EXCHANGE_LIMITS =
  "https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits#sending-limits";

const SLOWER = "send fewer messages at a time, and try again after a minute";

/** Sender throttled because of one kind of error, which has to be mended first. */
const throttled = (code: string, kind: string, name: string, fix: string): Row => ({
  name,
  codes: [code],
  words: new RegExp(`Sender throttled due to continuous ${kind} errors`, "i"),
  senders: "signIn",
  meaning: `Exchange blocks the mailbox for some time, as too many messages in a row failed with: ${kind}. Support can't lift the block`,
  causes: [
    {
      what: `The client kept sending after the error "${kind}"`,
      fix: `${fix}; then wait`,
      shows: "mailbox",
    },
  ],
  source: CONTINUOUS_ERRORS,
});

/** Rates, numbers and sizes that Exchange limits. */
export const LIMIT_ROWS: readonly Row[] = [
  throttled(
    "5.2.251",
    "mailbox full",
    "throttled-mailbox-full",
    "run npm run pulumi -- up --refresh --stack NAME, and have an administrator empty the mailbox",
  ),
  throttled(
    "5.2.252",
    "send as denied",
    "throttled-send-as",
    "correct From in the client, or add the address to from and run up",
  ),
  throttled(
    "5.2.253",
    "invalid license",
    "throttled-license",
    "set license: EXCHANGESTANDARD for the sender, and run up",
  ),
  throttled(
    "5.2.254",
    "too many recipients",
    "throttled-recipients",
    "split messages to many recipients",
  ),
  throttled(
    "5.2.255",
    "invalid recipients",
    "throttled-invalid-recipients",
    "remove the wrong addresses from the list of recipients",
  ),
  {
    name: "too-many-connections",
    words: /Concurrent connections? limits? exceeded/i,
    senders: "signIn",
    meaning: "more than three connections at a time submit mail as this mailbox",
    causes: [
      {
        what: "The client, or several together, open too many connections",
        fix: "limit the client to three connections, or give each application a sender of its own",
        shows: "mailbox",
      },
    ],
    source: SMTP_LIMITS,
  },
  {
    name: "sending-too-fast",
    words: /STOREDRV\.ClientSubmit; sender thread limit exceeded/i,
    senders: "signIn",
    meaning: "the mailbox submits more than 30 messages a minute",
    causes: [
      {
        what: "The client sends faster than Exchange takes it",
        fix: `${SLOWER}; or use a connector`,
        shows: "mailbox",
      },
    ],
    source: SMTP_LIMITS,
  },
  {
    name: "recipient-busy",
    words: /STOREDRV\.Deliver; recipient thread limit exceeded/i,
    senders: "all",
    meaning: "one recipient gets too many messages at a time",
    causes: [{ what: "A burst of messages goes to one mailbox", fix: SLOWER }],
    source: NDR,
  },
  {
    name: "too-many-recipients",
    codes: ["4.5.3"],
    words: /Too many recipients/i,
    senders: "all",
    meaning:
      "one message has too many recipients: more than the limit, or more than 200 of one domain",
    causes: [
      {
        what: "The client sends one message to a whole list",
        fix: "split it into messages to fewer recipients, or send to a distribution group",
      },
    ],
    source: NDR,
  },
  {
    name: "recipients-of-several-regions",
    words: /Recipients belong to multiple regions/i,
    senders: "connector",
    meaning:
      "recipients of one message are served in different regions; the others are taken in another transaction",
    causes: [
      {
        what: "One message goes to recipients of several regions",
        fix: "have the server try the rest again, as mail servers do by themselves",
      },
    ],
    source: EXCHANGE_LIMITS,
  },
  {
    name: "daily-limit",
    codes: ["5.1.90"],
    words: /reached your daily limit for message recipients/i,
    senders: "signIn",
    meaning: "the mailbox has sent to as many recipients as it may in 24 hours",
    causes: [
      {
        what: "The sender's own limit is too low for what it sends",
        fix: "raise recipientsPerDay and run up",
        shows: "limit",
      },
      {
        what: "It reached Exchange's limit of 10,000 a day",
        fix: "send through a connector, or through a service for bulk mail",
      },
      {
        what: "Somebody else uses the credential",
        fix: "follow docs/runbooks/leaked-credential.md",
      },
    ],
    source: EXCHANGE_LIMITS,
  },
  {
    name: "submission-quota",
    words:
      /SubmissionQuotaExceeded|sender's submission quota was exceeded|^Submission quota exceeded/i,
    senders: "signIn",
    meaning: "the mailbox has sent to as many recipients as it may in 24 hours",
    causes: [
      {
        what: "The sender's own limit is too low for what it sends",
        fix: "raise recipientsPerDay and run up, or send through a connector",
        shows: "limit",
      },
      {
        what: "Somebody else uses the credential",
        fix: "follow docs/runbooks/leaked-credential.md",
      },
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-for-submission-quota-exceeded-in-exchange-online",
  },
  {
    name: "mailbox-full",
    words: /mailbox full|QuotaExceededException/i,
    senders: "signIn",
    meaning: "a mailbox is full: that of the sender after DATA, that of the recipient in a bounce",
    causes: [
      {
        what: "The sender's mailbox contains bounces, or copies of sent mail that somebody switched on",
        fix: "run npm run pulumi -- up --refresh --stack NAME, and have an administrator empty the mailbox",
        shows: "mailbox",
      },
    ],
    source: SMTP_LIMITS,
  },
  {
    name: "tenant-recipient-limit",
    codes: ["5.7.232", "5.7.233"],
    words: /tenant external recipient rate limit/i,
    senders: "all",
    meaning:
      "the whole tenant has sent to as many recipients outside as it may in 24 hours (TERRL)",
    causes: [
      {
        what: "All senders and users together sent too much",
        fix: "look at the report of the limit in the Exchange admin centre, and wait until the oldest messages are a day old",
      },
      {
        what: "The tenant is a trial, or has few licences, which set the limit",
        fix: "buy licences, or send bulk mail through a service for it",
      },
    ],
    source:
      "https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797",
  },
  {
    name: "onmicrosoft-limit",
    codes: ["5.7.236"],
    senders: "all",
    meaning:
      "a sender in an onmicrosoft.com domain reached 100 recipients outside in 24 hours, for the whole tenant",
    causes: [
      {
        what: "The mail is sent from a domain of onmicrosoft.com",
        fix: "send from a domain of your own: add it to domains, and use it in from",
        shows: "domains",
      },
    ],
    source:
      "https://techcommunity.microsoft.com/blog/exchange/limiting-onmicrosoft-domain-usage-for-sending-emails/4446167",
  },
  {
    name: "too-many-to-one-recipient",
    codes: ["5.2.121", "5.2.122"],
    senders: "all",
    meaning: "one recipient got more messages in an hour than a mailbox may",
    causes: [
      {
        what: "An application sends one mailbox a flood of messages",
        fix: "have it send fewer, such as one summary an hour",
      },
    ],
    source: NDR,
  },
  {
    name: "message-too-large",
    words:
      /Message size exceeds fixed maximum message size|message exceeded .{0,30}message size limits|5\.3\.4 .{0,20}size/i,
    codes: ["5.3.4", "5.2.3"],
    senders: "all",
    meaning:
      "the message is larger than the server or the recipient takes; attachments grow by a third when they are encoded",
    causes: [{ what: "An attachment is too large", fix: "send a link in its place" }],
    source: EXCHANGE_LIMITS,
  },
];
