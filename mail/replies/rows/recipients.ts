import { FENCE_STATUS } from "../../exchange/fence.ts";
import type { Cause, Row } from "../row.ts";
import { NDR } from "../sources.ts";

const learn = (page: string): string =>
  `https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/${page}`;

const MISTYPED: Cause = {
  what: "The address is mistyped, or its mailbox is gone",
  fix: "correct the address, or take it off the list of recipients",
};

/** Recipients that mail from a connector does not reach, as it comes without a sign-in. */
const internalOnly = (
  name: string,
  codes: readonly string[],
  words: RegExp,
  page: string,
): Row => ({
  name,
  codes,
  words,
  senders: "all",
  meaning: "the recipient takes mail of authenticated senders of its own organisation only",
  causes: [
    {
      what: "The group or mailbox is internal-only, and mail through a connector counts as mail from outside",
      fix: "have an administrator allow senders from outside (RequireSenderAuthenticationEnabled: false), or have the sender sign in with OAuth",
    },
  ],
  source: learn(page),
});

/** What is wrong with a recipient. */
export const RECIPIENT_ROWS: readonly Row[] = [
  {
    name: "no-such-recipient-in-tenant",
    words: /Recipient not found by SMTP address lookup|RESOLVER\.ADR\.(?:Ex)?RecipientNotFound/i,
    codes: ["5.1.10"],
    senders: "all",
    meaning: "the recipient's domain is in this tenant, and nobody has this address",
    causes: [
      MISTYPED,
      {
        what: "The domain's other mailboxes are on another system",
        fix: "have an administrator set the accepted domain to InternalRelay",
      },
    ],
    source: learn("fix-error-code-550-5-1-10-in-exchange-online"),
  },
  {
    name: "recipient-rejected",
    words: /Recipient address(?:es)? rejected ?: Access denied/i,
    codes: ["5.7.504"],
    senders: "all",
    meaning:
      "Exchange receives mail for this domain, and it has no such recipient (directory-based edge blocking)",
    causes: [MISTYPED],
    source:
      "https://learn.microsoft.com/exchange/mail-flow-best-practices/use-directory-based-edge-blocking",
  },
  {
    name: "no-such-user",
    words:
      /User unknown|email account that you tried to reach does not exist|This user doesn't have a .{1,60} account|mailbox not found|is no longer valid|mailbox unavailable/i,
    codes: ["5.1.1", "5.5.0"],
    senders: "all",
    meaning: "the recipient's server knows no such mailbox",
    causes: [MISTYPED],
    source: learn("fix-error-code-550-5-1-1-through-5-1-20-in-exchange-online"),
  },
  {
    name: "recipient-disabled",
    words: /email account that you tried to reach is disabled|This mailbox is disabled/i,
    senders: "all",
    meaning: "the recipient's mailbox is disabled",
    causes: [
      { what: "The recipient no longer uses it", fix: "take it off the list of recipients" },
    ],
    source:
      "https://knowledge.workspace.google.com/admin/support/troubleshooting/gmail-smtp-errors-and-codes",
  },
  {
    name: "recipient-full",
    words:
      /email account that you tried to reach is over quota|recipient's inbox is out of storage/i,
    codes: ["5.2.2", "4.2.2"],
    senders: "all",
    meaning: "the recipient's mailbox is full",
    causes: [{ what: "The recipient has not emptied it", fix: "tell the recipient another way" }],
    source:
      "https://knowledge.workspace.google.com/admin/support/troubleshooting/gmail-smtp-errors-and-codes",
  },
  internalOnly(
    "internal-only-group",
    ["5.7.133"],
    /SenderNotAuthenticatedForGroup|Sender not authenticated for group/i,
    "fix-error-code-5-7-133-in-exchange-online",
  ),
  internalOnly(
    "internal-only-mailbox",
    ["5.7.134"],
    /SenderNotAuthenticatedForMailbox|Sender was not authenticated for mailbox/i,
    "fix-error-code-5-7-134-in-exchange-online",
  ),
  internalOnly(
    "internal-only-mail-user",
    ["5.7.136", "5.7.12"],
    /SenderNotAuthenticatedForMailUser|Sender was not authenticated by organization/i,
    "fix-error-code-5-7-136-in-exchange-online",
  ),
  internalOnly(
    "internal-only-public-folder",
    ["5.7.13", "5.7.135"],
    /Sender was not authenticated for public folder/i,
    "fix-error-code-5-7-13-or-5-7-135-in-exchange-online",
  ),
  {
    name: "not-in-allowed-senders",
    codes: ["5.7.124", "5.7.129"],
    words:
      /Sender not in allowed-senders list|RestrictedToGroupPermission|RestrictedToRecipientsPermission/i,
    senders: "all",
    meaning: "the recipient takes mail of listed senders only",
    causes: [
      {
        what: "The sender is not on the list",
        fix: "let the recipient's administrator or the group's owner add the sender",
        shows: "addresses",
      },
    ],
    source: learn("fix-error-code-5-7-124-in-exchange-online"),
  },
  {
    name: "refused-by-rule",
    words: /TRANSPORT\.RULES\.RejectMessage|Delivery not authorized/i,
    senders: "all",
    meaning: "a mail flow rule, of your tenant or the recipient's, refuses the message",
    causes: [
      {
        what: `It is the fence of a sender (fence: true), where the code is ${FENCE_STATUS}: From is none of the sender's addresses`,
        fix: "add the address to from and run up, or send as one of those",
        only: "fenced",
      },
      {
        what: "A mail flow rule matches the message",
        fix: "trace the message in the Exchange admin centre, which names the rule",
      },
    ],
    source: learn("fix-error-code-550-5-7-1-in-exchange-online"),
  },
  {
    name: "forwarding-not-allowed",
    codes: ["5.7.520"],
    words: /does not allow external forwarding/i,
    senders: "all",
    meaning: "the organisation does not forward mail to the outside automatically",
    causes: [
      {
        what: "A mailbox of the tenant forwards the message",
        fix: "stop the forwarding, or allow it in an outbound spam policy in Defender",
      },
    ],
    source:
      "https://learn.microsoft.com/defender-office-365/outbound-spam-policies-external-email-forwarding",
  },
  {
    name: "no-such-domain",
    codes: ["5.4.310"],
    words: /DNS domain \S{1,255} does not exist|InfoDomainNonexistent/i,
    senders: "all",
    meaning: "the recipient's domain does not exist in DNS",
    causes: [{ what: "The domain is mistyped or has lapsed", fix: "correct the address" }],
    source: NDR,
  },
  {
    name: "not-reached",
    codes: ["4.4.7", "5.4.7", "5.4.300", "4.4.316", "5.4.316", "4.4.317", "5.4.317"],
    words: /Message expired|Connection refused \[Message=|Cannot connect to remote server/i,
    senders: "all",
    meaning: "Exchange could not deliver to the recipient's server for a long time",
    causes: [
      {
        what: "The recipient's server does not answer, or refuses Exchange",
        fix: "tell the recipient another way, and have their administrator look",
      },
    ],
    source: learn("fix-error-code-550-4-4-7-in-exchange-online"),
  },
  {
    name: "mail-loop",
    codes: ["5.4.6", "5.4.14"],
    words: /Routing loop detected|Hop count exceeded/i,
    senders: "all",
    meaning: "the message went in a circle",
    causes: [
      {
        what: "Two servers or rules forward to each other: an MX record that points back, or a connector from Exchange to your own server and back",
        fix: "look at the Received fields of the bounce, and break the circle",
      },
    ],
    source: learn("fix-error-code-5-4-6-through-5-4-20-in-exchange-online"),
  },
];
