// What decides about a message after it was taken in: mail flow rules, outbound connectors, blocked connectors and senders, and a
// full mailbox.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { QUOTAS } from "../../src/world/mailboxSize.ts";
import { noMailFlow } from "../../src/world/mailFlow.ts";
import { openSubmissionScene, type SubmissionScene } from "./submissionScene.ts";

describe("mail flow", () => {
  let scene: SubmissionScene;
  let erp: string;
  before(async () => {
    scene = await openSubmissionScene("mail flow");
    const { addresses, tenant } = scene.world;
    erp = `erp@${tenant.domain}`;
    scene.lab.admin("New-InboundConnector", {
      ...{ Name: "relay", SenderDomains: ["*"], ConnectorType: "OnPremises" },
      SenderIPAddresses: [addresses.customer[0]],
    });
  });
  after(() => scene.lab.close());
  beforeEach(async () => {
    await scene.reset();
    scene.world.mailFlow = noMailFlow();
    scene.world.outside.messages.length = 0;
  });

  /** What the outside gets of a message that erp relays; the 250 comes in any case. */
  async function relay(subject = "test", to = scene.bea): Promise<readonly string[]> {
    const { lab, world } = scene;
    const message = `From: ${erp}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nhello\r\n`;
    const client = { from: world.addresses.customer[0], helo: `erp.${world.tenant.domain}` };
    const { refusal } = await lab.submit({
      ...client,
      envelope: { from: erp, to: [to] },
      message,
    });
    assert.equal(refusal, "");
    await lab.settle();
    return world.outside.messages.map(({ raw }) => raw);
  }
  const lastEvent = () =>
    scene.world.messageTrace.messages.at(-1)?.events.at(-1)?.detail.replace(/\s+/g, " ");
  const rule = (parameters: object) =>
    scene.lab.admin("New-TransportRule", { Name: "rule", ...parameters });

  it("is without effect where there is nothing", async () => {
    assert.equal((await relay()).length, 1);
  });

  it("ends at a rule that rejects, with the rule's words", async () => {
    rule({ SenderDomainIs: [scene.world.tenant.domain], RejectMessageReasonText: "not from here" });
    assert.deepEqual(await relay(), []);
    assert.match(lastEvent() ?? "", /550 5\.7\.1 TRANSPORT\.RULES\.RejectMessage; not from here/);
  });

  for (const [title, parameters] of [
    ["another sender", { From: ["anna@other.example"] }],
    ["mail from inside", { FromScope: "InOrganization" }],
    ["other addresses", { SenderIpRanges: ["203.0.113.0/24"] }],
    ["recipients inside", { SentToScope: "InOrganization" }],
    ["other subjects", { SubjectContainsWords: ["invoice"] }],
    ["a rule that only tests", { Mode: "Audit" }],
    ["a rule that is off", { Enabled: false }],
  ] as const) {
    it(`does not end at a rule for ${title}`, async () => {
      rule({ ...parameters, RejectMessageReasonText: "no" });
      assert.equal((await relay()).length, 1);
    });
  }

  it("does not end at a rule whose exception is met", async () => {
    rule({ ExceptIfFrom: [erp], RejectMessageReasonText: "no" });
    assert.equal((await relay()).length, 1);
  });

  for (const [title, parameters, passes] of [
    ["a From outside of a pattern", { ExceptIfFromAddressMatchesPatterns: ["^shop@"] }, 0],
    ["a From within a pattern", { ExceptIfFromAddressMatchesPatterns: ["^ERP@"] }, 1],
    ["an address within a span", { SenderIpRanges: ["1.0.0.0-223.255.255.255"] }, 0],
    ["an address outside of one", { SenderIpRanges: ["1.0.0.0-1.0.0.9"] }, 1],
    ["an excepted address", { ExceptIfSenderIpRanges: ["1.0.0.0-223.255.255.255"] }, 1],
    ["the time before it acts", { ActivationDate: "2999-01-01" }, 1],
    ["the time after it", { ExpiryDate: "2001-01-01" }, 1],
  ] as const) {
    it(`${passes === 1 ? "does not end" : "ends"} at a rule for ${title}`, async () => {
      rule({ ...parameters, RejectMessageReasonText: "no" });
      assert.equal((await relay()).length, passes);
    });
  }

  it("looks for the sender where a rule says, and at the first author alone", async () => {
    const { lab, world, bea } = scene;
    const other = `boss@${world.tenant.domain}`;
    /** Whether a message passes, with these senders in the envelope and in From. */
    const passes = async (from: string, authors: string) => {
      world.outside.messages.length = 0;
      const message = `From: ${authors}\r\nSender: ${erp}\r\nTo: ${bea}\r\n\r\nhello\r\n`;
      const client = { from: world.addresses.customer[0], helo: "erp.example" };
      await lab.submit({ ...client, envelope: { from, to: [bea] }, message });
      await lab.settle();
      return world.outside.messages.length === 1;
    };
    rule({ ExceptIfFromAddressMatchesPatterns: ["^erp@"], RejectMessageReasonText: "no" });
    assert.equal(await passes(other, erp), true);
    assert.equal(await passes(erp, other), false);
    assert.equal(await passes(erp, `"${erp}" <${other}>`), false);
    assert.equal(await passes(erp, `${erp}, ${other}`), true);
    assert.equal(await passes(erp, `${other}, ${erp}`), false);
    const where = (SenderAddressLocation: string) =>
      lab.admin("Set-TransportRule", { Identity: "rule", SenderAddressLocation, Confirm: false });
    where("Envelope");
    assert.equal(await passes(erp, other), true);
    assert.equal(await passes(other, erp), false);
    where("HeaderOrEnvelope");
    assert.equal(await passes(erp, other), true);
    assert.equal(await passes(other, erp), true);
    assert.equal(await passes(other, other), false);
  });

  it("ends where From has several addresses and Sender is not one", async () => {
    const { lab, world, bea } = scene;
    const fate = async (fields: string) => {
      world.outside.messages.length = 0;
      const message = `${fields}To: ${bea}\r\n\r\nhello\r\n`;
      const client = { from: world.addresses.customer[0], helo: "erp.example" };
      await lab.submit({ ...client, envelope: { from: erp, to: [bea] }, message });
      await lab.settle();
      return world.outside.messages.length === 1 ? "sent" : lastEvent();
    };
    const refused = /550 5\.1\.20 Multiple From addresses are not allowed without Sender address/;
    const two = `From: ${erp}, boss@${world.tenant.domain}\r\n`;
    assert.match((await fate(two)) ?? "", refused);
    assert.match((await fate(`From: ${erp}\r\n${two}`)) ?? "", refused);
    assert.match((await fate(`${two}Sender: ${erp}, ${bea}\r\n`)) ?? "", refused);
    assert.equal(await fate(`${two}Sender: ${erp}\r\n`), "sent");
    assert.equal(await fate(`From: ${erp}\r\n`), "sent");
  });

  it("ends without a word at a rule that deletes", async () => {
    rule({ FromAddressContainsWords: ["erp"], DeleteMessage: true });
    assert.deepEqual(await relay(), []);
  });

  it("signs what rules have changed, so that DKIM passes", async () => {
    rule({
      ...{ PrependSubject: "[bulk] ", SetHeaderName: "X-Class", SetHeaderValue: "bulk" },
      ApplyHtmlDisclaimerText: "confidential",
    });
    const [raw = ""] = await relay();
    assert.match(raw, /Subject: \[bulk\] test/);
    assert.match(raw, /X-Class: bulk/);
    assert.match(raw, /hello\r\nconfidential/);
    assert.match(raw, /dkim=pass/);
  });

  const gateway = (parameters: object = {}) =>
    scene.lab.admin("New-OutboundConnector", {
      ...{ Name: "gateway", RecipientDomains: ["*"], UseMXRecord: false },
      SmartHosts: [scene.world.addresses.stranger],
      ...parameters,
    });

  it("leaves by a smart host from its address, whose footer breaks the signature", async () => {
    gateway();
    const [whole = ""] = await relay();
    assert.match(whole, /dkim=pass/);
    const { stranger } = scene.world.addresses;
    assert.equal(scene.world.outside.messages[0]?.clientAddress, stranger);
    assert.doesNotMatch(whole, /spf=pass/);
    scene.world.mailFlow.gatewayFooter = "Scanned by the gateway";
    const [, changed = ""] = await relay("again");
    assert.match(changed, /Scanned by the gateway/);
    assert.match(changed, /dkim=(fail|neutral)/);
  });

  it("leaves by the MX where a connector is for other domains, off, or a rule's alone", async () => {
    const { exchangeOutbound } = scene.world.addresses;
    gateway({ Name: "a", RecipientDomains: ["fabrikam.example"] });
    gateway({ Name: "b", Enabled: false });
    gateway({ Name: "c", IsTransportRuleScoped: true });
    await relay();
    assert.equal(scene.world.outside.messages[0]?.clientAddress, exchangeOutbound);
  });

  it("leaves by the connector that a rule names", async () => {
    gateway({ IsTransportRuleScoped: true });
    rule({ From: [erp], RouteMessageOutboundConnector: "gateway" });
    await relay();
    const { stranger } = scene.world.addresses;
    assert.equal(scene.world.outside.messages[0]?.clientAddress, stranger);
  });

  it("waits for a smart host that DNS does not have", async () => {
    gateway({ SmartHosts: ["nowhere.example"] });
    assert.deepEqual(await relay(), []);
    assert.match(lastEvent() ?? "", /450 4\.4\.312 DNS query failed/);
  });

  it("ends at a blocked connector with 5.7.711, until it is unblocked", async () => {
    const { world, lab } = scene;
    const connectorId = world.connectors.find(({ name }) => name === "relay")?.guid ?? "";
    world.mailFlow.blockedConnectors.push({
      ...{ connectorId, reason: "suspicious", createdAt: lab.clock.now().toISOString() },
    });
    const [shown] = lab.admin("Get-BlockedConnector", {});
    assert.equal(shown?.ConnectorId, connectorId);
    assert.deepEqual(await relay(), []);
    assert.match(lastEvent() ?? "", /550 5\.7\.711 Access denied, bad inbound connector/);
    lab.admin("Remove-BlockedConnector", { ConnectorId: connectorId });
    assert.equal((await relay()).length, 1);
  });

  it("reaches a group's members through a connector only where the group takes mail from outside", async () => {
    const { world } = scene;
    const [member] = world.mailboxes;
    assert.ok(member);
    const group = {
      ...{ address: `staff@${world.tenant.domain}`, members: [member.address] },
      requireSenderAuthentication: true,
    };
    world.mailFlow.distributionGroups.push(group);
    const had = member.messages.length;
    await relay("refused", group.address);
    assert.equal(member.messages.length, had);
    assert.match(lastEvent() ?? "", /550 5\.7\.133 RESOLVER\.RST\.SenderNotAuthenticatedForGroup/);
    group.requireSenderAuthentication = false;
    await relay("expanded", group.address);
    assert.match(member.messages.at(-1)?.raw ?? "", /Subject: expanded/);
    assert.equal(world.messageTrace.messages.at(-1)?.events.at(-1)?.event, "Expand");
  });

  it("shows the senders that are restricted, and lets them send again", () => {
    const { world, lab } = scene;
    const [mailbox = ""] = world.mailboxes.map(({ address }) => address);
    world.submission.restricted = [{ mailbox, until: null }];
    const shown = () => lab.admin("Get-BlockedSenderAddress", { SenderAddress: mailbox });
    assert.equal(shown()[0]?.SenderAddress, mailbox);
    lab.admin("Remove-BlockedSenderAddress", { SenderAddress: mailbox });
    assert.deepEqual(shown(), []);
  });

  it("shows how full a mailbox is", () => {
    const { world, lab } = scene;
    const [mailbox] = world.mailboxes;
    assert.ok(mailbox);
    mailbox.olderBytes = QUOTAS.send;
    const [{ TotalItemSize } = {}] = lab.admin("Get-MailboxStatistics", {
      Identity: mailbox.address,
    });
    assert.match(String(TotalItemSize), /^49\.5 GB \(53,150,220,\d{3} bytes\)$/);
    mailbox.olderBytes = 0;
  });
});
