// The pools of addresses that Exchange sends from: which message leaves by which, what the receivers make of it, and that the
// product reads the same. Does not prove how Exchange itself decides.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { outboundOf } from "../../../mail/message/attribution.ts";
import { borderOf } from "../../../mail/message/border.ts";
import { fieldOf, fieldsOf } from "../../../mail/message/fields.ts";
import { type Certificate, type Lab, openLab, type StoredMessage } from "../../src/lab.ts";
import { receiversOf } from "../../src/world/receivers.ts";
import type { Pool } from "../../src/world/world.ts";
import { dkimRecords, dmarcRecord, makeDkimKeys, placing, spfRecord } from "./zone.ts";

const GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

describe("mail leaves Exchange by", () => {
  let lab: Lab;
  let domain: string;
  let certificate: Certificate;
  before(async () => {
    lab = await openLab({ seed: "pools" });
    ({ domain } = lab.world.tenant);
    const host = `relay.${domain}`;
    certificate = await lab.issueCertificate({ names: [host], issuer: "public" });
    lab.admin("New-InboundConnector", {
      ...{ Name: "relay", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      ...{ RequireTls: true, TlsSenderCertificateName: `*.${domain}` },
    });
    await makeDkimKeys(lab);
  });
  after(() => lab.close());
  beforeEach(async () => {
    await lab.settle();
    for (const { messages } of receiversOf(lab.world)) messages.length = 0;
    lab.world.queue.length = 0;
    lab.editZone(
      domain,
      placing(
        spfRecord(lab.world, "include:spf.protection.outlook.com -all"),
        ...[dmarcRecord(lab.world, "p=reject"), ...dkimRecords(lab.world)],
      ),
    );
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: true });
  });

  interface Letter {
    from?: string;
    author?: string;
    body?: string;
    /** Place of the receiver: Postfix, Gmail, Exchange. */
    to?: 0 | 1 | 2;
  }
  async function relay({ from = `erp@${domain}`, author = from, body = "hello", to = 0 }: Letter) {
    const [, recipient = ""] = receiversOf(lab.world)[to]?.mailboxes ?? [];
    const { refusal } = await lab.submit({
      ...{ from: lab.world.addresses.customer[1], helo: `relay.${domain}`, tls: certificate },
      envelope: { from, to: [recipient] },
      message: `From: <${author}>\r\nTo: ${recipient}\r\nSubject: test\r\n\r\n${body}\r\n`,
    });
    assert.equal(refusal, "");
    await lab.settle();
    const message = receiversOf(lab.world)[to]?.messages[0];
    assert.ok(message, lab.world.queue.at(-1)?.lastReply);
    return message;
  }
  function assertLeft({ clientAddress, raw }: StoredMessage, pool: Pool): void {
    const { addresses, pools } = lab.world;
    const all: Record<Pool, string> = { normal: addresses.exchangeOutbound, ...pools };
    assert.equal(clientAddress, all[pool]);
    const fields = fieldsOf(raw);
    const report = fieldOf(fields, "X-Forefront-Antispam-Report") ?? "";
    const marks =
      pool === "highRisk"
        ? /;SCL:5;.*;SFV:SPM;.*;CAT:SPM;.*;DIR:OUT;/
        : /;SCL:1;.*;SFV:NSPM;.*;DIR:OUT;/;
    assert.match(report, marks);
    const border = borderOf(fields);
    assert.ok(border);
    assert.equal(outboundOf(border), pool === "relay" ? "relayPool" : "listed");
    const traced = lab.world.messageTrace.messages.at(-1)?.events.at(-1)?.data;
    const names = {
      normal: "RegularOutboundPool",
      relay: "RegularRelayOutboundPool",
      highRisk: "HighRiskOutboundPool",
    };
    assert.equal(traced?.OutboundIpPoolName, names[pool]);
  }
  const misalign = (tags: string) => {
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    lab.editZone(domain, placing(spfRecord(lab.world, "-all"), dmarcRecord(lab.world, tags)));
  };

  it("the normal pool where it passes, and where it fails DMARC of a domain that asks for nothing", async () => {
    assertLeft(await relay({}), "normal");
    lab.world.outside.messages.length = 0;
    misalign("p=none");
    assertLeft(await relay({}), "normal");
  });

  it("the relay pool where it is neither the tenant's domain's nor authenticated", async () => {
    const message = await relay({ from: "x@nowhere.example", author: `erp@${domain}` });
    assertLeft(message, "relay");
    assert.match(message.envelope.from, /^bounces\+SRS=.*=nowhere\.example=x@/);
    assert.match(
      message.raw.replaceAll(/\r\n\s+/g, " "),
      /^Authentication-Results: .*dkim=pass .*spf=fail /m,
    );
    assert.match(message.helo, /rly/);
  });

  it("the normal pool where SPF of a foreign sender's domain passes as it comes in, and for the null sender", async () => {
    const other = lab.world.outside.domain;
    const [, client] = lab.world.addresses.customer;
    lab.editZone(
      other,
      placing({ type: "TXT", name: other, content: `"v=spf1 ip4:${client} -all"` }),
    );
    assertLeft(await relay({ from: `x@${other}`, author: `erp@${domain}` }), "normal");
    lab.world.outside.messages.length = 0;
    assertLeft(await relay({ from: "", author: `erp@${domain}` }), "normal");
  });

  const RISKS: [string, Letter, (() => void)?][] = [
    ["is spam by what it says", { body: GTUBE }],
    ["is of a domain without A and MX", { author: "x@unanswered.example" }],
    ["fails DMARC of a domain with p=quarantine", {}, () => misalign("p=quarantine")],
  ];
  for (const [why, letter, arrange] of RISKS) {
    it(`the high-risk pool where it ${why}; Gmail takes that for spam`, async () => {
      arrange?.();
      assertLeft(await relay(letter), "highRisk");
      assert.equal((await relay({ ...letter, to: 1 })).folder, "junk");
    });
  }

  it("the high-risk pool, and lands in the junk folder of another tenant", async () => {
    const message = await relay({ author: "x@unanswered.example", to: 2 });
    assert.equal(message.folder, "junk");
    assert.equal(message.clientAddress, lab.world.pools.highRisk);
    assert.match(message.raw, /dest:J;/);
    assert.match(
      message.raw,
      /^X-Forefront-Antispam-Report-Untrusted:\r\n .*;SFV:SPM;.*;DIR:OUT;/m,
    );
  });

  it("addresses whose names DNS has, the relay pool's outside of the SPF record", async () => {
    const { Resolver } = await import("node:dns/promises");
    const dns = new Resolver();
    dns.setServers([`127.0.0.1:${lab.ports.dns}`]);
    const { addresses, pools } = lab.world;
    for (const address of [addresses.exchangeOutbound, pools.relay, pools.highRisk]) {
      const [name = ""] = await dns.reverse(address);
      assert.ok((await dns.resolve4(name)).includes(address));
    }
    const [[spf = ""] = []] = await dns.resolveTxt("spf.protection.outlook.com");
    assert.ok(!spf.includes("40.95."));
  });
});
