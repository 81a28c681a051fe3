// What doctor says of a mail server that it greeted, an outcome a row.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Dialogue,
  judgeServer,
  type ServerOfSenders,
} from "../../../../mail/doctor/network/smtpServer.ts";

const mx: ServerOfSenders = {
  host: "contoso-com.mail.protection.outlook.com",
  port: 25,
  senders: [
    { name: "erp", egress: ["203.0.113.0/28"] },
    { name: "crm", egress: [] },
  ],
};
const submission: ServerOfSenders = {
  host: "smtp.office365.com",
  port: 587,
  senders: [
    { name: "shop", egress: [], mechanism: "XOAUTH2" },
    { name: "old", egress: [], mechanism: "LOGIN" },
  ],
};
const hello = (client: string, ...keywords: string[]) => [
  `250-AM0PR.mail.protection.outlook.com Hello [${client}]`,
  ...keywords.map((keyword) => `250-${keyword}`),
  "250 SMTPUTF8",
];
const good = (client = "198.51.100.9", change: Partial<Dialogue> = {}): Dialogue => ({
  stage: "done",
  before: hello(client, "SIZE 157286400", "STARTTLS"),
  within: hello(client, "SIZE 157286400", "AUTH LOGIN XOAUTH2"),
  tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
  ...change,
});
const bad = (stage: Dialogue["stage"], why: string, change: Partial<Dialogue> = {}): Dialogue => ({
  stage,
  why,
  before: [],
  within: [],
  ...change,
});

interface Case {
  readonly of: string;
  readonly server?: ServerOfSenders;
  readonly v4: Dialogue;
  readonly v6?: Dialogue;
  readonly says: readonly (readonly [string, RegExp])[];
}

const CASES: readonly Case[] = [
  {
    of: "a server that answers another machine",
    v4: good(),
    says: [["ok", /TLSv1\.3 .* address is 198\.51\.100\.9, that of no sender$/]],
  },
  {
    of: "a server that answers a sender's machine",
    v4: good("203.0.113.5"),
    says: [["ok", /that of erp$/]],
  },
  {
    of: "a sender's machine that has IPv6 too",
    v4: good("203.0.113.5"),
    v6: good("IPv6:2001:db8::5"),
    says: [
      ["ok", /that of erp$/],
      ["warning", /sender erp's, and reaches .* over IPv6 too, as 2001:db8::5$/],
    ],
  },
  {
    of: "another machine that has IPv6",
    v4: good(),
    v6: good("2001:db8::5"),
    says: [["ok", /no sender/]],
  },
  {
    of: "a sender's machine without a way over IPv6",
    v4: good("203.0.113.5"),
    v6: bad("connect", "ENETUNREACH"),
    says: [["ok", /that of erp$/]],
  },
  {
    of: "a server for sign-ins",
    server: submission,
    v4: good(),
    says: [["ok", /valid certificate; AUTH LOGIN XOAUTH2$/]],
  },
  {
    of: "a server that takes no passwords any more",
    server: submission,
    v4: good("198.51.100.9", { within: hello("198.51.100.9", "AUTH XOAUTH2") }),
    says: [["error", /does not offer AUTH LOGIN; it offers XOAUTH2$/]],
  },
  {
    of: "a name that is not found",
    v4: bad("name", "ETIMEOUT"),
    says: [["unknown", /could not be looked up/]],
  },
  {
    of: "a port that is blocked",
    v4: bad("connect", "no answer for 10 s"),
    says: [["warning", /:25 can't be reached over IPv4 from this machine: no answer for 10 s/]],
  },
  {
    of: "a network that is refused",
    v4: bad("greeting", "550 5.7.1"),
    says: [["warning", /refuses this machine/]],
  },
  {
    of: "a firewall that takes STARTTLS away",
    v4: good("198.51.100.9", { before: hello("198.51.100.9", "XXXXXXXA") }),
    says: [["error", /offers no STARTTLS/]],
  },
  {
    of: "a handshake that breaks",
    v4: bad("tls", "ECONNRESET", { before: hello("198.51.100.9", "STARTTLS") }),
    says: [["error", /TLS with .* fails: ECONNRESET/]],
  },
  {
    of: "a certificate of somebody else",
    v4: good("198.51.100.9", {
      tls: { version: "TLSv1.3", cipher: "x", untrusted: "SELF_SIGNED_CERT_IN_CHAIN" },
    }),
    says: [["error", /not valid for this name: SELF_SIGNED_CERT_IN_CHAIN/]],
  },
];

describe("a mail server that was greeted", () => {
  for (const { of, server = mx, v4, v6, says } of CASES) {
    it(`is judged: ${of}`, () => {
      const findings = judgeServer(server, v4, v6);
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        says.map(([severity]) => severity),
      );
      for (const [index, [, words]] of says.entries()) {
        assert.match(findings[index]?.what ?? "", words);
      }
    });
  }
});
