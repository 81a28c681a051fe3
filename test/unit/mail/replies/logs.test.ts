// How refusals are found in bounces and logs, and that nothing of any size or kind takes long or reaches the terminal.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diagnose } from "../../../../mail/replies/diagnose.ts";
import { LONGEST_LINE, refusalsIn } from "../../../../mail/replies/logs.ts";
import { LONGEST_REPLY, readReply } from "../../../../mail/replies/reply.ts";

/** Log or bounce, with the form and the rows of its refusals. Where no source stands beside it, the form is the program's. */
const TEXTS: readonly (readonly [text: string, form: string, names: readonly string[]])[] = [
  [
    // https://github.com/sisimai/rb-sisimai/issues/77
    "Aug 12 21:56:59 7018869c144e postfix/smtp[592]: F180CB7A: to=<a@contoso.com>, relay=contoso-com.mail.protection.outlook.com[207.46.163.74]:25, delay=5.5, delays=0.09/0/0.43/5, dsn=5.4.1, status=bounced (host contoso-com.mail.protection.outlook.com[207.46.163.74] said: 550 5.4.1 [a@contoso.com]: Recipient address rejected: Access denied [BL2NAM02FT061.eop-nam02.prod.protection.outlook.com] (in reply to RCPT TO command))",
    "Postfix",
    ["recipient-rejected"],
  ],
  [
    // https://oneuptime.com/blog/post/2026-03-02-troubleshoot-mail-relay-configuration-ubuntu/view
    "Mar 2 10:00:01 server postfix/smtp[1237]: ABCDEF123456: to=<user@contoso.com>, relay=smtp.office365.com[x.x.x.x]:587, delay=1, status=deferred (SASL authentication failed; server smtp.office365.com[x.x.x.x] said: 535 5.7.3 Authentication unsuccessful)",
    "Postfix",
    ["not-as-this-mailbox"],
  ],
  [
    // https://pastebin.com/pJv07ywH
    "2018-06-12 14:58:33 1fSdGB-0008Kt-3b ** yap@gmail.com R=dkim_lookuphost T=dkim_remote_smtp H=gmail-smtp-in.l.google.com [74.125.24.27] X=TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256:128 CV=yes: SMTP error from remote mail server after end of data: 550-5.7.1 [103.27.73.29] The IP address sending this message does not have a PTR\\n550-5.7.1 record setup.\\n550 5.7.1 information. e189-v6si165855pgc.461 - gsmtp",
    "Exim",
    ["no-reverse-dns"],
  ],
  [
    "1tXabc-0001Kt-3b ** a@fabrikam.com R=smarthost T=remote_smtp_smarthost H=contoso-com.mail.protection.outlook.com [52.101.1.1]: SMTP error from remote mail server after RCPT TO:<a@fabrikam.com>: 550 5.7.64 TenantAttribution; Relay Access Denied [DB1PEPF0001.eurprd03.prod.outlook.com]",
    "Exim",
    ["relay-denied"],
  ],
  [
    "Jul 27 14:43:18 host=smtp.office365.com tls=on auth=on user=a@contoso.com from=a@contoso.com recipients=b@fabrikam.com smtpstatus=550 smtpmsg='550 5.7.60 SMTP; Client doesn't have permissions to send as this sender' errormsg='the server did not accept the mail' exitcode=EX_UNAVAILABLE",
    "msmtp",
    ["send-as-denied"],
  ],
  [
    "msmtp: server message: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled.\n",
    "msmtp",
    ["basic-authentication-disabled"],
  ],
  [
    " -> RCPT TO:<a@fabrikam.com>\n<** 550 5.7.64 TenantAttribution; Relay Access Denied\n -> QUIT\n<-  221 2.0.0 Service closing",
    "swaks",
    ["relay-denied"],
  ],
  [
    "> AUTH XOAUTH2 dXNlcj0=\r\n< 535 5.7.3 Authentication unsuccessful [AS8PR07CA0001.eurprd07.prod.outlook.com]\r\n* Closing connection",
    "curl",
    ["not-as-this-mailbox"],
  ],
  [
    // https://github.com/ShareX/ShareX/issues/6699
    "System.Net.Mail.SmtpException: The SMTP server requires a secure connection or the client was not authenticated. The server response was: 5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. [SG2P153CA0002.APCP153.PROD.OUTLOOK.COM 2023-01-24T10:49:45.194Z 08DAFD75B2194F44]\n   at System.Net.Mail.MailCommand.CheckResponse(SmtpStatusCode statusCode, String response)",
    ".NET",
    ["criteria-not-met"],
  ],
  // https://github.com/jstedfast/MailKit/issues/700
  [
    "MailKit.Security.AuthenticationException: AuthenticationInvalidCredentials: 5.7.3 Authentication unsuccessful [BN3PR03CA0067.namprd03.prod.outlook.com]",
    ".NET",
    ["not-as-this-mailbox"],
  ],
  // https://github.com/rpremraj/mailR/issues/107
  [
    "DEBUG SMTP: AUTH LOGIN failed\njavax.mail.AuthenticationFailedException: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [BM1P287CA0015.INDP287.PROD.OUTLOOK.COM]\n\n\tat java.mail/com.sun.mail.smtp.SMTPTransport$Authenticator.authenticate(SMTPTransport.java:965)",
    "Java",
    ["basic-authentication-disabled"],
  ],
  // https://github.com/nodemailer/nodemailer/issues/1662
  [
    "  code: 'EAUTH',\n  response: '535 5.7.3 Authentication unsuccessful [PN3PR01CA0125.INDPRD01.PROD.OUTLOOK.COM 2024-06-10T09:25:13.275Z 08DC88D7FA2C3908]',\n  responseCode: 535,\n  command: 'AUTH LOGIN'",
    "nodemailer",
    ["not-as-this-mailbox"],
  ],
  // https://github.com/nodemailer/nodemailer/issues/1484
  [
    "[2022-11-16 11:57:26] DEBUG [lHr1v5x3A] S: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. [TY1PR01CA0183.jpnprd01.prod.outlook.com]\n[2022-11-16 11:57:26] ERROR Send Error: Invalid login: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
    "log",
    ["smtp-auth-off-for-tenant"],
  ],
  // https://github.com/rss2email/rss2email/issues/147
  [
    "smtplib.SMTPDataError: (554, b'5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message')",
    "Python",
    ["send-as-denied"],
  ],
  [
    "smtplib.SMTPRecipientsRefused: {'a@fabrikam.com': (550, b'5.7.64 TenantAttribution; Relay Access Denied')}",
    "Python",
    ["relay-denied"],
  ],
  // https://github.com/swiftmailer/swiftmailer/issues/1030
  [
    'Expected response code 250 but got code "550", with message "550 5.7.60 SMTP; Client does not have permissions to send as this sender"',
    "PHP",
    ["send-as-denied"],
  ],
  // https://github.com/sisimai/go-sisimai/issues/150
  [
    "Diagnostic-Code: smtp; 550 5.7.515 Access denied, sending domain EXAMPLE.JP\n    doesn't meet the required authentication level. The sender's domain in the\n    5322.From address doesn't\nStatus: 5.7.515",
    "delivery status",
    ["outlook-bulk-authentication"],
  ],
  // https://learn.microsoft.com/answers/questions/5835651/email-cant-be-sent-because-tenant-has-exceeded-its
  [
    "Remote server returned '550 5.7.233 - Your message can't be sent because your tenant\nhas exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit).'",
    "Exchange's bounce",
    ["tenant-recipient-limit"],
  ],
  [
    "<p>Remote Server returned &#39;550 5.7.708 Access denied, traffic not accepted from this IP&#39;</p>",
    "Exchange's bounce",
    ["tenant-not-trusted"],
  ],
  // https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online
  [
    "mail.contoso.com #<exchange.contoso.com #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#",
    "Exchange's bounce",
    ["not-signed-in"],
  ],
  [
    "<-  220 mx.google.com ESMTP\n<** 550-5.7.26 Unauthenticated email from example.com is not accepted due to\n<** 550-5.7.26 domain's DMARC policy. Please visit\n<** 550 5.7.26 information. x - gsmtp\n<** 550 5.7.64 TenantAttribution; Relay Access Denied",
    "swaks",
    ["dmarc-reject", "relay-denied"],
  ],
];

describe("refusals in logs and bounces", () => {
  for (const [text, form, names] of TEXTS) {
    it(`are found: ${form}, ${names.join(", ")}`, () => {
      const { diagnoses } = diagnose(text, []);
      assert.deepEqual(
        diagnoses.map((one) => [one.form, one.row?.name]),
        names.map((name) => [form, name]),
      );
    });
  }

  it("are none where mail was accepted, or where numbers only look like codes", () => {
    const text = `Nov 28 10:00:01 host postfix/smtp[1]: A1: to=<a@b.example>, dsn=2.0.0, status=sent (250 2.6.0 <x@y> [InternalId=1] Queued mail for delivery)
Nov 28 10:00:02 host postfix/qmgr[450]: A1: from=<a@b.example>, size=550, nrcpt=1 (queue active)
kernel 5.10.0-30 booted, 512 MB`;
    assert.deepEqual([...refusalsIn(text)], []);
  });

  it("are told once for each kind, with their number and first line", () => {
    const line = TEXTS[0]?.[0] ?? "";
    const { diagnoses } = diagnose(`\n${line}\nconnect\n${line}\n`, []);
    assert.deepEqual(
      diagnoses.map(({ count, line }) => [count, line]),
      [[2, 2]],
    );
  });
});

describe("a reply", () => {
  it("is taken apart", () => {
    const marked =
      "550 5.7.64 TenantAttribution; Relay Access Denied [HOST.prod.outlook.com 2025-01-22T03:07:00.315Z 08DD393115E98C2B]";
    assert.deepEqual(readReply(marked), {
      code: 550,
      enhanced: "5.7.64",
      text: "TenantAttribution; Relay Access Denied",
      host: "HOST.prod.outlook.com",
      time: "2025-01-22T03:07:00.315Z",
    });
    const lines =
      "421-4.7.28 Gmail has detected an unusual rate of\r\n421-4.7.28 unsolicited mail.\r\n421 4.7.28 a.983 - gsmtp";
    assert.equal(
      readReply(lines).text,
      "Gmail has detected an unusual rate of unsolicited mail. a.983 - gsmtp",
    );
    assert.equal(
      readReply("452 4.3.2 limit. [Hostname=AS8PR07MB7669.eurprd07.prod.outlook.com]").host,
      "AS8PR07MB7669.eurprd07.prod.outlook.com",
    );
    assert.equal(readReply("550 5.7.1 from [203.0.113.10]").host, "", "an address is no host");
  });

  it("that is not known is told as such, with its class", () => {
    const { diagnoses } = diagnose("499 4.3.0 The moon is in the wrong phase", []);
    assert.deepEqual(
      diagnoses.map(({ row, lasts, subject }) => [row, lasts, subject]),
      [[undefined, "temporary", "the mail system"]],
    );
  });

  it("has its class by the reply code, as clients see it", () => {
    const [one] = diagnose("451 5.7.3 STARTTLS is required to send mail", []).diagnoses;
    assert.deepEqual([one?.lasts, one?.subject], ["temporary", "security or policy"]);
  });
});

describe("hostile input", () => {
  it("of characters that a terminal acts on reaches no text", () => {
    const evil =
      "550 5.7.64 Tenant\u001b[31mred\u0007\u0000 \u202egnp\u200b\u009b2J\r\n[HOST\u001b.prod.outlook.com]";
    const { diagnoses } = diagnose(evil, []);
    const told = JSON.stringify(diagnoses.map(({ reply }) => Object.values(reply).join(" ")));
    assert.doesNotMatch(told.replaceAll("\\\\", ""), /[\p{Cc}\p{Cf}]|\\u00|\\[bfnrt]/u);
    assert.match(told, /550 5\.7\.64 Tenant\?\[31mred/);
  });

  it("of lines of 10 MB is looked at where they begin", () => {
    const long = `${"x".repeat(LONGEST_LINE)} said: 550 5.7.64 TenantAttribution; Relay Access Denied)${"y".repeat(10_000_000)}`;
    const short = "b said: 550 5.7.68 Direct Send not allowed for this organization)";
    const found = [...refusalsIn(`${long}\n${short}`)];
    assert.deepEqual(
      found.map(({ line }) => line),
      [2],
    );
  });

  it("of beginnings without an end is read in one go", () => {
    const beginnings = [
      " said: 550 ",
      "smtp;550 ",
      " smtpmsg='550 5.7.1 ",
      "Remote server returned '550 ",
      "(550, b'",
      "\u2028 said: 550 ",
    ];
    for (const beginning of beginnings) {
      const line = beginning.repeat(LONGEST_LINE / beginning.length);
      const { diagnoses } = diagnose(`${line}\n\n`.repeat(300), []);
      assert.ok(JSON.stringify(diagnoses).length < 100_000, beginning);
      assert.equal(diagnoses.length, 1, beginning);
    }
  });

  it("of one endless reply is cut", () => {
    const [found, ...more] = [...refusalsIn(`${"550-5.7.1 a\n".repeat(100_000)}`)];
    assert.equal(more.length, 0);
    assert.ok((found?.text.length ?? 0) <= LONGEST_REPLY);
    const reply = readReply(`550 5.7.1 ${"[a.a".repeat(1_000_000)}`);
    assert.ok(reply.text.length <= LONGEST_REPLY);
  });

  it("of many replies that nobody knows is told in part, and the rest as a number", () => {
    const text = Array.from(
      { length: 5000 },
      (_, index) => `550 5.9.${index % 999} reason ${index}`,
    );
    const { diagnoses, untold } = diagnose(text.join("\n"), []);
    assert.deepEqual([diagnoses.length, untold], [20, 4980]);
  });
});
