// What Exchange does to mail that leaves it, and what it finds out about mail that arrives.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Lab, openLab, type Submission } from "../../src/lab.ts";
import { dkimRecords, dmarcRecord, makeDkimKeys, placing, removing, spfRecord } from "./zone.ts";

const unfolded = (raw: string) => raw.split("\r\n\r\n")[0]?.replaceAll(/\r\n[ \t]+/g, " ") ?? "";
const field = (raw: string, name: string) =>
  new RegExp(`^${name}: (.*)$`, "m").exec(unfolded(raw))?.[1];

describe("Exchange and the origin of mail", () => {
  let lab: Lab;
  let domain: string;
  let initial: string;
  let client: string;
  let bea: string;
  before(async () => {
    lab = await openLab({ seed: "signing" });
    ({ domain, initialDomain: initial } = lab.world.tenant);
    [client] = lab.world.addresses.customer;
    bea = `bea@${lab.world.outside.domain}`;
    lab.admin("New-InboundConnector", {
      Name: "relay",
      ConnectorType: "OnPremises",
      SenderDomains: ["*"],
      SenderIPAddresses: [client],
    });
  });
  after(() => lab.close());
  beforeEach(async () => {
    await lab.settle();
    lab.world.outside.messages.length = 0;
    lab.world.queue.length = 0;
    lab.world.dkimConfigs.splice(1);
    for (const mailbox of lab.world.mailboxes) mailbox.messages.length = 0;
    lab.editZone(
      domain,
      placing(spfRecord(lab.world, `ip4:${client} -all`), dmarcRecord(lab.world, "p=none")),
    );
  });

  const submit = (change: Partial<Submission> = {}) =>
    lab.submit({
      from: client,
      helo: `erp.${domain}`,
      envelope: { from: `erp@${domain}`, to: [bea] },
      message: `From: ERP <erp@${domain}>\r\nTo: ${bea}\r\nSubject: test\r\n\r\nhello\r\n`,
      ...change,
    });
  async function relayed(change: Partial<Submission> = {}): Promise<string> {
    assert.equal((await submit(change)).refusal, "");
    const messages = await lab.waitForMail(1, 5000);
    return messages.at(-1)?.raw ?? "";
  }
  /** Enables DKIM for the organisation's domain. */
  async function enable(): Promise<void> {
    await makeDkimKeys(lab);
    lab.editZone(domain, placing(...dkimRecords(lab.world)));
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: true });
  }

  describe("signing", () => {
    const tagsOf = (raw: string) => {
      const value = field(raw, "DKIM-Signature") ?? "";
      const tag = (name: string) =>
        new RegExp(`(?:^|; ?)${name}=([^;]*)`).exec(value)?.[1]?.replaceAll(/\s/g, "");
      return { d: tag("d"), s: tag("s"), c: tag("c"), h: tag("h")?.split(":"), t: tag("t") };
    };

    it("is by the initial domain where the domain of From has no config", async () => {
      const { d, s, c } = tagsOf(await relayed());
      assert.deepEqual(
        [d, s, c],
        [initial, `selector1-${initial.replaceAll(".", "-")}`, "relaxed/relaxed"],
      );
    });

    it("covers Exchange's fields, at the virtual time", async () => {
      const message = [
        `From: erp@${domain}`,
        `To: ${bea}`,
        "Subject: test",
        "MIME-Version: 1.0",
        "Content-Type: text/plain",
        "X-Other: x",
        "",
        "hello",
      ].join("\r\n");
      await lab.clock.advance(86_400_000);
      const { h, t } = tagsOf(await relayed({ message }));
      assert.deepEqual(h?.toSorted(), [
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "X-MS-Exchange-SenderADCheck",
      ]);
      assert.ok(Math.abs(Number(t) * 1000 - lab.clock.now().getTime()) < 60_000);
    });

    it("is by the domain of From where that is enabled, whoever the envelope sender is", async () => {
      await enable();
      const { d, s } = tagsOf(await relayed({ envelope: { from: `x@${initial}`, to: [bea] } }));
      assert.deepEqual([d, s], [domain, "selector1"]);
    });

    it("is by the initial domain where the config is not enabled, or was removed", async () => {
      await enable();
      lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
      assert.equal(tagsOf(await relayed()).d, initial);
      lab.admin("Remove-DkimSigningConfig", { Identity: domain });
      lab.world.outside.messages.length = 0;
      assert.equal(tagsOf(await relayed()).d, initial);
    });

    it("is by the initial domain for a domain below an enabled one", async () => {
      await enable();
      const message = `From: erp@sub.${domain}\r\nSubject: x\r\n\r\nhello\r\n`;
      assert.equal(tagsOf(await relayed({ message })).d, initial);
    });

    it("has the canonicalization of the config", async () => {
      await enable();
      lab.admin("Set-DkimSigningConfig", { Identity: domain, BodyCanonicalization: "Simple" });
      assert.equal(tagsOf(await relayed()).c, "relaxed/simple");
    });

    it("is with the old key until a rotation is over, with the new one then", async () => {
      await enable();
      lab.admin("Rotate-DkimSigningConfig", { Identity: domain });
      assert.equal(tagsOf(await relayed()).s, "selector1");
      lab.world.outside.messages.length = 0;
      await lab.clock.advance(96 * 3_600_000);
      const raw = await relayed();
      assert.equal(tagsOf(raw).s, "selector2");
      assert.match(field(raw, "Authentication-Results") ?? "", /dkim=pass header\.d=/);
    });

    it("leaves a message without From as it is", async () => {
      const raw = await relayed({ message: "Subject: x\r\n\r\nhello\r\n" });
      assert.equal(field(raw, "DKIM-Signature"), undefined);
    });

    it("leaves mail for a mailbox inside as it is", async () => {
      await enable();
      const anna = `anna@${domain}`;
      await submit({ envelope: { from: `erp@${domain}`, to: [anna] } });
      const mailbox = lab.world.mailboxes.find(({ address }) => address === anna);
      assert.equal(mailbox?.messages.length, 1);
      assert.equal(field(mailbox?.messages[0]?.raw ?? "", "DKIM-Signature"), undefined);
    });
  });

  describe("at the front end", () => {
    /** Mail for a mailbox inside: its message as it stands there. */
    async function inside(change: Partial<Submission> = {}) {
      const anna = `anna@${domain}`;
      const result = await submit({ envelope: { from: `erp@${domain}`, to: [anna] }, ...change });
      assert.equal(result.refusal, "");
      const mailbox = lab.world.mailboxes.find(({ address }) => address === anna);
      const [message] = mailbox?.messages ?? [];
      assert.ok(message);
      return message;
    }
    const zone = (terms: string, tags: string) =>
      lab.editZone(domain, placing(spfRecord(lab.world, terms), dmarcRecord(lab.world, tags)));

    const rows: [string, string, string, string, "inbox" | "junk"][] = [
      ["the sender's address in SPF", "ip4:CLIENT -all", "p=reject", "pass", "inbox"],
      ["no sender's address in SPF, p=none", "-all", "p=none", "fail", "inbox"],
      ["no sender's address in SPF, p=quarantine", "-all", "p=quarantine", "fail", "junk"],
      ["no sender's address in SPF, p=reject", "~all", "p=reject", "softfail", "junk"],
      ["an SPF record that is wrong", "ip4:nonsense -all", "p=quarantine", "permerror", "junk"],
      ["an undecided SPF record", "?all", "p=none", "neutral", "inbox"],
    ];
    for (const [what, terms, tags, spf, folder] of rows) {
      it(`${what}: spf=${spf}, ${folder}`, async () => {
        zone(terms.replace("CLIENT", client), tags);
        const { raw, folder: stored } = await inside();
        const results = field(raw, "Authentication-Results") ?? "";
        const dmarc = spf === "pass" ? "pass" : "fail";
        const policy = tags.slice(2);
        const action = { none: "none", quarantine: "quarantine", reject: "oreject" }[policy];
        assert.equal(
          results,
          `spf=${spf} (sender IP is ${client}) smtp.mailfrom=${domain}; dkim=none (message not signed) header.d=none;dmarc=${dmarc} action=${spf === "pass" ? "none" : action} header.from=${domain};compauth=${
            spf === "pass" ? "pass reason=100" : `fail reason=${policy === "none" ? "001" : "000"}`
          }`,
        );
        assert.match(field(raw, "Received-SPF") ?? "", new RegExp(`^${spf} \\(protection`, "i"));
        assert.equal(stored, folder);
      });
    }

    it("without a DMARC record it guesses", async () => {
      lab.editZone(domain, removing({ name: `_dmarc.${domain}`, type: "TXT" }));
      const { raw } = await inside();
      assert.match(
        field(raw, "Authentication-Results") ?? "",
        /;dmarc=bestguesspass action=none header\.from=[^;]+;compauth=pass reason=109$/,
      );
    });

    it("mail of strangers is judged for their own domain", async () => {
      const { stranger } = lab.world.addresses;
      const envelope = { from: `x@${lab.world.outside.domain}`, to: [`anna@${domain}`] };
      const { raw } = await inside({ from: stranger, envelope });
      assert.match(
        field(raw, "Authentication-Results") ?? "",
        /^spf=fail .*;dmarc=fail action=none header\.from=/,
      );
    });

    it("an old signature of the sender's is verified", async () => {
      await enable();
      const sent = await relayed();
      const message = sent.slice(sent.indexOf("DKIM-Signature:"));
      const { raw } = await inside({ message });
      assert.match(
        field(raw, "Authentication-Results") ?? "",
        new RegExp(`dkim=pass \\(signature was verified\\) header\\.d=${domain};`),
      );
    });

    it("relayed mail carries the results in Exchange's own field", async () => {
      const raw = await relayed();
      assert.equal(
        field(raw, "X-MS-Exchange-Authentication-Results"),
        `spf=pass (sender IP is ${client}) smtp.mailfrom=${domain}; dkim=none (message not signed) header.d=none;dmarc=pass action=none header.from=${domain};`,
      );
    });
  });
});
