import type { CertificateRequest, RecordByHand } from "../../../lab/src/lab.ts";
import { QUOTAS } from "../../../lab/src/world/mailboxSize.ts";
import type { Bench } from "./bench.ts";

/** Something that goes wrong in a tenant, and how the culprit has to be named. */
export interface Sabotage {
  readonly title: string;
  change(bench: Bench): unknown;
  /** The check that finds it, the resource that it names, and what it says. */
  readonly named: readonly [check: string, resource: string, words: RegExp];
  /** Checks that are told after it, as they see what it does to them. */
  readonly consequences?: readonly string[];
}

/** What doctor finds before anybody sends. */
export const BY_DOCTOR: readonly Sabotage[] = [
  {
    title: "a connector is disabled",
    change: ({ lab }) =>
      lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Enabled: false }),
    named: ["connectors", 'connector "relay-lab-erp"', /Enabled is false/],
  },
  {
    title: "a connector has another certificate's name",
    change: ({ lab, domain }) =>
      lab.admin("Set-InboundConnector", {
        ...{ Identity: "relay-lab-billing", TlsSenderCertificateName: `other.${domain}` },
      }),
    named: ["connectors", 'connector "relay-lab-billing"', /TlsSenderCertificateName is "other/],
  },
  {
    title: "another connector takes a sender's address",
    change: ({ lab }) =>
      lab.admin("New-InboundConnector", {
        ...{ Name: "Old ERP", ConnectorType: "OnPremises", SenderDomains: ["*"] },
        SenderIPAddresses: [lab.world.addresses.customer[0]],
      }),
    named: ["other-connectors", 'connector "relay-lab-erp"', /"Old ERP"/],
  },
  {
    title: "SMTP AUTH is off for a mailbox",
    change: ({ lab, mailboxOf }) =>
      lab.admin("Set-CASMailbox", {
        ...{ Identity: mailboxOf("shop"), SmtpClientAuthenticationDisabled: true },
      }),
    named: ["smtp-auth", "mailbox orders@", /SmtpClientAuthenticationDisabled of the mailbox/],
  },
  {
    title: "SMTP AUTH is off for the organisation, and a mailbox leaves it to that",
    change: ({ lab, mailboxOf }) =>
      lab.admin("Set-CASMailbox", {
        ...{ Identity: mailboxOf("crm"), SmtpClientAuthenticationDisabled: null },
      }),
    named: ["smtp-auth", "mailbox crm@", /leaves it to the organisation/],
  },
  {
    title: "the authentication policy refuses passwords",
    change: ({ lab }) =>
      lab.admin("Set-AuthenticationPolicy", {
        ...{ Identity: "relay-lab-printer", AllowBasicAuthSmtp: false },
      }),
    named: ["smtp-auth", "user printer@", /AllowBasicAuthSmtp false/],
  },
  {
    title: "Exchange has the app registration's object id",
    change({ lab, appOf }) {
      const appId = appOf("crm");
      const principal = lab.world.exchangeServicePrincipals.find((one) => one.appId === appId);
      const registration = lab.world.directory.applications.find((one) => one.appId === appId);
      Object.assign(principal ?? {}, { objectId: registration?.id });
    },
    named: ["grants", "app ", /has the object id/],
  },
  {
    title: "an app is disabled",
    change({ lab, appOf }) {
      const appId = appOf("crm");
      const principal = lab.world.directory.servicePrincipals.find((one) => one.appId === appId);
      Object.assign(principal ?? {}, { accountEnabled: false });
    },
    named: ["grants", "app ", /enterprise application of app .* is disabled/],
  },
  {
    title: "the role of an app is taken away",
    change: ({ lab }) =>
      lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" }),
    named: ["grants", "app ", /no right to submit mail as orders@/],
  },
  {
    title: "Send As is missing",
    change: ({ lab, domain, mailboxOf }) =>
      lab.admin("Remove-RecipientPermission", {
        ...{ Identity: `info@${domain}`, Trustee: mailboxOf("alerts"), AccessRights: "SendAs" },
      }),
    named: ["grants", "mailbox info@", /does not have the permission SendAs/],
  },
  {
    title: "DKIM is off",
    change: ({ lab, domain }) =>
      lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false }),
    named: ["dkim-signing", "DKIM of ", /Enabled is false/],
  },
  {
    title: "SPF no longer names Exchange's servers",
    change: (bench) =>
      editTexts(bench, bench.domain, (text) =>
        text.replace("include:spf.protection.outlook.com ", ""),
      ),
    named: ["records", "TXT ", /spf\.protection\.outlook\.com/],
  },
  {
    title: "there is a second SPF record",
    change: ({ lab, domain }) =>
      lab.editZone(domain, (records) => [
        ...records,
        { type: "TXT", name: domain, content: '"v=spf1 include:other.example -all"', ttl: 300 },
      ]),
    named: ["records", "TXT ", /2 SPF records/],
  },
  {
    title: "a DKIM CNAME leads to an old key",
    change: ({ lab, domain }) =>
      lab.editZone(domain, (records) =>
        records.map((record) =>
          record.name === `selector1._domainkey.${domain}`
            ? { ...record, content: "selector1-old._domainkey.contoso.onmicrosoft.com" }
            : record,
        ),
      ),
    named: ["records", "CNAME selector1._domainkey.", /selector1-old/],
    consequences: ["dkim-signing"],
  },
  {
    title: "the DMARC record is gone",
    change: ({ lab, domain }) =>
      lab.editZone(domain, (records) => records.filter(({ name }) => name !== `_dmarc.${domain}`)),
    named: ["records", "TXT _dmarc.", /there is none/],
  },
  {
    title: "the zone is no longer active at Cloudflare",
    change({ lab, domain }) {
      const zone = lab.world.cloudflare.zones.find(({ name }) => name === domain);
      Object.assign(zone ?? {}, { status: "moved" });
    },
    named: ["zone", "zone ", /is not active/],
    consequences: ["records", "dkim-signing"],
  },
  {
    title: "the tenant is a trial",
    change({ lab }) {
      for (const sku of lab.world.tenant.skus) sku.isTrial = true;
    },
    named: ["subscriptions", "tenant ", /only trials/],
  },
  {
    title: "the tenant is one for developers",
    change({ lab }) {
      for (const sku of lab.world.tenant.skus) sku.skuPartNumber = "DEVELOPERPACK_E5";
    },
    named: ["subscriptions", "tenant ", /E5 Developer/],
    consequences: ["licences"],
  },
  {
    title: "a certificate comes without its chain",
    change: (bench) => present(bench, {}, /(?<=-----END CERTIFICATE-----)[\s\S]*/),
    named: ["certificate", "certificate of sender billing", /the chain is not complete/],
  },
  {
    title: "a certificate has expired",
    change: (bench) => present(bench, { notAfter: new Date(Date.now() - 3_600_000) }),
    named: ["certificate", "certificate of sender billing", /expired on/],
  },
  {
    title: "a certificate is self-signed",
    change: (bench) => present(bench, { issuer: "self-signed" }),
    named: ["certificate", "certificate of sender billing", /is self-signed/],
  },
  {
    title: "a certificate is for another name",
    change: (bench) => present(bench, { names: [`www.${bench.domain}`] }),
    named: ["certificate", "certificate of sender billing", /, not for relay\./],
  },
  {
    title: "a mailbox is full",
    change: ({ lab, mailboxOf }) =>
      lab.world.mailboxes
        .filter(({ address }) => address === mailboxOf("shop"))
        .forEach((mailbox) => {
          mailbox.olderBytes = QUOTAS.send;
        }),
    named: ["mailboxes", "mailbox orders@", /it is full/],
  },
  {
    title: "Defender blocks a connector",
    change({ lab }) {
      const connector = lab.world.connectors.find(({ name }) => name === "relay-lab-erp");
      lab.world.mailFlow.blockedConnectors.push({
        ...{ connectorId: connector?.guid ?? "", reason: "Suspicious" },
        createdAt: lab.clock.now().toISOString(),
      });
    },
    named: ["blocked", 'connector "relay-lab-erp"', /blocked as compromised/],
  },
  {
    title: "Defender restricts a mailbox",
    change({ lab, mailboxOf }) {
      lab.world.submission.restricted = [{ mailbox: mailboxOf("printer"), until: null }];
    },
    named: ["blocked", "mailbox printer@", /restricted sender/],
  },
  {
    title: "a policy stops a sender below what it needs",
    change: ({ lab }) =>
      lab.admin("Set-HostedOutboundSpamFilterPolicy", {
        ...{ Identity: "relay-lab-shop", RecipientLimitPerDay: 10 },
      }),
    named: ["sending-limits", "outbound spam policy of orders@", /send to 10 recipients a day/],
  },
  {
    title: "a mail flow rule rejects a sender's mail",
    change: ({ lab, mailboxOf }) =>
      lab.admin("New-TransportRule", {
        ...{ Name: "No robots", From: [mailboxOf("crm")], RejectMessageReasonText: "no" },
      }),
    named: ["mail-flow-rules", 'mail flow rule "No robots"', /"crm".*rejects/],
  },
  {
    title: "all mail leaves by a gateway",
    change: ({ lab }) =>
      lab.admin("New-OutboundConnector", {
        ...{ Name: "Gateway", RecipientDomains: ["*"], UseMXRecord: false },
        SmartHosts: ["gateway.example"],
      }),
    named: ["outbound-connectors", 'outbound connector "Gateway"', /through gateway\.example/],
  },
  {
    title: "a policy forbids client secrets",
    change({ lab }) {
      const { defaultAppManagement } = lab.world.policies;
      defaultAppManagement.isEnabled = true;
      defaultAppManagement.applicationRestrictions.passwordCredentials = [
        {
          ...{ restrictionType: "passwordAddition", maxLifetime: null, state: "enabled" },
          restrictForAppsCreatedAfterDateTime: null,
        },
      ];
    },
    named: ["app-policies", "", /forbids client secrets/],
  },
  {
    title: "security defaults are on",
    change({ lab }) {
      lab.world.organization.securityDefaults = true;
    },
    named: ["sign-in-policies", "", /security defaults are on/],
  },
  {
    title: "a client secret has expired",
    change({ lab, appOf }) {
      const app = lab.world.directory.applications.find(({ appId }) => appId === appOf("alerts"));
      for (const secret of app?.passwordCredentials ?? [])
        secret.endDateTime = "2026-01-01T00:00:00Z";
    },
    named: ["expiry", "", /expired on 2026-01-01/],
  },
];

function editTexts({ lab, domain }: Bench, name: string, edit: (text: string) => string): void {
  const edited = (record: RecordByHand): RecordByHand =>
    record.type === "TXT" && record.name === name
      ? { ...record, content: edit(record.content) }
      : record;
  lab.editZone(domain, (records) => records.map(edited));
}

/** Has the sender with a certificate present another one. */
async function present(
  bench: Bench,
  change: Partial<CertificateRequest>,
  cut: RegExp | "" = "",
): Promise<void> {
  const names: [string] = [`relay.${bench.domain}`];
  const { chain } = await bench.lab.issueCertificate({ names, issuer: "public", ...change });
  await bench.present("billing", chain.replace(cut, ""));
}
