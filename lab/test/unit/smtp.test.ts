import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Certificate, type Lab, openLab, type Submission } from "../../src/lab.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { talk } from "./talk.ts";

describe("Exchange's front end", () => {
  let lab: Lab;
  let certificate: Certificate;
  let ours: string;
  let bea: string;
  before(async () => {
    lab = await openLab({ seed: "smtp" });
    ours = `erp@${lab.world.tenant.domain}`;
    bea = `bea@${lab.world.outside.domain}`;
    certificate = await lab.issueCertificate({
      names: [`relay.${lab.world.tenant.domain}`],
      issuer: "public",
    });
  });
  after(() => lab.close());
  beforeEach(async () => {
    await lab.settle();
    lab.world.connectors.length = 0;
    lab.world.outside.messages.length = 0;
    lab.world.queue.length = 0;
    for (const { id } of lab.faults.list()) lab.faults.remove(id);
  });

  const message = (headers = "") =>
    `From: ${ours}\r\nTo: ${bea}\r\nSubject: test\r\n${headers}\r\nhello\r\n`;
  const submit = (change: Partial<Submission> = {}) =>
    lab.submit({
      from: lab.world.addresses.customer[0],
      helo: `erp.${lab.world.tenant.domain}`,
      envelope: { from: ours, to: [bea] },
      message: message(),
      ...change,
    });
  const connector = (parameters: object) =>
    lab.admin("New-InboundConnector", {
      Name: `c${lab.world.connectors.length}`,
      SenderDomains: ["*"],
      ConnectorType: "OnPremises",
      ...parameters,
    });
  const byAddress = (parameters: object = {}) =>
    connector({ SenderIPAddresses: [lab.world.addresses.customer[0]], ...parameters });
  const byCertificate = (parameters: object = {}) =>
    connector({
      TlsSenderCertificateName: certificate.names[0],
      RequireTls: true,
      ...parameters,
    });

  const DENIED =
    /^550 5\.7\.64 TenantAttribution; Relay Access Denied \[\w+\.mail\.protection\.outlook\.com \d{4}-\d\d-\d\dT[\d:.]+Z [0-9A-F]{16}\]$/;

  async function expectDenied(change: Partial<Submission> = {}): Promise<void> {
    const result = await submit(change);
    assert.equal(result.accepted, false);
    assert.match(result.refusal, DENIED);
    await lab.settle();
    assert.deepEqual([lab.mailbox(), lab.world.queue], [[], []]);
  }
  async function expectDelivered(change: Partial<Submission> = {}): Promise<string> {
    const result = await submit(change);
    assert.equal(result.refusal, "");
    const [arrived] = await lab.waitForMail(1, 3000);
    return arrived?.raw ?? "";
  }

  it("speaks Exchange's words, line by line", async () => {
    byAddress();
    const { frontEnd, mailbox } = lab.world.tenant.servers;
    const [client] = lab.world.addresses.customer;
    const lines = await talk(lab.ports.smtp, loopbackOf(client), [
      "EHLO host",
      "AUTH PLAIN AGEAYg==",
      "XYZZY",
      "RCPT TO:<x@y.example>",
      "NOOP",
      `MAIL FROM:<${ours}> BODY=8BITMIME`,
      `MAIL FROM:<${ours}>`,
      `RCPT TO:<${bea}>`,
      "DATA",
      "Subject: x\r\nMessage-ID: <1@x>\r\n\r\nhello\r\n.",
      "RSET",
      "VRFY x",
      "QUIT",
    ]);
    const host = frontEnd.replaceAll(".", "\\.");
    const expected = [
      `220 ${host} Microsoft ESMTP MAIL Service ready at \\w{3}, \\d+ \\w{3} \\d{4} [\\d:]+ \\+0000 \\[[0-9A-F]{16}\\]`,
      `250-${host} Hello \\[${client.replaceAll(".", "\\.")}\\]`,
      "250-SIZE 157286400",
      "250-PIPELINING",
      "250-DSN",
      "250-ENHANCEDSTATUSCODES",
      "250-STARTTLS",
      "250-8BITMIME",
      "250 SMTPUTF8",
      `504 5\\.7\\.4 Unrecognized authentication type \\[${host} .+\\]`,
      "500 5\\.3\\.3 Unrecognized command 'XYZZY'",
      "503 5\\.5\\.2 Need mail command",
      "250 2\\.0\\.0 OK",
      "250 2\\.1\\.0 Sender OK",
      "503 5\\.5\\.2 Sender already specified",
      "250 2\\.1\\.5 Recipient OK",
      "354 Start mail input; end with <CRLF>\\.<CRLF>",
      `250 2\\.6\\.0 <1@x> \\[InternalId=\\d{14}, Hostname=${mailbox.replaceAll(".", "\\.")}\\] \\d+ bytes in 0\\.060, [\\d.]+ KB/sec Queued mail for delivery`,
      "250 2\\.0\\.0 Resetting",
      "252 2\\.1\\.5 Cannot VRFY user",
      "221 2\\.0\\.0 Service closing transmission channel",
    ];
    assert.equal(lines.length, expected.length, lines.join("\n"));
    for (const [index, line] of lines.entries()) {
      assert.match(line, new RegExp(`^${expected[index]}$`));
    }
  });

  it("a stranger can't relay, and nothing arrives", async () => {
    byAddress();
    await expectDenied({ from: lab.world.addresses.stranger });
  });

  it("without a connector nobody can relay", () => expectDenied());

  it("a connector by address delivers from that address", async () => {
    byAddress();
    const raw = await expectDelivered();
    assert.match(raw, /\r\n\r\nhello\r\n$/);
    assert.equal(lab.mailbox()[0]?.clientAddress, lab.world.addresses.exchangeOutbound);
    assert.match(lab.mailbox()[0]?.tls ?? "", /^TLSv1\.[23]$/);
    await lab.settle();
    lab.world.outside.messages.length = 0;
    lab.world.queue.length = 0;
    await expectDenied({ from: lab.world.addresses.customer[1] });
  });

  it("a connector by range delivers from an address in it", async () => {
    const [address] = lab.world.addresses.customer;
    connector({ SenderIPAddresses: [`${address}/24`] });
    await expectDelivered();
  });

  it("a connector by certificate delivers from any address", async () => {
    byCertificate();
    await expectDelivered({ from: lab.world.addresses.stranger, tls: certificate });
  });

  it("a connector for *.domain and a certificate below it relay foreign and empty senders too", async () => {
    byCertificate({ TlsSenderCertificateName: `*.${lab.world.tenant.domain}` });
    await expectDelivered({ tls: certificate });
    const foreign = { from: "someone@elsewhere.example", to: [bea] };
    assert.equal((await submit({ tls: certificate, envelope: foreign })).accepted, true);
    const empty = { from: "", to: [bea] };
    assert.equal((await submit({ tls: certificate, envelope: empty })).accepted, true);
    const arrived = await lab.waitForMail(3, 3000);
    assert.deepEqual(
      arrived.map(({ envelope }) => envelope.from).toSorted(),
      [
        "",
        `bounces+SRS=labhs=AA=elsewhere.example=someone@${lab.world.tenant.domain}`,
        ours,
      ].toSorted(),
    );
  });

  it("a certificate below an accepted domain, under its own name, relays our senders alone", async () => {
    byCertificate();
    const foreign = { from: "someone@elsewhere.example", to: [bea] };
    await expectDenied({ tls: certificate, envelope: foreign });
    await expectDenied({ tls: certificate, envelope: { from: "", to: [bea] } });
    await expectDelivered({ tls: certificate });
  });

  it("no certificate, another name's, a self-signed one and one without its chain are refused", async () => {
    byCertificate();
    await expectDenied();
    const names: [string] = [certificate.names[0] ?? ""];
    const other = await lab.issueCertificate({ names: ["x.example"], issuer: "public" });
    await expectDenied({ tls: other });
    await expectDenied({ tls: await lab.issueCertificate({ names, issuer: "self-signed" }) });
    const [leaf = ""] = certificate.chain.split(/(?<=-----END CERTIFICATE-----)/);
    await expectDenied({ tls: { ...certificate, chain: leaf } });
  });

  it("a certificate of a foreign domain relays for our senders alone", async () => {
    const foreign = await lab.issueCertificate({ names: ["mta.vendor.example"], issuer: "public" });
    byCertificate({ TlsSenderCertificateName: "mta.vendor.example" });
    await expectDenied({
      tls: foreign,
      envelope: { from: "someone@elsewhere.example", to: [bea] },
    });
    await expectDelivered({ tls: foreign });
  });

  it("by address, foreign and empty senders are refused", async () => {
    byAddress();
    await expectDenied({ envelope: { from: "someone@elsewhere.example", to: [bea] } });
    await expectDenied({ envelope: { from: "", to: [bea] } });
  });

  it("a disabled connector and a Partner connector let nobody relay", async () => {
    byAddress({ Enabled: false });
    byAddress({ ConnectorType: "Partner" });
    await expectDenied();
  });

  it("AssociatedAcceptedDomains limits the senders in one world", async () => {
    lab.world.settings.associatedDomainsLimit = "sender";
    byAddress({ AssociatedAcceptedDomains: [lab.world.tenant.initialDomain] });
    await expectDenied();
    lab.admin("Set-InboundConnector", {
      Identity: "c0",
      AssociatedAcceptedDomains: [lab.world.tenant.domain],
    });
    await expectDelivered();
  });

  it("AssociatedAcceptedDomains limits the recipients in another world, so that nothing leaves", async () => {
    lab.world.settings.associatedDomainsLimit = "recipient";
    byAddress({ AssociatedAcceptedDomains: [lab.world.tenant.domain] });
    await expectDenied();
    const anna = `anna@${lab.world.tenant.domain}`;
    assert.equal((await submit({ envelope: { from: ours, to: [anna] } })).accepted, true);
    for (const mailbox of lab.world.mailboxes) mailbox.messages.length = 0;
  });

  it("RequireTls refuses a session in clear, and takes one with TLS", async () => {
    byAddress({ RequireTls: true });
    const clear = await submit({ tls: "none" });
    assert.match(
      clear.refusal,
      /^454 4\.7\.0 Failed to establish appropriate TLS channel: Access Denied \[/,
    );
    assert.deepEqual([lab.mailbox(), lab.world.queue], [[], []]);
    await expectDelivered();
  });

  it("anybody may send to a mailbox inside, and to no other address there", async () => {
    const { stranger } = lab.world.addresses;
    const envelope = { from: "x@elsewhere.example", to: [`anna@${lab.world.tenant.domain}`] };
    assert.equal((await submit({ from: stranger, envelope })).accepted, true);
    const anna = lab.world.mailboxes.find(({ address }) => address === envelope.to[0]);
    assert.equal(anna?.messages.length, 1);
    assert.match(anna?.messages[0]?.raw ?? "", /^X-MS-Exchange-Organization-AuthAs: Anonymous\r$/m);
    const nobody = { ...envelope, to: [`nobody@${lab.world.tenant.domain}`] };
    const refused = await submit({ from: stranger, envelope: nobody });
    assert.match(refused.refusal, /^550 5\.4\.1 Recipient address rejected: Access denied\. \[/);
    assert.equal(anna?.messages.length, 1);
  });

  it("refusals come in Exchange's order: TLS at MAIL, relay and recipients at RCPT", async () => {
    byAddress({ RequireTls: true });
    const [client] = lab.world.addresses.customer;
    const anna = `anna@${lab.world.tenant.domain}`;
    const say = async (from: string, commands: string[]) => {
      const lines = await talk(lab.ports.smtp, loopbackOf(from), ["EHLO x", ...commands, "QUIT"]);
      const finals = lines.filter((line) => /^\d{3} /.test(line)).slice(2, -1);
      return finals.map((line) => /^\d{3} \d\.\d+\.\d+/.exec(line)?.[0]);
    };
    const mail = `MAIL FROM:<${ours}>`;
    const outside = `RCPT TO:<${bea}>`;
    assert.deepEqual(await say(client, [mail, outside]), ["454 4.7.0", "503 5.5.2"]);
    const nobody = `RCPT TO:<nobody@${lab.world.tenant.domain}>`;
    assert.deepEqual(
      await say(lab.world.addresses.stranger, [mail, outside, nobody, "DATA", `RCPT TO:<${anna}>`]),
      ["250 2.1.0", "550 5.7.64", "550 5.4.1", "503 5.5.2", "250 2.1.5"],
    );
    lab.world.settings.rejectDirectSend = true;
    try {
      assert.deepEqual(
        await say(lab.world.addresses.stranger, [mail, nobody, `RCPT TO:<${anna}>`]),
        ["250 2.1.0", "550 5.4.1", "550 5.7.68"],
      );
    } finally {
      lab.world.settings.rejectDirectSend = false;
    }
  });

  it("a message whose connector went after RCPT is refused, not lost", async () => {
    byAddress();
    const [client] = lab.world.addresses.customer;
    const lines = await talk(lab.ports.smtp, loopbackOf(client), [
      "EHLO x",
      `MAIL FROM:<${ours}>`,
      `RCPT TO:<${bea}>`,
      "DATA",
      () => {
        lab.world.connectors.length = 0;
        return `${message()}.`;
      },
      "QUIT",
    ]);
    assert.match(lines.at(-2) ?? "", DENIED);
    assert.deepEqual([lab.mailbox(), lab.world.queue], [[], []]);
  });

  it("keeps 8-bit bytes and dots as they were", async () => {
    byAddress();
    const body = "caf\u00e9\r\n.\r\n..dots\r\n";
    const raw = await expectDelivered({ message: Buffer.from(`${message()}${body}`, "utf8") });
    assert.ok(Buffer.from(raw, "latin1").toString("utf8").endsWith(body));
  });

  it("a temporary refusal outside is tried again in virtual time", async () => {
    byAddress();
    lab.faults.inject({
      where: { service: "mx", match: "RCPT" },
      what: { kind: "smtp", line: "452 4.3.1 Insufficient system storage" },
    });
    assert.equal((await submit()).accepted, true);
    await lab.settle();
    assert.equal(lab.world.queue[0]?.state, "queued");
    assert.match(lab.world.queue[0]?.lastReply ?? "", /^452 4\.3\.1 /);
    assert.deepEqual(lab.mailbox(), []);
    await lab.clock.advance(60_000);
    await lab.waitForMail(1, 3000);
    assert.equal(lab.world.queue[0]?.state, "delivered");
  });

  it("a permanent refusal outside fails the entry", async () => {
    byAddress();
    const nobody = `nobody@${lab.world.outside.domain}`;
    assert.equal((await submit({ envelope: { from: ours, to: [nobody] } })).accepted, true);
    await lab.settle();
    assert.equal(lab.world.queue[0]?.state, "failed");
    assert.match(lab.world.queue[0]?.lastReply ?? "", /^550 5\.1\.1 /);
    assert.deepEqual(lab.mailbox(), []);
  });

  it("mail for a domain without an MX fails", async () => {
    byAddress();
    await submit({ envelope: { from: ours, to: ["x@nowhere.example"] } });
    await lab.settle();
    assert.equal(lab.world.queue[0]?.state, "failed");
    assert.match(
      lab.world.queue[0]?.lastReply ?? "",
      /^550 5\.4\.310 DNS domain nowhere\.example does not exist/,
    );
  });

  it("an injected refusal strikes once, in its own words", async () => {
    byAddress();
    const line = "451 4.7.500 Server busy. Please try again later from [198.51.100.1]. (S77714)";
    lab.faults.inject({ where: { service: "smtp", match: "MAIL" }, what: { kind: "smtp", line } });
    assert.equal((await submit()).refusal, line);
    assert.deepEqual(lab.world.queue, []);
    await expectDelivered();
  });

  it("a client that leaves in the middle of a message harms nobody", async () => {
    byAddress();
    const [client] = lab.world.addresses.customer;
    const commands = ["EHLO x", `MAIL FROM:<${ours}>`, `RCPT TO:<${bea}>`, "DATA", "half"];
    await talk(lab.ports.smtp, loopbackOf(client), commands, true);
    await expectDelivered();
  });

  it("nobody can submit from an address that is not of this world", async () => {
    await assert.rejects(submit({ from: "8.8.8.8" }), /nobody has the address "8.8.8.8"/);
  });
});
