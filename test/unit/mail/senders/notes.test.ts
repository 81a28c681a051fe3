// What is to be known of a sender before it sends: each note with the last number that it is not told at.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Method } from "../../../../mail/senders/methods.ts";
import { notesOf } from "../../../../mail/senders/notes.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const gate: Sender = { ...shop, authentication: ["staticIp"], egress: ["198.51.100.7"] };
const scanner: Sender = { ...gate, authentication: ["none"], external: 0 };
const plant: Sender = { ...shop, authentication: ["password"] };
const intranet: Sender = { ...plant, external: 0, method: "highVolumeEmail" };
const news: Sender = { ...shop, purpose: "marketing" };
const saas: Sender = {
  ...{ ...shop, authentication: ["certificate"], certificateName: "mail.contoso.com" },
  runsOn: "saas",
};
const graph: Sender = { ...shop, method: "graph" };

const UNSAID =
  "how much it sends is not said (messagesPerDay, peakPerMinute), so limits are not judged";
const IPV4 =
  "it has to connect over IPv4: connectors match no IPv6 address, and mail that comes over IPv6 is refused with 550 5.7.64";
const IPV4_IN_SPF =
  "it has to connect over IPv4: SPF lists its IPv4 addresses, and Exchange refuses mail over IPv6 that passes neither SPF nor DKIM with 450 4.7.26";
const GROUPS =
  "its mail counts as sent from outside, so groups that take mail from inside alone refuse it with 550 5.7.133: let these groups take mail from outside, or have it sign in";
const BULK =
  "it may send to 5,000 or more mailboxes of one provider in a day: Gmail and Outlook.com expect SPF, DKIM and aligned DMARC (else Outlook.com refuses with 550 5.7.515), and Gmail one-click unsubscribe in marketing mail; Yahoo expects the same and names no number (https://support.google.com/a/answer/81126)";
const HOSTED =
  "Microsoft says: SMTP relay by a connector does not support mail from applications that a third party hosts (https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365); use it only where the service presents a certificate of your own, as Exchange takes everybody who presents it for this sender";
const REJECTED =
  "a tenant can refuse direct send with 550 5.7.68 (RejectDirectSend); the preview and npm run doctor say whether yours does";
const CLIENT_AUTH =
  "from 2026-07-08 on Let's Encrypt issues certificates without the extended key usage clientAuth; from 2027-02-10 on Sectigo issues certificates without the extended key usage clientAuth; from 2027-03-01 on DigiCert issues certificates without the extended key usage clientAuth (unproven: whether Exchange Online takes a certificate without it); Windows and .NET present no certificate without it, so look for it in a certificate that is renewed after that, and run npm run verify";
const ELSEWHERE = "the stack creates nothing for this method: set it up yourself";
const slowed = (messages: string, time: string) =>
  `Exchange slows it down to 30 messages a minute: ${messages} take ${time}`;
const hourly = (messages: string, from = "") =>
  `it may send ${messages} messages in its busiest hour, and a mailbox inside takes 1,188 an hour from one sender: have it send summaries if they all go ${from}to one mailbox`;

const chunked = (recipients: string) =>
  `it addresses one message to ${recipients}, and the limit is 200 recipients of one domain a message: Exchange refuses further recipients with 452 4.5.3; a mail server sends them the message again, and an application has to split it`;

const crowded = (systems: number) =>
  `${systems} systems send through its mailbox, which takes 3 connections at a time: Exchange refuses further ones with 432 4.3.2, and a client has to try again`;
const behind = (count: number) => ({
  messagesPerDay: 1,
  members: Array.from({ length: count }, (_, index) => ({ name: `p${index}`, from: [] })),
});

const some = { messagesPerDay: 1 };
const late = (messagesPerDay: number) =>
  ({ messagesPerDay, peakPerMinute: 31, urgency: "deferrable" }) as const;
const inside = { external: 0, peakPerMinute: 20 };
const groups = { ...some, internalRecipients: "groups", external: 0.99 } as const;

type Row = readonly [sender: Sender, change: Partial<Sender>, method: Method, ...notes: string[]];

const ROWS: readonly Row[] = [
  // What nobody has said.
  [shop, {}, "smtpAuth", UNSAID],
  [shop, some, "smtpAuth"],
  [shop, { peakPerMinute: 1 }, "smtpAuth"],
  [shop, { recipientsPerDay: 1 }, "smtpAuth"],
  // How long slowed mail takes.
  [shop, { ...late(4000), peakPerMinute: 30 }, "smtpAuth"],
  [shop, late(4000), "smtpAuth", slowed("4,000", "2 h 14 min")],
  [shop, late(1770), "smtpAuth", slowed("1,770", "59 min")],
  [shop, late(1800), "smtpAuth", slowed("1,800", "1 h")],
  [shop, late(1801), "smtpAuth", slowed("1,801", "1 h 1 min")],
  [shop, { peakPerMinute: 31, urgency: "deferrable" }, "smtpAuth"],
  [graph, late(1800), "graph", slowed("1,800", "1 h"), ELSEWHERE],
  [gate, late(4000), "connector"],
  // Several systems behind one mailbox.
  [shop, behind(2), "smtpAuth"],
  [shop, behind(3), "smtpAuth", crowded(4)],
  [gate, behind(3), "connector"],
  [graph, behind(3), "graph", ELSEWHERE],
  // IPv6 before a connector, and before the host that receives.
  [gate, { ...some, ipv6: true }, "connector", IPV4],
  [scanner, { ...some, ipv6: true }, "directSend", IPV4_IN_SPF, REJECTED],
  [gate, { ...some, ipv6: false }, "connector"],
  // A service that has other customers too.
  [saas, some, "connector", HOSTED, CLIENT_AUTH],
  [saas, { ...some, runsOn: "aws" }, "connector", CLIENT_AUTH],
  [{ ...shop, runsOn: "saas" }, some, "smtpAuth"],
  [shop, { ...some, ipv6: true }, "smtpAuth"],
  // Groups inside.
  [gate, groups, "connector", GROUPS],
  [scanner, { ...groups, external: 0 }, "directSend", GROUPS, REJECTED],
  [gate, { ...groups, external: 1 }, "connector"],
  [gate, { ...groups, internalRecipients: "mailboxes" }, "connector"],
  [shop, groups, "smtpAuth"],
  // One mailbox inside.
  [gate, inside, "connector", hourly("1,200")],
  [gate, { ...inside, peakPerMinute: 19.8 }, "connector"],
  [gate, { ...inside, messagesPerDay: 1189 }, "connector", hourly("1,189")],
  [gate, { ...inside, messagesPerDay: 1188 }, "connector"],
  [gate, { external: 0, messagesPerDay: 28_536 }, "connector", hourly("1,189")],
  [gate, { external: 0, messagesPerDay: 28_512 }, "connector"],
  [gate, { external: 0, messagesPerDay: 28_513 }, "connector", hourly("1,189")],
  ...[["*@contoso.com"], ["a@contoso.com", "b@contoso.com"]].map(
    (from) =>
      [gate, { ...inside, from }, "connector", hourly("1,200", "from one address ")] as const,
  ),
  [gate, { ...inside, external: 0.99 }, "connector", hourly("1,200")],
  [gate, { ...inside, external: 1 }, "connector"],
  [gate, { ...inside, purpose: "bulk" }, "connector"],
  [scanner, inside, "directSend", hourly("1,200"), REJECTED],
  // What mailboxes of the tenant send is let through.
  [shop, { ...inside, urgency: "deferrable" }, "smtpAuth"],
  [graph, inside, "graph", ELSEWHERE],
  [shop, { ...late(4000), external: 0 }, "smtpAuth", slowed("4,000", "2 h 14 min")],
  [
    news,
    { ...inside, purpose: "transactional" },
    "azureCommunicationServices",
    hourly("1,200"),
    ELSEWHERE,
  ],
  // Many recipients of one domain.
  [gate, { ...some, recipientsPerMessage: 200 }, "connector"],
  [gate, { ...some, recipientsPerMessage: 201 }, "connector", chunked("201")],
  [scanner, { ...some, recipientsPerMessage: 1000 }, "directSend", chunked("1,000"), REJECTED],
  [shop, { ...some, recipientsPerMessage: 201 }, "smtpAuth"],
  // Providers that expect more of bulk senders.
  [gate, { messagesPerDay: 5000 }, "connector", BULK],
  [gate, { messagesPerDay: 4999 }, "connector"],
  [gate, { messagesPerDay: 9998, external: 0.5 }, "connector"],
  [gate, { messagesPerDay: 9999, external: 0.5 }, "connector", BULK],
  // What is set up elsewhere.
  [graph, some, "graph", ELSEWHERE],
  [
    news,
    { messagesPerDay: 2424 },
    "azureCommunicationServices",
    ELSEWHERE,
    "101 of 100 messages an hour (101 %): above that Azure answers 429 Too Many Requests; the limit of a domain of your own, which Azure raises on request",
  ],
  [news, { messagesPerDay: 2400 }, "azureCommunicationServices", ELSEWHERE],
  [
    news,
    { messagesPerDay: 2400, environment: "china" },
    "azureCommunicationServices",
    ELSEWHERE,
    'no page that could be read says whether the cloud "china" has Azure Communication Services: look for it in your Azure portal, or use another service for this mail',
  ],
  // What is announced.
  [
    plant,
    some,
    "smtpAuth",
    "at the end of December 2026 Microsoft disables basic authentication for client submission by default (administrators of existing tenants can enable it again, new tenants cannot); in the second half of 2027 Microsoft announces the day on which it removes basic authentication for client submission; move to OAuth or a connector before then: docs/how-to/send-with-a-password.md says how",
  ],
  // No source says that a mailbox inside takes so much an hour alone of High Volume Email.
  [
    intranet,
    inside,
    "highVolumeEmail",
    "in September 2028 Microsoft ends basic authentication for High Volume Email; plan another method before then: docs/how-to/high-volume-email.md says why the stack makes no account that signs in with OAuth",
  ],
];

describe("notesOf", () => {
  for (const [sender, change, method, ...notes] of ROWS) {
    it(`of ${method}, ${JSON.stringify(change)}: ${notes.length} notes`, () =>
      assert.deepEqual(notesOf({ ...sender, ...change }, method), notes));
  }
});
