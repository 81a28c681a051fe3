import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CertificateRequest, RecordByHand } from "../../../lab/src/lab.ts";
import { QUOTAS } from "../../../lab/src/world/mailboxSize.ts";
import { labApplications, labSenders } from "../../../lab/stack/senders.ts";
import type { Judged } from "../../../mail/verification/verification.ts";
import type { VerifyScene } from "../verifyScene.ts";

/** Something that goes wrong with a sender's mail, and how the verdict on its test message has to name the culprit. */
export interface MailSabotage {
  readonly title: string;
  readonly sender: string;
  /** May give how the message is sent or sought, where that is not as usual: `Sought`. */
  change(scene: VerifyScene): unknown;
  readonly check: Judged["check"];
  /** Logical name, with DOMAIN for the domain of From; undefined where it is none of the stack's. */
  readonly resource: string | undefined;
  readonly read: RegExp;
  readonly reason: RegExp;
}

export interface Sought {
  readonly to?: string;
  /** Folder of the senders' files. */
  readonly files?: string;
  /** Message-ID of what was sent already. */
  readonly id?: string;
}

/** What shows when a message is sent. */
export const BY_VERIFY: readonly MailSabotage[] = [
  {
    title: "a connector is disabled",
    sender: "erp",
    change: ({ lab }) =>
      lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Enabled: false }),
    check: "handover",
    resource: "relay-erp-connector",
    read: /^550 5\.7\.64 /,
    reason: /\. Somebody removed, disabled or changed the connector/,
  },
  {
    title: "SMTP AUTH is off for a mailbox",
    sender: "api",
    change: ({ lab }) =>
      lab.admin("Set-CASMailbox", {
        ...{ Identity: "relay-lab-api", SmtpClientAuthenticationDisabled: true },
      }),
    check: "handover",
    resource: "relay-api-mailbox",
    read: /^535 5\.7\.139 .*SmtpClientAuthentication is disabled for the Mailbox/,
    reason: /^SMTP AUTH is off for this mailbox\. /,
  },
  {
    title: "Exchange has the app registration's object id",
    sender: "api",
    change(of) {
      const { appId: AppId, id: ObjectId } = appOf(of, "api");
      of.lab.admin("Remove-ServicePrincipal", { Identity: AppId, Confirm: false });
      of.lab.admin("New-ServicePrincipal", { AppId, ObjectId });
    },
    check: "handover",
    resource: "relay-api-exchange-principal",
    read: /^535 5\.7\.3 /,
    reason: /has the object id of the app registration/,
  },
  {
    title: "a client secret has expired",
    sender: "api",
    change(of) {
      for (const one of appOf(of, "api").passwordCredentials) {
        one.endDateTime = "2026-01-01T00:00:00Z";
      }
    },
    check: "handover",
    resource: "relay-api-secret-1",
    read: /^AADSTS7000222: /,
    reason: /^the app's secret has expired$/,
  },
  {
    title: "an app is disabled",
    sender: "crm",
    change({ lab, clientIds }) {
      const principals = lab.world.directory.servicePrincipals;
      Object.assign(principals.find(({ appId }) => appId === clientIds.crm) ?? {}, {
        accountEnabled: false,
      });
    },
    check: "handover",
    resource: "relay-crm-principal",
    read: /^AADSTS7000112: /,
    reason: /^the app's enterprise application is disabled/,
  },
  {
    title: "an assertion has expired (expired token)",
    sender: "shop",
    async change({ lab, fixture }) {
      const [shop] = labApplications(lab.world);
      const { issuer = "", subject = "" } = shop.federatedIdentity ?? {};
      const order = { issuer, subject, audience: "api://AzureADTokenExchange" };
      const assertion = await lab.issueAssertion({ ...order, lifetimeSeconds: -3600 });
      await writeFile(join(fixture.folder, "shop.assertion"), assertion, { mode: 0o600 });
      return { files: fixture.folder };
    },
    check: "handover",
    resource: "relay-shop-federated-identity",
    read: /^AADSTS700024: /,
    reason: /the assertion has expired/,
  },
  {
    title: "a mailbox sends too fast (throttled)",
    sender: "api",
    change({ lab, mailboxes }) {
      const at = lab.clock.now().toISOString();
      const sent = { mailbox: mailboxes.api ?? "", at, internal: 0, external: 1 };
      lab.world.submission.sent = Array.from({ length: 30 }, () => ({ ...sent }));
    },
    check: "handover",
    resource: "relay-api-mailbox",
    read: /^432 4\.3\.2 STOREDRV\.ClientSubmit; sender thread limit exceeded/,
    reason: /30 messages a minute/,
  },
  {
    title: "a mailbox is full",
    sender: "api",
    change({ lab, mailboxes }) {
      const mailbox = lab.world.mailboxes.find(({ address }) => address === mailboxes.api);
      Object.assign(mailbox ?? {}, { olderBytes: QUOTAS.send });
    },
    check: "handover",
    resource: "relay-api-mailbox",
    read: /^554 5\.2\.2 mailbox full/,
    reason: /full/,
  },
  {
    title: "a certificate comes without its chain",
    sender: "billing",
    change: (of) => present(of, {}, /(?<=-----END CERTIFICATE-----)[\s\S]*/),
    check: "handover",
    resource: "relay-billing-connector",
    read: /^550 5\.7\.64 /,
    reason: /without its chain/,
  },
  {
    title: "a certificate has expired",
    sender: "billing",
    change: (of) => present(of, { notAfter: new Date(Date.now() - 3_600_000) }),
    check: "handover",
    resource: "relay-billing-connector",
    read: /^550 5\.7\.64 /,
    reason: /expired/,
  },
  {
    title: "Defender blocks a connector",
    sender: "erp",
    change({ lab }) {
      const erp = lab.world.connectors.find(({ name }) => name === "relay-lab-erp");
      lab.world.mailFlow.blockedConnectors.push({
        ...{ connectorId: erp?.guid ?? "", reason: "Suspicious" },
        createdAt: lab.clock.now().toISOString(),
      });
    },
    check: "arrival",
    resource: "relay-erp-connector",
    read: /^550 5\.7\.711 /,
    reason: /compromised/,
  },
  {
    title: "a mail flow rule rejects a sender's mail",
    sender: "erp",
    change: ({ lab }) =>
      lab.admin("New-TransportRule", {
        ...{ Name: "No robots", SenderDomainIs: [lab.world.tenant.domain] },
        RejectMessageReasonText: "no robots",
      }),
    check: "arrival",
    resource: undefined,
    read: /TRANSPORT\.RULES\.RejectMessage; no robots/,
    reason: /mail flow rule/,
  },
  {
    title: "the recipient is a group that takes mail from inside alone",
    sender: "erp",
    change({ lab }) {
      const address = `staff@${lab.world.tenant.domain}`;
      lab.world.mailFlow.distributionGroups.push({
        ...{ address, members: [], requireSenderAuthentication: true },
      });
      return { to: address };
    },
    check: "arrival",
    resource: undefined,
    read: /^550 5\.7\.133 /,
    reason: /internal-only/,
  },
  {
    title: "SPF no longer names Exchange's servers",
    sender: "erp",
    change: (of) =>
      editRecords(of, (record) =>
        record.type === "TXT" && record.name === of.lab.world.tenant.domain
          ? { ...record, content: record.content.replace("include:spf.protection.outlook.com", "") }
          : record,
      ),
    check: "spf",
    resource: "relay-DOMAIN-spf",
    read: /^spf=(?:fail|softfail|neutral|none) for /,
    reason: /does not list |has no SPF record/,
  },
  {
    title: "DKIM is off",
    sender: "api",
    change: ({ lab }) =>
      lab.admin("Set-DkimSigningConfig", {
        ...{ Identity: lab.world.tenant.domain, Enabled: false },
      }),
    check: "dkim",
    resource: "relay-DOMAIN-dkim",
    read: /^dkim=pass for .*onmicrosoft\.com/,
    reason: /until DKIM signing for the domain is on/,
  },
  {
    title: "a DKIM CNAME leads to an old key (key rotated under a stale CNAME)",
    sender: "api",
    change: (of) =>
      editRecords(of, (record) =>
        /^selector\d\._domainkey\./.test(record.name)
          ? { ...record, content: `old._domainkey.${of.lab.world.tenant.initialDomain}` }
          : record,
      ),
    check: "dkim",
    resource: "relay-DOMAIN-dkim",
    read: /^dkim=(?:fail|neutral|permerror) /,
    reason: /the key .* in DNS is another one or is not there/,
  },
  {
    title: "an application writes another domain into From, and its sender has a fence",
    sender: "erp",
    change: sendMisaligned,
    check: "arrival",
    resource: "relay-erp-fence",
    read: /^550 5\.7\.950 TRANSPORT\.RULES\.RejectMessage; Refused by the fence of the sender erp:/,
    reason: /^the sender's fence refused the message: .* \(its fence lets pass From \*@/,
  },
  {
    title: "an application writes another domain into From (misaligned From)",
    sender: "erp",
    async change(scene) {
      scene.lab.admin("Disable-TransportRule", { Identity: "relay-lab-erp" });
      return sendMisaligned(scene);
    },
    check: "dkim",
    resource: "relay-erp-connector",
    read: /^dkim=pass for /,
    reason: /^From is in fabrikam\.example, which is no domain of stack lab/,
  },
  {
    title: "a gateway adds a footer, and DMARC says reject",
    sender: "erp",
    async change(of) {
      const { lab } = of;
      lab.admin("New-OutboundConnector", {
        ...{ Name: "Gateway", RecipientDomains: ["*"], UseMXRecord: false },
        SmartHosts: [lab.world.addresses.stranger],
      });
      lab.world.mailFlow.gatewayFooter = "Scanned by the gateway";
      editRecords(of, (record) =>
        record.name === `_dmarc.${lab.world.tenant.domain}`
          ? { ...record, content: '"v=DMARC1; p=reject"' }
          : record,
      );
    },
    check: "arrival",
    resource: undefined,
    read: /rejected by DMARC policy/,
    reason: /DMARC/,
  },
];

/** The app of a sender, by the client id of its output. */
function appOf({ lab, clientIds }: VerifyScene, sender: string) {
  const app = lab.world.directory.applications.find(({ appId }) => appId === clientIds[sender]);
  if (app === undefined) throw new Error(`${sender} has no app`);
  return app;
}

function editRecords({ lab }: VerifyScene, edit: (record: RecordByHand) => RecordByHand): void {
  lab.editZone(lab.world.tenant.domain, (records) => records.map(edit));
}

/** Has the sender with a certificate present another one. */
async function present(
  { lab, fixture }: VerifyScene,
  change: Partial<CertificateRequest>,
  cut: RegExp | "" = "",
): Promise<Sought> {
  const [, billing] = labSenders(lab.world);
  const names: [string] = [billing.host];
  const { chain, key } = await lab.issueCertificate({ names, issuer: "public", ...change });
  await writeFile(join(fixture.folder, "billing.key"), key, { mode: 0o600 });
  await writeFile(join(fixture.folder, "billing.chain.pem"), chain.replace(cut, ""));
  return { files: fixture.folder };
}

/** Sends a message through erp's connector with a domain in From that is none of the stack's. */
async function sendMisaligned({ lab, to }: VerifyScene): Promise<Sought> {
  const [erp] = labSenders(lab.world);
  const id = `<misaligned@${lab.world.tenant.domain}>`;
  await lab.submit({
    ...{ from: lab.world.addresses.customer[0], helo: erp.host },
    envelope: { from: erp.from, to: [to] },
    message: `From: erp@fabrikam.example\r\nTo: ${to}\r\nMessage-ID: ${id}\r\nSubject: x\r\n\r\nx\r\n`,
  });
  return { id };
}
