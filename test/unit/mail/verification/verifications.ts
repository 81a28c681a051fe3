// What became of test messages, as the reports get it: of the samples, and of messages that mean harm.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldsOf } from "../../../../mail/message/fields.ts";
import { verdictsOf } from "../../../../mail/message/verdict.ts";
import type {
  Handover,
  Judged,
  Verification,
  VerificationReport,
} from "../../../../mail/verification/verification.ts";
import { sender } from "../message/sender.ts";

const FOLDER = join(import.meta.dirname, "../../../message/samples");

export const sample = (name: string): string => readFileSync(join(FOLDER, `${name}.eml`), "utf8");

/** A message of sender erp that arrived with this header, as `npm run verify --headers` has it. */
export function arrived(header: string, other: Partial<Verification> = {}): Verification {
  const tenantId = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
  const expected = { stack: "prod", tenantId, sender, domains: [] };
  return {
    sender: "erp",
    way: "address",
    host: "contoso-com.mail.protection.outlook.com",
    port: 25,
    message: undefined,
    handover: undefined,
    arrival: { outcome: "arrived", where: "message.eml", folder: undefined, header },
    trace: { outcome: "not traced", why: "headers were given" },
    judged: verdictsOf(fieldsOf(header), expected),
    ...other,
  };
}

/** One that stayed in the tenant, where all that applies passes. */
export const inside = arrived(sample("exchange-inside").replace("bestguesspass", "pass"));

export const handover: Handover = {
  outcome: "accepted",
  at: "2026-11-23T09:59:59.000Z",
  reply: "250 2.6.0 <1@contoso.com> Queued mail for delivery",
  tls: "1.3",
  dialogue: [
    { by: "server", ms: 40, text: "220 AMS1EPF0000004B.mail.protection.outlook.com ESMTP" },
    { by: "client", ms: 41, text: "EHLO erp.contoso.com" },
    { by: "server", ms: 80, text: "250 STARTTLS" },
  ],
};

/** One that Exchange refused. */
export const refused: Verification = {
  ...arrived(""),
  sender: "scanner",
  handover: {
    ...handover,
    outcome: "refused",
    reply: "550 5.7.64 TenantAttribution; Relay Access Denied",
    tls: undefined,
  },
  arrival: { outcome: "not looked for", why: "it was refused" },
  judged: [
    {
      check: "handover",
      outcome: "fail",
      read: "550 5.7.64 TenantAttribution; Relay Access Denied",
      resource: "relay-scanner-connector",
      reason: "no connector of the tenant matches the address",
      fix: "see docs/how-to/find-out-why-5.7.64.md",
    },
    {
      check: "arrival",
      outcome: "unknown",
      read: "",
      reason: "it was refused",
      fix: "mend the handover first",
    },
  ],
};

export const reportOf = (...verifications: readonly Verification[]): VerificationReport => ({
  stack: "prod",
  at: "2026-11-23T10:01:00.000Z",
  verifications,
});

/** What breaks out of HTML, XML, Markdown or a line, or takes the page over. */
export const HOSTILE: Readonly<Record<string, string>> = {
  script: "<script>alert(1)</script>",
  attribute: "\"><img src=x onerror=alert(1)>' onload='x",
  "end of a section": "]]></system-out><!--",
  reference: "&lt;b&gt;&#60;b&#62;&amp;",
  Markdown: "`|` ```\n|x|\n# heading\n[x](http://evil.example) @everyone <details>",
  "turned direction": "\u202egpj.exe\u2066x",
  controls: "a\u0000b\u0007\u001b[2Jc\ufffe\uffff\ud800d",
  style: "</style><style>*{display:none}</style>",
};

/** Everything that others write, each with this text. */
export function filledWith(text: string): Verification {
  const judged: Judged[] = [
    { check: "spf", outcome: "pass", read: text },
    { check: "dkim", outcome: "fail", read: text, resource: text, reason: text, fix: text },
    { check: "dmarc", outcome: "unknown", read: text, reason: text, fix: text },
  ];
  const line = text.replaceAll(/[\r\n]/g, " ");
  return {
    ...arrived(
      [
        `Authentication-Results: mx.example.com; spf=fail (${line}) smtp.mailfrom=${line}`,
        `Received: from ${line} (${line} [203.0.113.1]) by ${line} with ESMTP; ${line}`,
        `X-MS-Exchange-CrossTenant-Id: ${line}`,
        `Subject: ${line}`,
      ].join("\n"),
    ),
    sender: text,
    host: text,
    message: { id: text, from: text, to: text, untried: [text] },
    handover: {
      outcome: "accepted",
      at: text,
      reply: text,
      tls: text,
      dialogue: [{ by: "server", ms: 1, text }],
    },
    trace: { outcome: "traced", status: text, events: [{ at: text, event: text, detail: text }] },
    judged,
  };
}

/** Three messages, as a page shows them: one that passes, one that Exchange sent by its relay pool, one refused. */
export function exampleReport(): VerificationReport {
  const sent = { from: "erp@contoso.com", to: "you@example.org", untried: [] };
  const dialogue: Handover["dialogue"] = [
    {
      by: "server",
      ms: 38,
      text: "220 AMS1EPF0000004B.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready",
    },
    { by: "client", ms: 39, text: "EHLO erp.contoso.com" },
    {
      by: "server",
      ms: 61,
      text: "250-AMS1EPF0000004B.mail.protection.outlook.com Hello [198.51.100.7]",
    },
    { by: "server", ms: 61, text: "250 STARTTLS" },
    { by: "client", ms: 62, text: "STARTTLS" },
    { by: "server", ms: 84, text: "220 2.0.0 SMTP server ready" },
    { by: "client", ms: 131, text: "MAIL FROM:<erp@contoso.com>" },
    { by: "server", ms: 158, text: "250 2.1.0 Sender OK" },
    { by: "client", ms: 159, text: "RCPT TO:<you@example.org>" },
    { by: "server", ms: 190, text: "250 2.1.5 Recipient OK" },
    { by: "client", ms: 191, text: "DATA" },
    { by: "server", ms: 214, text: "354 Start mail input; end with <CRLF>.<CRLF>" },
    { by: "client", ms: 215, text: "(the message, 612 octets)" },
    { by: "server", ms: 702, text: handover.reply },
  ];
  const direct = sample("gmail-relayed").replace(/ARC-Seal:[\s\S]*?b=aaaa\n/, "");
  const relayed = arrived(direct, {
    message: { id: "<1@contoso.com>", ...sent },
    handover: { ...handover, dialogue },
    arrival: {
      outcome: "arrived",
      where: "imap.example.org, INBOX",
      folder: "inbox",
      header: direct,
    },
    trace: {
      outcome: "traced",
      status: "Delivered",
      events: [
        {
          at: "2026-11-23T10:00:01Z",
          event: "Receive",
          detail: "Message received by: PA2PR10MB8750",
        },
        {
          at: "2026-11-23T10:00:04Z",
          event: "Send external",
          detail: "Message sent to mx.google.com using TLS 1.3",
        },
      ],
    },
  });
  const judged: Judged[] = [
    { check: "handover", outcome: "pass", read: `${handover.reply} (TLS 1.3)` },
    { check: "arrival", outcome: "pass", read: "imap.example.org, INBOX (inbox)" },
    ...relayed.judged.map(
      (one): Judged =>
        one.check === "placement" ? { check: "placement", outcome: "pass", read: "inbox" } : one,
    ),
  ];
  const pool = arrived(sample("gmail-relay-pool"), {
    sender: "crm",
    way: "secret",
    host: "smtp.office365.com",
    port: 587,
  });
  return reportOf({ ...relayed, judged }, pool, refused);
}
