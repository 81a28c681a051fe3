import type { Cause, Row } from "../row.ts";
import { NDR, TENANT_BLOCKS } from "../sources.ts";

const DELIST =
  "https://learn.microsoft.com/defender-office-365/use-the-delist-portal-to-remove-yourself-from-the-office-365-blocked-senders-lis";

const LEAKED: Cause = {
  what: "Somebody else sends through a server or with a credential of yours",
  fix: "npm run stop -- --stack NAME --sender SENDER, then docs/runbooks/spam-outbreak.md",
};

const THROTTLED =
  "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-451-4-7-500-699-asxxx-in-exchange-online";

/** What Microsoft thinks of an address, a mailbox or a tenant. */
export const REPUTATION_ROWS: readonly Row[] = [
  {
    name: "server-busy",
    codes: ["4.7.500-699", "4.7.850-899"],
    words: /Server busy\. Please try again later from/i,
    senders: "connector",
    meaning:
      "Exchange slows this address down, as its rate or its mail is unusual. It lifts this by itself",
    causes: [
      {
        what: "No connector matches the address, so that it counts as a stranger",
        fix: "correct egress and run up; a connection that a connector matches is slowed down less",
        shows: "egress",
      },
      {
        what: "Direct send has no connector, so that the sender's address counts as a stranger's",
        fix: "give the sender a way to authenticate and run up",
        only: "directSend",
        shows: "egress",
      },
      {
        what: "The server suddenly sends much more than before",
        fix: "have it try again, and raise the rate over days",
      },
      LEAKED,
    ],
    source: THROTTLED,
  },
  {
    name: "rate-limited-by-reputation",
    codes: ["4.7.650", "4.7.651"],
    words: /temporarily rate limited due to IP reputation/i,
    senders: "connector",
    meaning: "Outlook.com slows the sending address down because of its reputation",
    causes: [
      {
        what: "The server delivers to Outlook.com by itself, not through Exchange Online",
        fix: "route all its mail to host of the output senders, or watch its address at Microsoft SNDS",
        shows: "egress",
      },
      LEAKED,
    ],
    source: NDR,
  },
  {
    name: "bad-outbound-sender",
    codes: ["5.1.8"],
    words: /bad outbound sender/i,
    senders: "signIn",
    meaning:
      "Microsoft blocks the mailbox because of spam, or because it crossed a limit of the outbound policy",
    causes: [
      LEAKED,
      {
        what: "The sender crossed its own limit",
        fix: "raise recipientsPerDay and run up; then unblock the mailbox in Defender (docs/runbooks/restricted-user.md)",
        shows: "limit",
      },
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-5-1-8-in-exchange-online",
  },
  {
    name: "account-banned",
    codes: ["5.7.501", "5.7.502", "5.7.503"],
    words: /spam abuse detected/i,
    senders: "all",
    meaning: "the sending account is banned because of spam",
    causes: [
      LEAKED,
      { what: "The ban stands although the cause is mended", fix: "contact Microsoft Support" },
    ],
    source: NDR,
  },
  {
    name: "address-banned",
    codes: ["5.7.606-649", "5.7.511"],
    words: /Access denied, banned sending IP/i,
    senders: "connector",
    meaning: "Microsoft bans the address that the mail came from",
    causes: [
      {
        what: "The address sent spam, or its former owner did",
        fix: "ask for its removal at https://sender.office.com",
        shows: "egress",
      },
      LEAKED,
    ],
    source: DELIST,
  },
  {
    name: "outlook-block-list",
    words: /part of their network is on our block list/i,
    senders: "connector",
    meaning: "Outlook.com blocks the address, or the network around it",
    causes: [
      {
        what: "The server delivers to Outlook.com by itself, from an address without a good reputation",
        fix: "route all its mail to host of the output senders, or ask for mitigation at https://olcsupport.office.com",
        shows: "egress",
      },
    ],
    source: "https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx",
  },
  {
    name: "spamhaus",
    words: /(?:blocked using|listed in|is in) Spamhaus/i,
    senders: "all",
    meaning: "the address, the host name or the domain is on a list of Spamhaus",
    causes: [
      {
        what: "The server delivers by itself, from an address on the list",
        fix: "route its mail through Exchange, and look the address up at https://check.spamhaus.org",
        shows: "egress",
      },
      LEAKED,
    ],
    source: "https://www.spamhaus.org/faqs/",
  },
  {
    name: "customer-block-list",
    codes: ["5.7.513", "5.7.507"],
    words: /using Customer Block list/i,
    senders: "all",
    meaning: "the recipient's organisation blocks the address",
    causes: [
      { what: "Their administrator has blocked it", fix: "ask the recipient's administrator" },
    ],
    source: NDR,
  },
  {
    name: "blocked-by-own-tenant",
    codes: ["5.7.703"],
    words: /Tenant Allow Block List|tenant recipient block policy/i,
    senders: "all",
    meaning: "a recipient is on your own tenant's block list, so that the message goes to nobody",
    causes: [
      {
        what: "Somebody put the address or domain on the Tenant Allow/Block List",
        fix: "have an administrator remove it in Defender, or leave the recipient out",
      },
    ],
    source: TENANT_BLOCKS,
  },
  {
    name: "tenant-over-threshold",
    codes: ["5.7.705"],
    words: /tenant has exceeded threshold/i,
    senders: "all",
    meaning: "Microsoft blocks all outgoing mail of the tenant because of spam or bulk mail",
    causes: [
      LEAKED,
      {
        what: "The subscription lapsed and was renewed",
        fix: "wait a day, then contact Microsoft Support",
      },
    ],
    source: TENANT_BLOCKS,
  },
  {
    name: "tenant-not-trusted",
    codes: ["5.7.708"],
    words: /traffic not accepted from this IP/i,
    senders: "all",
    meaning:
      "Microsoft takes no mail of this tenant to the outside, mostly because it is new or a trial",
    causes: [
      {
        what: "The tenant is new or a trial",
        fix: "use a tenant with paid licences, and contact Microsoft Support",
      },
      LEAKED,
    ],
    source: TENANT_BLOCKS,
  },
  {
    name: "unregistered-domain",
    codes: ["5.7.750"],
    words: /blocked from sending from unregistered domains?/i,
    senders: "connector",
    meaning: "too much mail of the tenant came from domains that are not its own",
    causes: [
      {
        what: "Senders use MAIL FROM addresses of domains that are not accepted, such as with forwarded mail",
        fix: "add the domains to domains and run up, or correct the servers; then contact Microsoft Support",
        shows: "domains",
      },
      LEAKED,
    ],
    source: TENANT_BLOCKS,
  },
];
