// What a relayed message says of its way, what a client can't make it say, and that one message stays one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { type Lab, openLab } from "../../src/lab.ts";
import {
  authorDomain,
  fieldName,
  formatMessage,
  hasBareLineFeed,
  parseMessage,
} from "../../src/smtp/message.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { dial, talk } from "./talk.ts";
import { dmarcRecord, placing, spfRecord } from "./zone.ts";

describe("headers of relayed mail", () => {
  let lab: Lab;
  let ours: string;
  let bea: string;
  let client: string;
  before(async () => {
    lab = await openLab({ seed: "headers" });
    ours = `erp@${lab.world.tenant.domain}`;
    bea = `bea@${lab.world.outside.domain}`;
    client = lab.world.addresses.customer[0];
    lab.admin("New-InboundConnector", {
      Name: "relay",
      ConnectorType: "OnPremises",
      SenderDomains: ["*"],
      SenderIPAddresses: [client],
    });
    lab.editZone(
      lab.world.tenant.domain,
      placing(
        spfRecord(lab.world, `ip4:${client} include:spf.protection.outlook.com -all`),
        dmarcRecord(lab.world, "p=none"),
      ),
    );
  });
  after(() => lab.close());
  beforeEach(async () => {
    await lab.settle();
    lab.world.outside.messages.length = 0;
    lab.world.queue.length = 0;
  });

  /** Hands raw bytes over as one message; answers every line that was heard. */
  const hand = (raw: string, to = bea) =>
    talk(lab.ports.smtp, loopbackOf(client), [
      `EHLO ERP.${lab.world.tenant.domain}`,
      `MAIL FROM:<${ours}>`,
      `RCPT TO:<${to}>`,
      "DATA",
      `${raw}\r\n.`,
      "QUIT",
    ]);
  async function relayed(raw: string): Promise<string> {
    assert.match((await hand(raw)).at(-2) ?? "", /^250 2\.6\.0 /);
    const [message] = await lab.waitForMail(1, 3000);
    return message?.raw ?? "";
  }
  const unfolded = (raw: string) => raw.split("\r\n\r\n")[0]?.replaceAll(/\r\n[ \t]+/g, " ") ?? "";

  it("the whole header, field by field, is that of the records", async () => {
    const { tenant, outside } = lab.world;
    const raw = await relayed(`From: ERP <${ours}>\r\nTo: ${bea}\r\nSubject: x\r\n\r\nhello`);
    const [site] = tenant.servers.frontEnd.split(".");
    const [mailbox, ...forest] = tenant.servers.mailbox.split(".");
    const helo = `ERP.${tenant.domain}`;
    const DATE = "\\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} \\+0000";
    const GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    const dots = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const proxy = `${mailbox?.slice(0, 7)}CA0056`;
    const dashed = tenant.initialDomain.replaceAll(".", "-");
    const outbound = dots(lab.world.addresses.exchangeOutbound);
    const expected = [
      `Return-Path: <${dots(ours)}>`,
      `Authentication-Results: ${dots(outside.mxHost)}; dkim=pass header\\.d=${dots(tenant.initialDomain)} header\\.i=@${dots(tenant.initialDomain)} header\\.s=selector1-${dashed} header\\.a=rsa-sha256 header\\.b=\\S+; spf=pass \\(${dots(outside.mxHost)}: domain of ${dots(ours)} designates ${outbound} as permitted sender\\) smtp\\.mailfrom=${dots(tenant.domain)}; dmarc=pass \\(p=NONE\\) policy\\.dmarc=none header\\.from=${dots(tenant.domain)}`,
      `Received-SPF: pass \\(.*\\) client-ip=${outbound}; envelope-from="${dots(ours)}"; helo=${dots(tenant.servers.outbound)};`,
      `Received: from ${dots(tenant.servers.outbound)} \\(\\[${outbound}\\]\\) by ${dots(outside.mxHost)} with ESMTPS id \\w+; ${DATE}`,
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${dots(tenant.initialDomain)}; h=[\\w: -]+; q=dns/txt; s=selector1-${dashed}; t=\\d+; bh=[\\w+/=]+; b=[\\w+/= ]+`,
      `Received: from ${proxy}\\.${dots(forest.join("."))} \\([0-9a-f:]+\\) by ${dots(tenant.servers.mailbox)} \\([0-9a-f:]+\\) with Microsoft SMTP Server \\(version=TLS1_2, cipher=\\w+\\) id 15\\.20\\.\\d+\\.\\d+; ${DATE}`,
      `Received: from ${site}\\.${dots(forest.join("."))} \\([0-9a-f:]+:cafe::8c\\) by ${proxy}\\.outlook\\.office365\\.com \\([0-9a-f:]+\\) with Microsoft SMTP Server \\(version=TLS1_3, cipher=\\w+\\) id 15\\.20\\.\\d+\\.\\d+ via Frontend Transport; ${DATE}`,
      `X-MS-Exchange-Authentication-Results: spf=pass \\(sender IP is ${dots(client)}\\) smtp\\.mailfrom=${dots(tenant.domain)}; dkim=none \\(message not signed\\) header\\.d=none;dmarc=pass action=none header\\.from=${dots(tenant.domain)};`,
      `Received-SPF: Pass \\(protection\\.outlook\\.com: domain of ${dots(tenant.domain)} designates ${dots(client)} as permitted sender\\) receiver=protection\\.outlook\\.com; client-ip=${dots(client)}; helo=${dots(helo)}; pr=C`,
      `Received: from ${dots(helo)} \\(${dots(client)}\\) by ${dots(tenant.servers.frontEnd)} \\(10\\.167\\.242\\.72\\) with Microsoft SMTP Server id 15\\.20\\.\\d+\\.\\d+ via Frontend Transport; ${DATE}`,
      `From: ERP <${dots(ours)}>`,
      `To: ${dots(bea)}`,
      "Subject: x",
      `Message-ID: <${GUID}@${dots(tenant.servers.mailbox)}>`,
      `Date: ${DATE}`,
      "X-EOPAttributedMessage: 0",
      "X-MS-PublicTrafficType: Email",
      `X-MS-TrafficTypeDiagnostic: ${site}:EE_\\|${mailbox}:EE_`,
      `X-MS-Office365-Filtering-Correlation-Id: ${GUID}`,
      "X-MS-Exchange-SenderADCheck: 1",
      "X-MS-Exchange-AntiSpam-Relay: 0",
      "X-Microsoft-Antispam: BCL:0;ARA:[\\d|]+;",
      `X-Forefront-Antispam-Report: CIP:${dots(client)};CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:${dots(helo)};PTR:InfoDomainNonexistent;CAT:NONE;SFS:[()\\d]+;DIR:OUT;SFP:1101;`,
      `X-OriginatorOrg: ${dots(tenant.domain)}`,
      "X-MS-Exchange-CrossTenant-OriginalArrivalTime: \\d\\d \\w{3} \\d{4} [\\d:]{8}\\.\\d{4} \\(UTC\\)",
      `X-MS-Exchange-CrossTenant-Network-Message-Id: ${GUID}`,
      `X-MS-Exchange-CrossTenant-Id: ${tenant.id}`,
      `X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=${tenant.id};Ip=\\[${dots(client)}\\];Helo=\\[${dots(helo)}\\]`,
      `X-MS-Exchange-CrossTenant-AuthSource: ${site}\\.${dots(forest.join("."))}`,
      "X-MS-Exchange-CrossTenant-AuthAs: Anonymous",
      "X-MS-Exchange-CrossTenant-FromEntityHeader: HybridOnPrem",
      `X-MS-Exchange-Transport-CrossTenantHeadersStamped: ${mailbox}`,
    ];
    const lines = unfolded(raw).split("\r\n");
    assert.equal(lines.length, expected.length, lines.join("\n"));
    for (const [index, line] of lines.entries()) {
      assert.match(line, new RegExp(`^${expected[index]}$`));
    }
    const guids = lines.filter((line) => /Correlation-Id|Network-Message-Id/.test(line));
    assert.equal(new Set(guids.map((line) => line.split(": ")[1])).size, 1);
    assert.ok(raw.endsWith("\r\n\r\nhello\r\n"));
  });

  it("mail for a mailbox inside says where it came in, and by what right", async () => {
    const [anna] = lab.world.mailboxes.filter(({ address }) => address.startsWith("anna@"));
    await hand(`From: ${ours}\r\n\r\nhello`, anna?.address);
    const [message] = anna?.messages ?? [];
    const header = unfolded(message?.raw ?? "");
    assert.match(header, /^X-MS-Exchange-Organization-MessageDirectionality: Originating$/m);
    assert.match(header, /^X-MS-Exchange-Organization-AuthAs: Anonymous$/m);
    assert.match(header, /^X-Forefront-Antispam-Report: CIP:.*;SCL:1;.*DIR:INB;$/m);
    assert.equal(header.match(/^Received: /gm)?.length, 3);
  });

  const forgeries: [string, string][] = [
    ["as Exchange writes it", "X-MS-Exchange-CrossTenant-Id: forged"],
    ["in odd case", "x-mS-eXCHANGE-crossTENANT-iD: forged"],
    ["folded", "X-MS-Exchange-CrossTenant-Id:\r\n forged\r\n\tforged"],
    ["with a blank before the colon", "X-MS-Exchange-CrossTenant-Id : forged"],
    ["with a tab before the colon", "X-MS-Exchange-CrossTenant-Id\t: forged"],
    ["behind a bare LF", "X-Ours: a\nX-MS-Exchange-CrossTenant-Id: forged"],
    ["behind a bare CR", "X-Ours: a\rX-MS-Exchange-CrossTenant-Id: forged"],
    ["folded by bare LF", "X-MS-Exchange-CrossTenant-Id:\n forged\n forged"],
    ["behind a line that is no field", "nonsense\r\nX-MS-Exchange-CrossTenant-Id: forged"],
    ["many times", "X-OriginatorOrg: forged\r\n".repeat(3).trimEnd()],
    ["X-MS-Exchange-Organization", "X-MS-Exchange-Organization-SCL: forged"],
    ["X-MS-Exchange-Forest", "X-MS-Exchange-Forest-X: forged"],
    ["X-MS-Exchange-CrossPremises", "X-MS-Exchange-CrossPremises-AuthAs: forged"],
    [
      "X-MS-Exchange-Transport-CrossTenant",
      "X-MS-Exchange-Transport-CrossTenantHeadersStamped: forged",
    ],
    ["X-MS-Exchange-Authentication-Results", "X-MS-Exchange-Authentication-Results: forged"],
    ["X-OriginatorOrg", "X-OriginatorOrg: forged"],
    ["X-Forefront-Antispam-Report", "X-Forefront-Antispam-Report: forged"],
    ["X-Microsoft-Antispam", "X-Microsoft-Antispam: forged"],
    ["X-EOPTenantAttributedMessage", "X-EOPTenantAttributedMessage: forged"],
  ];
  for (const [how, field] of forgeries) {
    it(`the header firewall takes a forged field: ${how}`, async () => {
      const raw = await relayed(`${field}\r\nFrom: ${ours}\r\nX-Stays: yes\r\n\r\nhello`);
      assert.doesNotMatch(raw, /forged/);
      assert.match(raw, /^X-Stays: yes\r$/m);
      assert.equal(raw.match(/^X-MS-Exchange-CrossTenant-Id: /gim)?.length, 1);
      assert.match(raw, /\r\n\r\nhello\r\n$/);
    });
  }

  it("a first line that begins with a blank continues none of Exchange's fields", async () => {
    const raw = await relayed(` (spoofed by hand)\r\n more\r\nFrom: ${ours}\r\n\r\nhello`);
    assert.match(
      unfolded(raw),
      /via Frontend Transport; [^(]+\r\n\(spoofed by hand\) more\r\nFrom:/,
    );
  });

  it("a message without a header stays without one of its own", async () => {
    const raw = await relayed(`\r\nX-OriginatorOrg: in the body\r\n\r\nhello`);
    assert.ok(raw.endsWith("\r\n\r\nX-OriginatorOrg: in the body\r\n\r\nhello\r\n"));
  });

  it("a body with bare line feeds is taken, and then can't leave", async () => {
    const lines = await hand(`From: ${ours}\r\nTo: ${bea}\r\n\r\none\ntwo\r\n`);
    assert.match(lines.at(-2) ?? "", /^250 2\.6\.0 /);
    await lab.settle();
    assert.equal(lab.world.queue[0]?.state, "failed");
    assert.match(lab.world.queue[0]?.lastReply ?? "", /^550 5\.6\.11 SMTPSEND\.BareLinefeeds/);
    assert.deepEqual(lab.mailbox(), []);
  });

  describe("SMTP smuggling", () => {
    const smuggled = () =>
      `MAIL FROM:<admin@${lab.world.tenant.domain}>\r\nRCPT TO:<${bea}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`;
    const ends = {
      "LF . LF": "\n.\n",
      "LF . CR LF": "\n.\r\n",
      "CR LF . LF": "\r\n.\n",
      "CR . CR": "\r.\r",
      "CR LF . CR": "\r\n.\r",
      "CR . CR LF": "\r.\r\n",
      "CR CR LF . CR CR LF": "\r\r\n.\r\r\n",
      "LF . CR CR LF": "\n.\r\r\n",
      "CR LF NUL . CR LF": "\r\n\0.\r\n",
      "CR LF . NUL CR LF": "\r\n.\0\r\n",
      "CR LF blank . CR LF": "\r\n .\r\n",
      "a stuffed dot": "\r\n..\r\n",
      "a stuffed dot after LF": "\n..\r\n",
    };
    for (const [what, end] of Object.entries(ends)) {
      it(`${what} does not end a message`, async () => {
        const commands = smuggled().replaceAll("\r\n.\r\n", "\r\n..\r\n");
        const lines = await hand(`From: ${ours}\r\n\r\none${end}${commands}two`);
        assert.equal(lines.filter((line) => line.startsWith("250 2.6.0")).length, 1, lines.join());
        assert.equal(lines.filter((line) => line.startsWith("250 2.1.0")).length, 1);
        await lab.settle();
        assert.equal(lab.world.queue.length, 1);
        const [entry] = lab.world.queue;
        assert.equal(entry?.envelope.from, ours);
        assert.match(entry?.raw ?? "", /Subject: smuggled/);
        assert.ok(lab.mailbox().length <= 1);
        for (const { raw } of lab.mailbox()) assert.match(raw, /two\r\n$/);
      });
    }

    it("a dot by itself in the message arrives as one, however the bytes are cut", async () => {
      const socket = await dial(lab.ports.smtp, loopbackOf(client));
      let heard = "";
      socket.on("data", (chunk) => {
        heard += chunk;
      });
      const hear = async (pattern: RegExp) => {
        while (!pattern.test(heard)) await once(socket, "data");
      };
      await hear(/^220 /m);
      socket.write(`EHLO x\r\nMAIL FROM:<${ours}>\r\nRCPT TO:<${bea}>\r\nDATA\r\n`);
      await hear(/^354 /m);
      const stuffed = `From: ${ours}\r\n\r\n..\r\n..\r\n...x\r\n${smuggled().replaceAll("\r\n.\r\n", "\r\n..\r\n")}.\r\n`;
      for (const byte of stuffed) {
        socket.write(byte);
        await nextTurn();
      }
      await hear(/^250 2\.6\.0 /m);
      socket.end("QUIT\r\n");
      await lab.waitForMail(1, 3000);
      assert.equal(lab.world.queue.length, 1);
      assert.ok(lab.mailbox()[0]?.raw.includes("\r\n\r\n.\r\n.\r\n..x\r\nMAIL FROM:"));
    });

    it("commands that come behind STARTTLS in clear are not heard in the TLS session", async () => {
      const socket = await dial(lab.ports.smtp, loopbackOf(client));
      await once(socket, "data");
      socket.write("EHLO x\r\n");
      await once(socket, "data");
      socket.write(`STARTTLS\r\n${smuggled()}`);
      await once(socket, "data");
      const { mxHost } = lab.world.tenant;
      const secure = connectTls({ socket, servername: mxHost, rejectUnauthorized: false });
      await once(secure, "secureConnect");
      secure.write("DATA\r\n");
      const [answer] = await once(secure, "data");
      assert.equal(String(answer), "503 5.5.2 Send hello first\r\n");
      secure.destroy();
      assert.deepEqual(lab.world.queue, []);
    });
  });

  it("what is no command is not repeated in the log, as it may be a password", async () => {
    const password = Buffer.from("hunter2-of-somebody").toString("base64");
    for (const port of [lab.ports.smtp, lab.ports.mx]) {
      await talk(port, loopbackOf(client), ["EHLO x", `AUTH PLAIN ${password}`, password, "QUIT"]);
    }
    const log = JSON.stringify(lab.log.events());
    assert.ok(!log.toUpperCase().includes(password.toUpperCase()));
    assert.ok(lab.log.count({ service: "smtp", refused: true }) >= 2);
  });
});

describe("a message in parts", () => {
  const rows: [string, string, string[], string][] = [
    ["an ordinary one", "A: 1\r\nB: 2\r\n\r\nbody", ["A: 1", "B: 2"], "body"],
    ["folded", "A: 1\r\n 2\r\n\t3\r\n\r\nbody", ["A: 1\r\n 2\r\n\t3"], "body"],
    ["bare line feeds", "A: 1\n 2\nB: 3\n\nbo\ndy", ["A: 1\r\n 2", "B: 3"], "bo\ndy"],
    ["bare carriage returns", "A: 1\rB: 2\r\rbody", ["A: 1", "B: 2"], "body"],
    ["no header", "\r\nA: 1\r\n\r\nbody", [], "A: 1\r\n\r\nbody"],
    ["no body", "A: 1\r\n", ["A: 1"], ""],
    ["nothing", "", [], ""],
    ["a blank first", " A: 1\r\n B\r\nC: 2\r\n\r\n", ["A: 1\r\n B", "C: 2"], ""],
  ];
  for (const [what, raw, fields, body] of rows) {
    it(`${what}`, () => {
      const message = parseMessage(raw);
      assert.deepEqual(message, { fields, body });
      assert.deepEqual(parseMessage(formatMessage(message)), message);
    });
  }
  it("names are compared in lower case, without blanks", () => {
    assert.equal(fieldName("X-Foo \t: bar: baz"), "x-foo");
  });
  it("a bare line feed is one without its carriage return", () => {
    assert.deepEqual(["a\r\nb", "a\nb", "\n", "a\rb", "\r\n\n"].map(hasBareLineFeed), [
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe("the author's domain", () => {
  const FROM: readonly (readonly [from: string, domain: string])[] = [
    ['"<ceo@victim.example>" <x@attacker.example>', "attacker.example"],
    ['"ceo@victim.example" <x@attacker.example>', "attacker.example"],
    ['"\\"<ceo@victim.example>" <x@attacker.example>', "attacker.example"],
    ['"ceo@victim.example"@attacker.example', "attacker.example"],
    ["(<ceo@victim.example>) x@attacker.example", "attacker.example"],
    ["x@attacker.example (ceo@victim.example)", "attacker.example"],
    ["<x@attacker.example> ceo@victim.example", "attacker.example"],
    ["=?utf-8?q?=3Cceo=40victim.example=3E?= <x@attacker.example>", "attacker.example"],
    ["ERP\r\n <erp@Contoso.Example>", "contoso.example"],
    ["erp@contoso.example.", "contoso.example"],
    ["erp@contoso.example, crm@fabrikam.example", "contoso.example"],
    ["Applications: erp@contoso.example;", "contoso.example"],
    ["nobody", ""],
    ["<>", ""],
  ];
  for (const [from, domain] of FROM) {
    it(`in From: ${from.replace(/\s+/g, " ")} is ${domain || "none"}`, () =>
      assert.equal(authorDomain(parseMessage(`From: ${from}\r\n\r\nhello`)), domain));
  }
});
