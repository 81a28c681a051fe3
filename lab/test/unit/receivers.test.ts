// The organisations outside whose mail others host: what Gmail's and Exchange Online's servers write, say and do with mail
// that Exchange relays to them. The product reads each as what the lab decided. Does not prove that Google and Microsoft decide so.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { attributionOf } from "../../../mail/message/attribution.ts";
import { fieldOf, fieldsOf } from "../../../mail/message/fields.ts";
import { readingOf } from "../../../mail/message/reading.ts";
import { verdictsOf } from "../../../mail/message/verdict.ts";
import type { Sender } from "../../../mail/senders/sender.ts";
import { type Lab, openLab, type StoredMessage } from "../../src/lab.ts";
import { loadMailauth } from "../../src/smtp/judge.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import type { Receiver } from "../../src/world/outside.ts";
import { receiversOf } from "../../src/world/receivers.ts";
import { talk } from "./talk.ts";
import { dkimRecords, dmarcRecord, makeDkimKeys, placing, removing, spfRecord } from "./zone.ts";

const OUTLOOK = "include:spf.protection.outlook.com -all";
const GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
type Style = Receiver["style"];

describe("an organisation outside", () => {
  let lab: Lab;
  let domain: string;
  let client: string;
  before(async () => {
    lab = await openLab({ seed: "receivers" });
    ({ domain } = lab.world.tenant);
    [client] = lab.world.addresses.customer;
    lab.admin("New-InboundConnector", {
      Name: "relay",
      ConnectorType: "OnPremises",
      SenderDomains: ["*"],
      SenderIPAddresses: [client],
    });
    await makeDkimKeys(lab);
  });
  after(() => lab.close());
  beforeEach(async () => {
    await lab.settle();
    for (const { messages } of receiversOf(lab.world)) messages.length = 0;
    lab.world.queue.length = 0;
    const dmarc = dmarcRecord(lab.world, "p=none");
    lab.editZone(domain, placing(spfRecord(lab.world, OUTLOOK), dmarc, ...dkimRecords(lab.world)));
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: true });
  });

  const receiver = (style: Style): Receiver => {
    const found = receiversOf(lab.world).find((one) => one.style === style);
    assert.ok(found);
    return found;
  };
  /** Takes SPF and the domain's own DKIM away, so that DMARC fails. */
  function misalign(tags: string): void {
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    lab.editZone(domain, placing(spfRecord(lab.world, "-all"), dmarcRecord(lab.world, tags)));
  }
  /** Relays a message; gives what came of it. */
  async function relay(style: Style, body = "hello") {
    const [, to = ""] = receiver(style).mailboxes;
    const { refusal } = await lab.submit({
      from: client,
      helo: `erp.${domain}`,
      envelope: { from: `erp@${domain}`, to: [to] },
      message: `From: ERP <erp@${domain}>\r\nTo: ${to}\r\nSubject: test\r\n\r\n${body}\r\n`,
    });
    assert.equal(refusal, "");
    await lab.settle();
    return { message: receiver(style).messages[0], said: lab.world.queue.at(-1)?.lastReply ?? "" };
  }
  async function relayed(style: Style, body?: string): Promise<StoredMessage> {
    const { message, said } = await relay(style, body);
    assert.ok(message, said);
    return message;
  }
  /** What the product reads, of a message that a connector relayed. */
  function read({ raw }: StoredMessage) {
    const { results } = readingOf(fieldsOf(raw));
    return [results?.spf?.result, results?.dkim.map((one) => one.result), results?.dmarc?.result];
  }
  function verdicts({ raw, folder }: StoredMessage, found: "by folder" | "by headers") {
    const sender: Sender = {
      ...{ name: "erp", from: [`erp@${domain}`], authentication: ["staticIp"] },
      ...{ egress: [`${client}/32`], requireTls: true, adoptMailbox: false },
      ...{ restrictToDomains: false, fence: false, credentialGeneration: [1], retire: false },
    };
    const judged = verdictsOf(fieldsOf(raw), {
      ...{ stack: "lab", tenantId: lab.world.tenant.id, sender, domains: [] },
      ...(found === "by folder" && { folder }),
    });
    return Object.fromEntries(judged.map(({ check, outcome }) => [check, outcome]));
  }

  for (const style of ["postfix", "gmail", "outlook"] as const) {
    it(`of ${style}'s takes a message that passes, and the product reads the same`, async () => {
      const message = await relayed(style);
      assert.equal(message.folder, "inbox");
      assert.deepEqual(read(message), ["pass", ["pass"], "pass"], message.raw);
      const told = verdicts(message, "by folder");
      const all = { spf: "pass", dkim: "pass", dmarc: "pass", alignment: "pass", arc: "pass" };
      const way = {
        tls: "pass",
        attribution: "pass",
        hops: "pass",
        pool: "pass",
        placement: "pass",
      };
      assert.deepEqual(told, { ...all, ...way }, message.raw);
      const bySelf = style === "outlook" ? "pass" : "unknown";
      assert.equal(verdicts(message, "by headers").placement, bySelf);
      const { tenantId, origin } = attributionOf(fieldsOf(message.raw));
      assert.deepEqual([tenantId, origin], [lab.world.tenant.id, "HybridOnPrem"]);
    });

    it(`of ${style}'s is traced by its own server`, async () => {
      const { mxHost, address } = receiver(style);
      await relayed(style);
      const events = lab.world.messageTrace.messages.at(-1)?.events ?? [];
      assert.equal(events.at(-1)?.toIp, address);
      assert.match(events.at(-1)?.detail ?? "", new RegExp(mxHost));
    });
  }

  const ENDS: [Style, string, StoredMessage["folder"] | RegExp][] = [
    ["postfix", "p=none", "inbox"],
    ["postfix", "p=quarantine", "junk"],
    ["postfix", "p=reject", /^550 5\.7\.1 rejected by DMARC policy for /],
    ["gmail", "p=none", "inbox"],
    ["gmail", "p=quarantine", "junk"],
    [
      "gmail",
      "p=reject",
      /^550 5\.7\.26 Unauthenticated email from \S+ is not accepted due to domain's DMARC policy\. /,
    ],
    ["outlook", "p=none", "inbox"],
    ["outlook", "p=quarantine", "quarantine"],
    [
      "outlook",
      "p=reject",
      /^550 5\.7\.509 Access denied, sending domain \S+ does not pass DMARC verification /,
    ],
  ];
  for (const [style, tags, end] of ENDS) {
    it(`of ${style}'s does what ${tags} asks for where DMARC fails`, async () => {
      misalign(tags);
      const { message, said } = await relay(style);
      if (end instanceof RegExp) {
        assert.equal(message, undefined);
        assert.match(said, end);
        return;
      }
      assert.equal(message?.folder, end, said);
      assert.deepEqual(read(message), ["fail", ["pass"], "fail"], message.raw);
      assert.equal(verdicts(message, "by folder").placement, end === "inbox" ? "pass" : "fail");
    });
  }

  it("of gmail's refuses what neither SPF nor DKIM vouches for, and an unknown user, in Gmail's words", async () => {
    const [to = ""] = receiver("gmail").mailboxes;
    const lines = await talk(lab.ports.gmailMx, loopbackOf(lab.world.addresses.stranger), [
      ...[
        "EHLO host.example",
        "MAIL FROM:<x@nowhere.example>",
        `RCPT TO:<no${to}>`,
        `RCPT TO:<${to}>`,
      ],
      ...["DATA", "From: x@nowhere.example\r\nSubject: x\r\n\r\nhi\r\n.", "QUIT"],
    ]);
    const all = lines.join("\n");
    assert.match(
      all,
      /^220 mx\.google\.com ESMTP \S+ - gsmtp\n250-mx\.google\.com at your service, /,
    );
    assert.match(
      all,
      /^550-5\.1\.1 The email account that you tried to reach does not exist\. Please try$/m,
    );
    assert.match(
      all,
      /^550-5\.7\.26 Your email has been blocked because the sender is unauthenticated\.$/m,
    );
    assert.match(all, /^550 5\.7\.26 {2}https:\S+ \S+ - gsmtp$/m);
    assert.equal(receiver("gmail").messages.length, 0);
  });

  it("of gmail's writes its results below its Received field, and seals an ARC set that verifies", async () => {
    const { raw } = await relayed("gmail");
    const names = fieldsOf(raw).map(({ name }) => name);
    const top = ["Delivered-To", "Received", "X-Google-Smtp-Source", "X-Received", "ARC-Seal"];
    const rest = ["ARC-Message-Signature", "ARC-Authentication-Results", "Return-Path"];
    const border = ["Received", "Received-SPF", "Authentication-Results", "DKIM-Signature"];
    assert.deepEqual(names.slice(0, 12), [...top, ...rest, ...border]);
    const received = fieldsOf(raw)[8]?.value ?? "";
    const { exchangeOutbound } = lab.world.addresses;
    const { outbound } = lab.world.tenant.servers;
    const host = outbound.replaceAll(".", "\\.");
    assert.match(
      received.replaceAll(/\s+/g, " "),
      new RegExp(
        `^from ${host} \\(${host}\\. \\[${exchangeOutbound.replaceAll(".", "\\.")}\\]\\) by mx\\.google\\.com with ESMTPS id \\S+ for <\\S+> \\(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256\\); `,
      ),
    );
    const { authenticate } = await loadMailauth();
    const { Resolver } = await import("node:dns/promises");
    const dns = new Resolver();
    dns.setServers([`127.0.0.1:${lab.ports.dns}`]);
    const { arc } = await authenticate(Buffer.from(raw, "latin1"), {
      ...{ ip: exchangeOutbound, helo: outbound, sender: `erp@${domain}`, mta: "check" },
      resolver: async (name, type) => (await dns.resolve(name, type)) as string[],
    });
    assert.ok(arc);
    assert.equal(arc.status.result, "pass", JSON.stringify(arc.status));
  });

  it("of outlook's keeps another tenant's fields of Exchange, and marks its filter's as untrusted", async () => {
    const fields = fieldsOf((await relayed("outlook")).raw);
    assert.match(
      fieldOf(fields, "X-Forefront-Antispam-Report-Untrusted") ?? "",
      /;SFV:NSPM;.*;DIR:OUT;/,
    );
    assert.match(
      fieldOf(fields, "X-Forefront-Antispam-Report") ?? "",
      /;SCL:1;.*;SFV:NSPM;.*;CAT:NONE;.*;DIR:INB;/,
    );
    assert.match(fieldOf(fields, "X-Microsoft-Antispam-Mailbox-Delivery") ?? "", /;dest:I;/);
    assert.match(
      fieldOf(fields, "Authentication-Results") ?? "",
      /^spf=pass .*compauth=pass reason=100$/s,
    );
    assert.equal(fieldOf(fields, "X-MS-Exchange-Organization-MessageDirectionality"), "Incoming");
  });

  it("of outlook's takes fields of Exchange from nobody else", async () => {
    const [to = ""] = receiver("outlook").mailboxes;
    lab.editZone(domain, removing(dmarcRecord(lab.world, "")));
    await talk(lab.ports.outlookMx, loopbackOf(lab.world.addresses.stranger), [
      ...["EHLO host.example", `MAIL FROM:<x@${domain}>`, `RCPT TO:<${to}>`, "DATA"],
      `X-MS-Exchange-CrossTenant-Id: ${lab.world.tenant.id}\r\nX-Forefront-Antispam-Report: SFV:SKN;DIR:OUT;\r\nFrom: x@${domain}\r\n\r\nhi\r\n.`,
      "QUIT",
    ]);
    const [message] = receiver("outlook").messages;
    assert.ok(message);
    const { tenantId, origin } = attributionOf(fieldsOf(message.raw));
    assert.deepEqual(
      [tenantId, origin],
      [(receiver("outlook") as { tenant?: { id: string } }).tenant?.id, "Internet"],
    );
    assert.ok(!message.raw.includes("SFV:SKN"));
    assert.equal(verdicts(message, "by headers").attribution, "fail");
  });

  it("of outlook's puts a message that is spam by what it says into quarantine", async () => {
    const message = await relayed("outlook", GTUBE);
    assert.equal(message.folder, "quarantine");
    assert.match(message.raw, /;SCL:9;.*;SFV:SPM;.*;CAT:HSPM;/);
    assert.equal(
      fieldOf(fieldsOf(message.raw), "X-Microsoft-Antispam-Mailbox-Delivery"),
      undefined,
    );
  });
});
