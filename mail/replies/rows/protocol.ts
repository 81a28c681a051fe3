import type { Cause, Row } from "../row.ts";
import { PAGE_535, SERVER_2013 } from "../sources.ts";

const row = (name: string, words: RegExp, meaning: string, cause: Cause): Row => ({
  ...{ name, words, senders: "all", meaning },
  causes: [cause],
  source: SERVER_2013,
});

/** A client that does not speak SMTP as RFC 5321 has it. */
export const PROTOCOL_ROWS: readonly Row[] = [
  row("hello-first", /Send hello first/i, "the client sent a command before EHLO", {
    what: "The client sends AUTH or MAIL without a second EHLO after STARTTLS",
    fix: `correct the client's code (${PAGE_535})`,
  }),
  row(
    "commands-out-of-order",
    /Need (?:mail|rcpt) command|Sender already specified|Already authenticated|Only one STARTTLS command/i,
    "the client sent a command when it was not its turn",
    {
      what: "The client ignores an earlier refusal, or repeats a command",
      fix: "look at its dialogue for the first reply that begins with 4 or 5, and explain that one",
    },
  ),
  row(
    "bad-hello",
    /requires domain address|Invalid domain name/i,
    "the name in EHLO is no host name",
    {
      what: "The host has no name, or one with a space or underscore",
      fix: "set the client's name to a full host name, with Postfix smtp_helo_name",
    },
  ),
  row("bad-address", /^Invalid address/i, "an address in MAIL FROM or RCPT TO is malformed", {
    what: "The client sends an address without a domain, with a display name, or with spaces",
    fix: "send the bare address in angle brackets",
  }),
  {
    name: "several-authors",
    codes: ["5.1.20"],
    words: /Multiple From addresses are not allowed/i,
    senders: "all",
    meaning: "From has several addresses, and no Sender says which of them sent it",
    causes: [
      {
        what: "The sender writes several addresses into From, or From twice",
        fix: "have it write one address into From, or one address into Sender beside it",
      },
    ],
    source: "https://mc.merill.net/message/MC886603",
  },
  row(
    "bad-command",
    /Unrecognized command|Invalid arguments|Syntax error in parameters/i,
    "the server does not know the command or its arguments",
    {
      what: "The client uses an extension that the reply to EHLO does not offer, or something between it and Exchange changes the dialogue",
      fix: "correct the client; switch the SMTP inspection of the firewall off",
    },
  ),
  row(
    "no-such-mechanism",
    /Unrecognized authentication type/i,
    "the server does not have this way to sign in",
    {
      what: "The client uses AUTH PLAIN, signs in on port 25, or before STARTTLS",
      fix: "use XOAUTH2 (or LOGIN with a password) on port 587 after STARTTLS; a sender with a connector does not sign in",
    },
  ),
  row("sign-in-aborted", /Authentication aborted/i, "the client gave up its sign-in", {
    what: "The client has no credential, or can't go on with this mechanism",
    fix: "look at the client's own log",
  }),
  row(
    "too-many-errors",
    /Too many errors on this connection/i,
    "the server ends the connection after several refusals",
    {
      what: "The client goes on after each refusal",
      fix: "explain the first refusal of the connection",
    },
  ),
];
