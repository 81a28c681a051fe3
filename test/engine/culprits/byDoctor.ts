import type { Bench } from "./bench.ts";

/** Something that goes wrong in a tenant, and how the culprit has to be named. */
export interface Sabotage {
  readonly title: string;
  change(bench: Bench): unknown;
  /** The check that finds it, the resource that it names, and what it says. */
  readonly named: readonly [check: string, resource: string, words: RegExp];
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
    named: ["grants", "mailbox info@", /lacks the right SendAs/],
  },
  {
    title: "DKIM is off",
    change: ({ lab, domain }) =>
      lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false }),
    named: ["dkim-signing", "DKIM of ", /Enabled is false/],
  },
];
