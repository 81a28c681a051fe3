// The outside receiver: what it finds out about mail that Exchange brings it, and what it does about it.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Lab, openLab, type StoredMessage, type Submission } from "../../src/lab.ts";
import { withoutOwnResults } from "../../src/receiver/verify.ts";
import { handOver } from "../../src/smtp/client.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { dkimRecords, dmarcRecord, makeDkimKeys, placing, removing, spfRecord } from "./zone.ts";

const OUTLOOK = "include:spf.protection.outlook.com -all";

describe("the outside receiver", () => {
  let lab: Lab;
  let domain: string;
  let initial: string;
  let client: string;
  let bea: string;
  before(async () => {
    lab = await openLab({ seed: "verify" });
    ({ domain, initialDomain: initial } = lab.world.tenant);
    [client] = lab.world.addresses.customer;
    bea = `bea@${lab.world.outside.domain}`;
    lab.admin("New-InboundConnector", {
      Name: "relay",
      ConnectorType: "OnPremises",
      SenderDomains: ["*"],
      SenderIPAddresses: [client],
    });
    await makeDkimKeys(lab);
    lab.editZone(domain, placing(...dkimRecords(lab.world)));
  });
  after(() => lab.close());
  beforeEach(async () => {
    await lab.settle();
    lab.world.outside.messages.length = 0;
    lab.world.queue.length = 0;
    lab.editZone(
      domain,
      placing(
        spfRecord(lab.world, OUTLOOK),
        dmarcRecord(lab.world, "p=none"),
        ...dkimRecords(lab.world),
      ),
    );
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: true });
  });

  const submit = (change: Partial<Submission> = {}) =>
    lab.submit({
      from: client,
      helo: `erp.${domain}`,
      envelope: { from: `erp@${domain}`, to: [bea] },
      message: `From: ERP <erp@${domain}>\r\nTo: ${bea}\r\nSubject: test\r\n\r\nhello\r\n`,
      ...change,
    });
  async function relayed(change: Partial<Submission> = {}): Promise<StoredMessage> {
    assert.equal((await submit(change)).refusal, "");
    const [message] = await lab.waitForMail(1, 5000);
    assert.ok(message);
    return message;
  }
  const resultsOf = ({ raw }: StoredMessage) =>
    raw.replaceAll(/\r\n[ \t]+/g, " ").match(/^Authentication-Results: (.*)$/m)?.[1] ?? "";
  const dmarc = (tags: string) => lab.editZone(domain, placing(dmarcRecord(lab.world, tags)));
  /** Hands a message straight to the receiver, as a server of this world. */
  const deliver = (message: string, from = `x@${domain}`, address = client) =>
    handOver({
      server: { port: lab.ports.mx, name: lab.world.outside.mxHost },
      localAddress: loopbackOf(address),
      helo: `host.${domain}`,
      tls: "none",
      trustedRoot: "",
      envelope: { from, to: [bea] },
      message: Buffer.from(message, "latin1"),
    });

  it("finds SPF, DKIM and DMARC to pass once the zone has what they take", async () => {
    const message = await relayed();
    const results = resultsOf(message);
    const host = lab.world.outside.mxHost;
    assert.match(
      results,
      new RegExp(`^${host}; dkim=pass header\\.d=${domain} .*header\\.s=selector1 `),
    );
    assert.match(results, new RegExp(`; spf=pass \\(.*\\) smtp\\.mailfrom=${domain};`));
    assert.match(results, new RegExp(`; dmarc=pass \\(p=NONE\\) .*header\\.from=${domain}$`));
    assert.equal(message.folder, "inbox");
    assert.match(message.raw, /^Return-Path: <.*>\r\nAuthentication-Results: /);
  });

  it("asks the lab's DNS over the wire", async () => {
    const what = `TXT selector1._domainkey.${domain}`;
    const asked = lab.log.count({ service: "dns", what });
    await relayed();
    assert.equal(lab.log.count({ service: "dns", what }), asked + 1);
  });

  it("without DKIM of its own a domain has a signature that passes and does not align", async () => {
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    lab.editZone(domain, placing(spfRecord(lab.world, "-all")));
    const results = resultsOf(await relayed());
    assert.match(results, new RegExp(`dkim=pass header\\.d=${initial} `));
    assert.match(results, /spf=fail .*dmarc=fail /);
  });

  it("DKIM alone is enough for DMARC, and so is SPF", async () => {
    lab.editZone(domain, placing(spfRecord(lab.world, "-all")));
    assert.match(resultsOf(await relayed()), /dkim=pass .*spf=fail .*dmarc=pass /);
    lab.world.outside.messages.length = 0;
    lab.editZone(domain, placing(spfRecord(lab.world, OUTLOOK)));
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    assert.match(resultsOf(await relayed()), /spf=pass .*dmarc=pass /);
  });

  it("one changed byte of the body breaks the signature", async () => {
    const { raw } = await relayed();
    const sent = raw.slice(raw.indexOf("DKIM-Signature:"));
    await deliver(sent.replace("\r\n\r\nhello", "\r\n\r\nhallo"));
    const [, changed] = lab.mailbox();
    assert.ok(changed);
    assert.match(resultsOf(changed), /dkim=fail \(.*body hash.*\) header\.d=.*dmarc=fail /);
  });

  it("a changed byte of a signed field breaks it too", async () => {
    const { raw } = await relayed();
    await deliver(raw.slice(raw.indexOf("DKIM-Signature:")).replace("Subject: t", "Subject: T"));
    const [, changed] = lab.mailbox();
    assert.match(changed ? resultsOf(changed) : "", /dkim=fail /);
  });

  it("a foreign From fails DMARC, whatever else passes", async () => {
    const message = `From: <ceo@${lab.world.outside.domain}>\r\nSubject: x\r\n\r\nhello\r\n`;
    lab.world.otherZones
      .find(({ name }) => name === lab.world.outside.domain)
      ?.records.push(recordOf(`_dmarc.${lab.world.outside.domain}`, "v=DMARC1; p=none"));
    const results = resultsOf(await relayed({ message }));
    assert.match(results, new RegExp(`dkim=pass header\\.d=${initial} .*spf=pass .*dmarc=fail `));
  });

  const recordOf = (name: string, value: string) => ({
    ...{ id: "x", type: "TXT", name, content: `"${value}"`, ttl: 1, proxied: false },
    ...{ settings: {}, comment: null, tags: [], createdOn: "", modifiedOn: "" },
  });

  it("two SPF records are an error", async () => {
    const [one, two] = [spfRecord(lab.world, OUTLOOK), spfRecord(lab.world, "mx -all")];
    lab.editZone(domain, (records) => [...placing(one)(records), two]);
    assert.match(resultsOf(await relayed()), /spf=permerror .*dmarc=pass /);
  });

  it("a proxied CNAME, or none, leaves no key to verify by", async () => {
    const proxied = dkimRecords(lab.world).map((record) => ({ ...record, proxied: true }));
    for (const change of [placing(...proxied), removing(...proxied)]) {
      lab.editZone(domain, change);
      const results = resultsOf(await relayed());
      assert.match(results, new RegExp(`dkim=neutral \\(no key\\) header\\.d=${domain} `));
      lab.world.outside.messages.length = 0;
    }
  });

  describe("where DMARC fails", () => {
    beforeEach(() => {
      lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
      lab.editZone(domain, placing(spfRecord(lab.world, "-all")));
    });

    it("p=reject is a 550, and nothing is stored", async () => {
      dmarc("p=reject");
      assert.equal((await submit()).accepted, true);
      await lab.settle();
      assert.equal(
        lab.world.queue[0]?.lastReply,
        `550 5.7.1 rejected by DMARC policy for ${domain}`,
      );
      assert.equal(lab.world.queue[0]?.state, "failed");
      assert.deepEqual(lab.mailbox(), []);
    });

    const rows: [string, "inbox" | "junk"][] = [
      ["p=quarantine", "junk"],
      ["p=none", "inbox"],
      ["p=none; sp=reject", "inbox"],
      ["p=reject; t=y", "junk"],
      ["p=quarantine; t=y", "inbox"],
    ];
    for (const [tags, folder] of rows) {
      it(`${tags}: ${folder}`, async () => {
        dmarc(tags);
        const message = await relayed();
        assert.equal(message.folder, folder);
        assert.match(resultsOf(message), /dmarc=fail /);
      });
    }
  });

  it("p=reject lets mail in that passes", async () => {
    dmarc("p=reject; adkim=s; aspf=s");
    assert.equal((await relayed()).folder, "inbox");
  });

  it("strict alignment wants the very domain", async () => {
    const message = `From: erp@sub.${domain}\r\nSubject: x\r\n\r\nhello\r\n`;
    dmarc("p=none; aspf=r");
    assert.match(resultsOf(await relayed({ message })), /dmarc=pass /);
    lab.world.outside.messages.length = 0;
    dmarc("p=none; aspf=s");
    assert.match(resultsOf(await relayed({ message })), /dmarc=fail /);
  });

  it("a name server that says nothing makes a temporary error, not a verdict", async () => {
    lab.faults.inject({
      where: { service: "dns", match: `TXT _dmarc.${domain}` },
      what: { kind: "servfail" },
      times: 9,
    });
    try {
      assert.match(resultsOf(await relayed()), /dmarc=temperror /);
    } finally {
      for (const { id } of lab.faults.list()) lab.faults.remove(id);
    }
  });

  it("results that claim to be its own are removed, others' stay", async () => {
    const host = lab.world.outside.mxHost;
    const message = [
      `Authentication-Results: ${host}; dkim=pass header.d=forged.example`,
      `AUTHENTICATION-RESULTS : (of (course)) "${host.toUpperCase()}" 1;`,
      "\tspf=pass smtp.mailfrom=forged.example",
      `Authentication-Results: mx.other.example; dkim=pass header.d=kept.example`,
      `From: erp@${domain}`,
      "",
      "hello",
    ].join("\r\n");
    const { raw } = await relayed({ message });
    assert.doesNotMatch(raw, /forged/);
    assert.match(raw, /^Authentication-Results: mx\.other\.example; dkim=pass header\.d=kept/m);
    assert.equal(raw.match(/^Authentication-Results: mx1\./gm)?.length, 1);
  });
});

describe("results of a server's own", () => {
  const rows: [string, string, boolean][] = [
    ["the name", "Authentication-Results: mx.example; none", true],
    ["the name and a version", "Authentication-Results: mx.example 1; none", true],
    ["other letters", "authentication-results: MX.Example; none", true],
    ["folded", "Authentication-Results:\r\n mx.example;\r\n none", true],
    ["quoted", 'Authentication-Results: "mx.exam\\ple"; none', true],
    ["a comment before it", "Authentication-Results: (a\\) (b)) mx.example; none", true],
    ["a bare line feed before it", "X: 1\nAuthentication-Results: mx.example; none", true],
    ["a longer name", "Authentication-Results: mx.example.org; none", false],
    ["no name", "Authentication-Results: spf=pass smtp.mailfrom=mx.example", false],
    ["an endless comment", "Authentication-Results: (mx.example; none", false],
    ["another field", "X-Authentication-Results: mx.example; none", false],
  ];
  for (const [what, fields, isRemoved] of rows) {
    it(`${what}: ${isRemoved ? "removed" : "kept"}`, () => {
      const raw = `Subject: x\r\n${fields}\r\nTo: y\r\n\r\nbo\ndy\r\n`;
      const left = withoutOwnResults(raw, "mx.example");
      if (!isRemoved) assert.equal(left, raw);
      else {
        assert.doesNotMatch(left, /authentication-results/i);
        assert.match(left, /^Subject: x\r\n(X: 1\r\n)?To: y\r\n\r\nbo\ndy\r\n$/);
      }
    });
  }
});
