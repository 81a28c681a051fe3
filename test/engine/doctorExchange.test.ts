// `npm run doctor` of a stack, as an app that only reads: what it says of Exchange before the first up, after one, and when
// somebody has changed the tenant.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { QUOTAS } from "../../lab/src/world/mailboxSize.ts";
import { labSenders } from "../../lab/stack/senders.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { Finding } from "../../mail/doctor/finding.ts";
import { EXCHANGE_CHECKS } from "../../scripts/doctor/exchange/checks.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { type Fixture, openFixture, SEED } from "./fixture.ts";
import { runReading } from "./readingScript.ts";

type Told = Finding & { readonly check: string };

const NAMES = EXCHANGE_CHECKS.map(({ name }) => name);

// One life of one stack: each test goes on where the one before ended.
describe(`npm run doctor of Exchange, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let restore: (() => Promise<void>) | undefined;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { domain, skus } = lab.world.tenant;
    lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "Info", PrimarySmtpAddress: `info@${domain}` },
    });
    const senders = labConfig(lab.world)["m365-smtp-relay:senders"] as Record<string, unknown>[];
    stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": [
          ...senders.map((sender) =>
            sender.name === "crm"
              ? { ...sender, from: [`crm@${domain}`, `info@${domain}`] }
              : sender,
          ),
          {
            ...{ name: "printer", from: [`printer@${domain}`], authentication: ["password"] },
            license: skus[0]?.skuPartNumber,
          },
          {
            ...{ name: "news", from: [`news@${domain}`], authentication: ["password"] },
            ...{ external: 0, recipientsPerDay: 50_000 },
          },
        ],
      },
    });
  });
  afterEach(() => restore?.());
  after(() => fixture?.close());

  /** What it finds of Exchange; the whole run's exit code follows from all findings. */
  async function doctor(reader = "role-group") {
    const args = ["--stack", "lab", "--json"];
    const { stdout, stderr } = await runReading(fixture, stack, "scripts/doctor/main.ts", args, {
      reader,
    });
    assert.notEqual(stdout, "", stderr);
    const { findings, notLookedAt } = JSON.parse(stdout) as {
      findings: Told[];
      notLookedAt: { check: string; why: string }[];
    };
    const ours = findings.filter(({ check }) => NAMES.includes(check));
    return {
      ours,
      bad: ours.filter(({ severity }) => severity !== "ok"),
      later: notLookedAt.filter(({ why }) => /first up/.test(why)).map(({ check }) => check),
      forNobody: notLookedAt.filter(({ why }) => /^no sender /.test(why)).map(({ check }) => check),
      expiry: notLookedAt.find(({ check }) => check === "expiry")?.why,
    };
  }

  it("finds nothing before the first up, and names the checks that come later", async () => {
    const { ours, bad, later, expiry } = await doctor();
    assert.deepEqual(bad, []);
    assert.match(expiry ?? "", /before the first up$/, "senders are declared that sign in as apps");
    assert.ok(ours.some(({ check }) => check === "other-connectors"));
    assert.deepEqual(
      EXCHANGE_CHECKS.filter(({ afterUp }) => afterUp).map(({ name }) => name),
      later.filter((name) => NAMES.includes(name)),
    );
  });

  it("finds that all is well after an up", async () => {
    await stack.up({ skipPreview: true });
    await lab.clock.advance(24 * 3_600_000);
    const { ours, bad, forNobody } = await doctor();
    assert.deepEqual(bad, []);
    assert.deepEqual(
      NAMES.filter((name) => !ours.some(({ check }) => check === name)),
      ["direct-send"],
    );
    assert.deepEqual(
      forNobody.filter((name) => NAMES.includes(name)),
      ["direct-send"],
    );
    restore = await fixture.snapshot();
  });

  it("names everything that somebody has changed", async () => {
    const { tenant } = lab.world;
    const { domain } = tenant;
    const [erp] = labSenders(lab.world);
    const addressOf = (sender: string) =>
      lab.world.mailboxes.find(({ customAttributes }) =>
        customAttributes[15]?.includes(`lab/${sender}.`),
      )?.address ?? "";
    lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Enabled: false });
    lab.admin("Disable-TransportRule", { Identity: "relay-lab-erp" });
    lab.admin("Set-InboundConnector", {
      ...{ Identity: "relay-lab-billing", TlsSenderCertificateName: `other.${domain}` },
    });
    lab.admin("New-InboundConnector", {
      ...{ Name: "Old ERP", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      SenderIPAddresses: [erp.egress.replace(/\d+$/, "0/24")],
    });
    lab.admin("New-InboundConnector", {
      ...{ Name: "Gateway", ConnectorType: "Partner", SenderDomains: ["*"] },
      ...{ RestrictDomainsToIPAddresses: true, SenderIPAddresses: ["203.0.113.250"] },
    });
    lab.admin("Set-CASMailbox", {
      ...{ Identity: addressOf("shop"), SmtpClientAuthenticationDisabled: true },
    });
    lab.admin("Set-CASMailbox", {
      ...{ Identity: addressOf("crm"), SmtpClientAuthenticationDisabled: null },
    });
    lab.admin("Set-AuthenticationPolicy", {
      ...{ Identity: "relay-lab-printer", AllowBasicAuthSmtp: false },
    });
    const { appId = "" } =
      lab.world.exchangeServicePrincipals.find(({ displayName }) => /crm/.test(displayName)) ?? {};
    lab.admin("Remove-ServicePrincipal", { Identity: appId });
    const registration = lab.world.directory.applications.find((one) => one.appId === appId)?.id;
    lab.admin("New-ServicePrincipal", {
      ...{ AppId: appId, ObjectId: registration, DisplayName: "crm" },
    });
    lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" });
    lab.admin("Remove-RecipientPermission", {
      ...{ Identity: `info@${domain}`, Trustee: addressOf("crm"), AccessRights: "SendAs" },
    });
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    for (const policy of lab.world.billingPolicies) policy.isSubscriptionActive = false;
    const news = lab.world.directory.users.find((one) => /^news@/.test(one.userPrincipalName));
    assert.ok(news);
    news.accountEnabled = false;
    await lab.clock.advance(24 * 3_600_000);

    const { ours, bad } = await doctor();
    const told = bad.map(({ check, severity, what }) => `${severity} ${check}: ${what}`);
    for (const expected of [
      /^error connectors: connector "relay-lab-erp": Enabled is false/m,
      /^error connectors: connector "relay-lab-billing": TlsSenderCertificateName is "other\./m,
      /^error other-connectors: .* of "Old ERP"/m,
      /^warning other-connectors: Partner connector "Gateway"/m,
      /^error smtp-auth: SMTP AUTH is off for .*: SmtpClientAuthenticationDisabled of the mailbox is true/m,
      /^error smtp-auth: SMTP AUTH is off for .*: the mailbox leaves it to the organisation/m,
      /^error smtp-auth: authentication policy "relay-lab-printer" of the user has AllowBasicAuthSmtp false/m,
      /^error fences: the fence of erp, mail flow rule "relay-lab-erp", is switched off$/m,
      /^error grants: Exchange's service principal of app .* has the object id/m,
      /^error grants: app .* has no right to submit mail as /m,
      /^error grants: .* does not have the permission SendAs on info@/m,
      /^error dkim-signing: Exchange does not sign for /m,
      /^error high-volume-email: nobody pays for HVE account news@.*\(SubscriptionIsNotActive\)$/m,
      /^error high-volume-email: the sign-in of HVE account news@.* is blocked$/m,
    ]) {
      assert.match(told.join("\n"), expected);
    }
    assert.equal(told.length, 14, told.join("\n"));
    assert.ok(ours.length > bad.length);
  });

  it("names what keeps accepted mail from leaving, or changes it", async () => {
    const { world } = lab;
    const { domain } = world.tenant;
    const now = lab.clock.now().toISOString();
    const mailboxOf = (sender: string) => {
      const found = world.mailboxes.find(({ customAttributes }) =>
        customAttributes[15]?.includes(`lab/${sender}.`),
      );
      assert.ok(found, sender);
      return found;
    };
    const [shop, crm, printer] = ["shop", "crm", "printer"].map(mailboxOf);
    assert.ok(shop && crm && printer);
    shop.olderBytes = QUOTAS.send;
    crm.olderBytes = Math.round(0.9 * QUOTAS.send);
    crm.forwardingSmtpAddress = "somebody@fabrikam.example";
    world.submission.restricted = [{ mailbox: printer.address, until: null }];
    const connectorId = world.connectors.find(({ name }) => name === "relay-lab-erp")?.guid ?? "";
    world.mailFlow.blockedConnectors.push({
      ...{ connectorId, reason: "Suspicious", createdAt: now },
    });
    lab.admin("Set-HostedOutboundSpamFilterPolicy", {
      ...{ Identity: "relay-lab-shop", RecipientLimitPerDay: 10 },
    });
    lab.admin("New-OutboundConnector", {
      ...{ Name: "Gateway", RecipientDomains: ["*"], UseMXRecord: false },
      SmartHosts: ["gateway.example"],
    });
    lab.admin("New-TransportRule", {
      ...{ Name: "No robots", SenderDomainIs: [domain], SentToScope: "NotInOrganization" },
      RejectMessageReasonText: "no robots",
    });
    lab.admin("New-TransportRule", {
      ...{ Name: "Drop", From: [crm.address], DeleteMessage: true },
    });
    lab.admin("New-TransportRule", { Name: "Footer", ApplyHtmlDisclaimerText: "confidential" });
    lab.admin("New-TransportRule", {
      ...{ Name: "Stop", PrependSubject: "[x]", StopRuleProcessing: true, Priority: 0 },
    });
    lab.admin("New-TransportRule", {
      ...{ Name: "Fabrikam", SenderDomainIs: ["fabrikam.example"], DeleteMessage: true },
    });
    lab.admin("New-JournalRule", {
      ...{ Name: "Archive", JournalEmailAddress: "journal@archive.example", Enabled: true },
    });

    const { bad } = await doctor();
    const told = bad.map(({ check, severity, what }) => `${severity} ${check}: ${what}`);
    for (const expected of [
      /^error mailboxes: .* it is full$/m,
      /^warning mailboxes: .* holds 44\.55 GB of 49\.5 GB$/m,
      /^warning mailboxes: .* forwards its mail to somebody@fabrikam\.example$/m,
      /^error blocked: connector "relay-lab-erp" is blocked as compromised \(Suspicious\)$/m,
      /^error blocked: printer@.* is a restricted sender/m,
      /^error sending-limits: policy "relay-lab-shop" lets .* send to 10 recipients a day/m,
      /^warning mail-flow-rules: mail flow rule "No robots" may match .*, and then rejects it/m,
      /^error mail-flow-rules: mail flow rule "Drop" matches mail of .*"crm".*, and deletes it$/m,
      /^warning fences: mail flow rule "Stop" comes before the fence of erp and stops processing more rules$/m,
      /^warning journaling: the senders' mail is journaled \("Archive" to journal@archive\.example\), and JournalingReportNdrTo is empty$/m,
      /^warning outbound-connectors: outbound connector "Gateway" sends mail to every domain outside through gateway\.example$/m,
    ]) {
      assert.match(told.join("\n"), expected);
    }
    assert.equal(told.length, 11, told.join("\n"));
  });

  it("says what an app may not look at, and calls it no good sign", async () => {
    const { bad } = await doctor("global-reader");
    const hidden = bad.filter(({ severity }) => severity === "unknown");
    assert.ok(hidden.length > 0);
    assert.deepEqual(
      bad.filter(({ severity }) => severity !== "unknown"),
      [],
    );
    assert.ok(hidden.every(({ check }) => check === "grants"));
    assert.match(hidden.map(({ what }) => what).join("\n"), /Get-ServicePrincipal/);
  });
});
