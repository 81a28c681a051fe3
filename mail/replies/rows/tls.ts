import type { Row } from "../row.ts";
import { NDR, PAGE_5764, PRINTERS } from "../sources.ts";

const STARTTLS = "enable STARTTLS in the server or client";

/** TLS, IPv6, and Exchange's servers themselves. */
export const TLS_ROWS: readonly Row[] = [
  {
    name: "starttls-required",
    words: /STARTTLS is required|Must issue a STARTTLS command first/i,
    senders: "all",
    meaning: "the connection has no TLS",
    causes: [
      {
        what: "The client does not use STARTTLS, or port 465, which Exchange does not have",
        fix: `${STARTTLS}, on port 587`,
      },
    ],
    source: PRINTERS,
  },
  {
    name: "old-tls",
    codes: ["4.7.66"],
    words: /TLS 1\.0 and 1\.1 are not supported/i,
    senders: "all",
    meaning: "the client knows no TLS that Exchange still takes",
    causes: [
      {
        what: "The client or its operating system is too old",
        fix: "use a newer client, or put a mail server with TLS 1.2 in front of it that has a connector",
      },
    ],
    source:
      "https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/opt-in-exchange-online-endpoint-for-legacy-tls-using-smtp-auth",
  },
  {
    name: "no-tls-channel",
    words: /Failed to establish appropriate TLS channel/i,
    senders: "connector",
    meaning: "the connector requires TLS, and the server sends without it",
    causes: [{ what: "The server does not use STARTTLS", fix: STARTTLS }],
    source: "https://support.microsoft.com/help/2888788",
  },
  {
    name: "ipv6-unauthenticated",
    words:
      /sent over IPv6 .{0,60}must pass either SPF or DKIM|sending IPv6 address .{0,60}must have a reverse DNS record|does not accept email over IPv6/i,
    codes: ["5.7.510", "5.7.508"],
    senders: "connector",
    meaning: "the server connected over IPv6, which no connector matches",
    causes: [
      {
        what: "The MX host has an IPv6 address, and the server prefers it",
        fix: `have the server send over IPv4, with Postfix inet_protocols = ipv4 (${PAGE_5764}, step 1)`,
        shows: "egress",
      },
    ],
    source: NDR,
  },
  {
    name: "receivers-tls",
    codes: ["4.7.321-325", "5.7.321-325"],
    words:
      /starttls-not-supported|certificate-expired|tlsa-invalid|dnssec-invalid|certificate-host-mismatch/i,
    senders: "all",
    meaning: "the recipient's server has no TLS as its DANE or MTA-STS records promise",
    causes: [
      {
        what: "The recipient's server or its DNS is broken",
        fix: "tell the recipient's administrator the whole reply",
      },
    ],
    source: NDR,
  },
  {
    name: "service-trouble",
    words:
      /Temporary server error\. Please try again later|Insufficient system resources|Service not active|Service not available|Connection timed out|Message failed to be replicated|connections per resource forest has exceeded|Mail server temporarily rejected|Internal server error|Resources temporarily unavailable/i,
    senders: "all",
    meaning: "the server has trouble of its own, or the client waited too long",
    causes: [
      {
        what: "A passing fault of the service",
        fix: "have the server or client try again, as mail servers do by themselves; if it lasts, look at the service's health in the admin centre",
      },
    ],
    source: NDR,
  },
];
