import { FENCE_STATUS } from "../../exchange/fence.ts";
import type { Cause, Row } from "../row.ts";
import { NDR, PAGE_5764, PRINTERS, RULES_PAGE } from "../sources.ts";

/** Direct send reaches mailboxes of the tenant that the MX host belongs to. */
const OUTSIDE: Cause = {
  what: "The recipient is outside, and direct send reaches mailboxes inside alone",
  fix: "set external of the sender to the share of recipients outside, give it a way to authenticate, and run up",
  only: "directSend",
};

/** Whose mail a connection on port 25 is: what Exchange says where it can't tell, or where it is not allowed. */
export const CONNECTOR_ROWS: readonly Row[] = [
  {
    name: "relay-denied",
    codes: ["5.7.64"],
    words: /TenantAttribution; Relay Access Denied/,
    senders: "connector",
    meaning:
      "Exchange could not attribute the connection to a tenant: no connector matched it, or neither its certificate nor MAIL FROM is in an accepted domain",
    causes: [
      {
        what: "The server connects from another address than the connector has: NAT, a proxy, a new address, or IPv6, which connectors don't match",
        fix: `compare the address in Exchange's reply to EHLO with egress; correct egress and run up, or have the server send over IPv4 (${PAGE_5764}, step 1)`,
        only: "sourceIp",
        shows: "egress",
        ofClient: true,
      },
      {
        what: "The server presents no certificate, one without its chain, an expired or self-signed one, or one with another name",
        fix: `print the certificate's names and chain, and submit a message with it yourself (${PAGE_5764}, step 4)`,
        only: "certificate",
        shows: "certificateName",
      },
      {
        what: "Somebody removed, disabled or changed the connector, or Exchange keeps it disabled",
        fix: "run npm run pulumi -- preview --refresh --diff --stack NAME, then npm run pulumi -- up --refresh --stack NAME; stack output pending says what is missing; npm run start -- --stack NAME --sender SENDER if the sender was stopped",
      },
      {
        what: "The domain of MAIL FROM is not an accepted domain: forwarded mail, a subdomain, or an empty sender",
        fix: `look at the envelope sender, not at From (${PAGE_5764}, step 3)`,
        only: "sourceIp",
        shows: "domains",
        ofClient: true,
      },
      {
        what: "restrictToDomains limits the connector, and your tenant takes its domains for those of recipients, or MAIL FROM is in another domain",
        fix: "send from an address in from; if mail to others than your own domains is refused always, remove restrictToDomains and run up",
        only: "restricted",
        shows: "domains",
      },
      {
        what: "Another connector, here or in another tenant, has the same address or certificate",
        fix: `look for it, or use a certificate or an address of your own (${PAGE_5764}, step 5)`,
      },
      OUTSIDE,
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-5-7-64-in-exchange-online",
  },
  {
    name: "refused-by-fence",
    codes: [FENCE_STATUS],
    words: /(?:TRANSPORT\.RULES\.RejectMessage; ?)?Refused by the fence of the sender \S{1,40}:/,
    senders: "connector",
    meaning:
      "the sender's fence refused the message: it came from the sender's address, and its From is none of the addresses that the stack file has for it",
    causes: [
      {
        what: "The server sends as an address that the stack file does not have",
        fix: "add the address to from and run up; it takes half an hour or longer until Exchange goes by it",
        shows: "fence",
      },
      {
        what: "Another host behind the same address sent it: Exchange can't tell them apart",
        fix: "find the host by the message's Received fields, and have it send another way or as one of these addresses",
        shows: "egress",
      },
      {
        what: "It is mail that the server hands on for others: forwarded mail, or a non-delivery report of its own",
        fix: "have the server write one of its own addresses into From, or remove fence from the sender",
      },
    ],
    source: RULES_PAGE,
  },
  {
    name: "connector-blocked",
    codes: ["5.7.711"],
    words: /Access denied, bad inbound connector/,
    senders: "connector",
    meaning:
      "Defender takes the connector for compromised, and Exchange refuses all mail that comes by it",
    causes: [
      {
        what: "Somebody sent spam from the sender's address or with its certificate",
        fix: "follow docs/runbooks/blocked-connector.md: find what sent it, stop it, then unblock the connector",
      },
    ],
    source: "https://learn.microsoft.com/defender-office-365/connectors-remove-blocked",
  },
  {
    name: "partner-restricted",
    codes: ["5.7.51"],
    words: /partner connector configured that matched the message's recipient domain/,
    senders: "connector",
    meaning:
      "a Partner connector of the tenant takes mail of this domain from certain addresses or certificates only",
    causes: [
      {
        what: "A Partner connector that the stack did not create restricts the mail, and the server does not have its address or certificate",
        fix: "have the owner of that Partner connector change RestrictDomainsToIPAddresses or RestrictDomainsToCertificate, or add the server to it; the stack creates no such connectors",
        shows: "egress",
      },
    ],
    source: NDR,
  },
  {
    name: "direct-send-denied",
    codes: ["5.7.68"],
    words: /Direct Send not allowed for this organization/,
    senders: "connector",
    meaning:
      "no connector matched, and the tenant refuses unauthenticated mail from its own domains (RejectDirectSend)",
    causes: [
      {
        what: "The server connects from another address than the connector has, or over IPv6",
        fix: `correct egress and run up, or have the server send over IPv4 (${PAGE_5764}, step 1)`,
        only: "sourceIp",
        shows: "egress",
        ofClient: true,
      },
      {
        what: "The server does not present the certificate of its connector",
        fix: `check its TLS client settings (${PAGE_5764}, step 4)`,
        only: "certificate",
        shows: "certificateName",
      },
      {
        what: "The mail comes from an application that is no sender of the stack file",
        fix: "add it to senders, with its addresses, its certificate or OAuth, and run up",
        ofClient: true,
      },
      {
        what: "The organisation refuses direct send",
        fix: "give the sender a way to authenticate and run up; RejectDirectSend of Set-OrganizationConfig would let everybody send in this way again",
        only: "directSend",
        shows: "domains",
      },
    ],
    source:
      "https://techcommunity.microsoft.com/blog/exchange/introducing-more-control-over-direct-send-in-exchange-online/4408790",
  },
  {
    name: "gateway-not-reached",
    codes: ["4.4.312", "4.4.318"],
    words: /DNS query failed/,
    senders: "all",
    meaning:
      "Exchange could not reach the server that the mail goes to next: for an outbound connector its smart host, else the recipient's",
    causes: [
      {
        what: "An outbound connector sends the mail to a smart host that DNS does not know, or that is down",
        fix: "look at Get-OutboundConnector: correct SmartHosts, or disable the connector if nothing has to go through it",
      },
      {
        what: "The recipient's domain is broken in DNS, or its server is down",
        fix: "tell the recipient another way; Exchange tries for 24 hours",
      },
    ],
    source: "https://learn.microsoft.com/defender-office-365/connectors-mail-flow-intelligence",
  },
  {
    name: "wrong-region",
    codes: ["4.4.62"],
    words: /Mail sent to the wrong Office 365 region/,
    senders: "connector",
    meaning:
      "the server that was asked does not serve this tenant: the address of the MX host is an old one",
    causes: [
      {
        what: "The server uses an old MX host, or its IP address",
        fix: "run npm run pulumi -- up --refresh --stack NAME, read the output senders again, and use the name of host",
      },
      {
        what: "No connector matched the connection",
        fix: `follow ${PAGE_5764}`,
        shows: "egress",
      },
    ],
    source: PRINTERS,
  },
  {
    name: "unable-to-relay",
    words: /Unable to relay/i,
    senders: "connector",
    meaning: "the server that was asked does not pass on mail for this recipient's domain",
    causes: [
      {
        what: "The sender is connected to a mail server that knows no connector or permission of it, such as an Exchange server of your own",
        fix: "have the sender connect to the host of the output senders",
      },
      {
        what: "No connector matched the connection",
        fix: `follow ${PAGE_5764}`,
        shows: "egress",
      },
      OUTSIDE,
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-550-5-7-1-in-exchange-online",
  },
  {
    name: "relay-access-denied",
    words: /^Relay Access Denied/i,
    senders: "connector",
    meaning: "this tenant does not accept mail for the recipient's domain",
    causes: [
      {
        what: "The server connects to the MX host of another tenant or domain",
        fix: "use the host of the output senders",
      },
      {
        what: "The recipient's domain is not an accepted domain, although its MX record points here",
        fix: "add it to domains and run up, or let its administrator correct the MX record",
      },
      OUTSIDE,
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-550-5-4-1-in-exchange-online",
  },
];
