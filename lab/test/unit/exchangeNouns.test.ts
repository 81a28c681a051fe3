// Each noun with New, Get, Set and Remove as a case of the contract in exchangeNoun.ts.
import { RELAY } from "./bench.ts";
import { configurationIdentities, prepare, testNoun } from "./exchangeNoun.ts";

const APP = "11111111-1111-4111-8111-111111111111";
const OBJECT = "22222222-2222-4222-8222-222222222222";
const POLICY = "HostedOutboundSpamFilterPolicy";

testNoun({
  noun: "InboundConnector",
  good: () => RELAY,
  mandatory: ["Name", "SenderDomains"],
  again: () => ({ Name: "Relay" }),
  identities: configurationIdentities("Transport Settings"),
  change: { Comment: "changed" },
  isNamed: true,
});

testNoun({
  noun: "AuthenticationPolicy",
  good: () => ({ Name: "smtp" }),
  mandatory: ["Name"],
  again: () => ({ Name: "SMTP" }),
  identities: configurationIdentities("Auth Policies"),
  change: { AllowBasicAuthSmtp: true },
  isNamed: true,
});

testNoun({
  noun: "ManagementScope",
  good: () => ({ Name: "scope", RecipientRestrictionFilter: "Guid -eq 'x'" }),
  mandatory: ["Name"],
  again: () => ({ Name: "Scope" }),
  identities: configurationIdentities("Scopes"),
  change: { RecipientRestrictionFilter: "Guid -eq 'y'" },
  isNamed: true,
});

testNoun({
  noun: "ManagementRoleAssignment",
  prepare: prepare(["New-ServicePrincipal", { AppId: APP, ObjectId: OBJECT }]),
  good: () => ({ Name: "assignment", App: APP, Role: "Application SMTP.SendAsApp" }),
  mandatory: ["App", "Role"],
  again: () => ({ Name: "ASSIGNMENT" }),
  identities: configurationIdentities("Role Assignments"),
  change: { Enabled: false },
  isNamed: true,
});

testNoun({
  noun: "RoleGroup",
  good: () => ({ Name: "readers", Roles: ["View-Only Configuration"], Members: ["anna"] }),
  mandatory: ["Name"],
  again: () => ({ Name: "Readers" }),
  identities: ({ Name, Guid, DistinguishedName }, { world }) => [
    String(Name),
    String(Name).toUpperCase(),
    String(Guid),
    `{${String(Guid).toUpperCase()}}`,
    `${world.tenant.initialDomain}\\${Name}`,
    String(DistinguishedName),
  ],
  change: { Description: "who reads" },
  isNamed: true,
});

testNoun({
  noun: POLICY,
  good: () => ({ Name: "fence", RecipientLimitPerDay: 10 }),
  mandatory: ["Name"],
  again: () => ({ Name: "Fence" }),
  identities: configurationIdentities("Hosted Outbound Spam Filter"),
  change: { RecipientLimitPerDay: 20 },
  removal: { Force: true },
  isNamed: true,
});

testNoun({
  noun: "HostedOutboundSpamFilterRule",
  prepare: prepare([`New-${POLICY}`, { Name: "a" }], [`New-${POLICY}`, { Name: "b" }]),
  good: () => ({ Name: "fence", HostedOutboundSpamFilterPolicy: "a", From: ["anna"] }),
  mandatory: ["Name", "HostedOutboundSpamFilterPolicy"],
  again: () => ({ Name: "Fence", HostedOutboundSpamFilterPolicy: "b" }),
  identities: configurationIdentities("HostedOutboundSpamFilterVersioned"),
  change: { From: ["postmaster"] },
  isNamed: true,
});

testNoun({
  noun: "ServicePrincipal",
  good: () => ({ AppId: APP, ObjectId: OBJECT, DisplayName: "shop" }),
  mandatory: ["AppId", "ObjectId"],
  again: () => ({}),
  identities: ({ Guid, DistinguishedName }) => [
    APP,
    OBJECT,
    String(Guid).toUpperCase(),
    String(DistinguishedName),
  ],
  change: { DisplayName: "till" },
  isNamed: false,
});

testNoun({
  noun: "Mailbox",
  good: ({ world }) => ({
    Shared: true,
    Name: "Relay shop",
    Alias: "shop",
    PrimarySmtpAddress: `Shop@${world.tenant.domain}`,
  }),
  mandatory: ["Name"],
  again: () => ({}),
  identities: (mailbox, { world }) => [
    String(mailbox.Name),
    String(mailbox.Alias).toUpperCase(),
    String(mailbox.Guid),
    `{${mailbox.Guid}}`,
    String(mailbox.DistinguishedName),
    String(mailbox.ExternalDirectoryObjectId),
    `shop@${world.tenant.domain}`,
    `SHOP@${world.tenant.initialDomain}`,
  ],
  change: { DisplayName: "Relay of the shop" },
  isNamed: false,
});

testNoun({
  noun: "DkimSigningConfig",
  good: ({ world }) => ({ DomainName: world.tenant.domain, Enabled: false }),
  mandatory: ["DomainName", "Enabled"],
  again: ({ world }) => ({ DomainName: world.tenant.domain.toUpperCase() }),
  identities: ({ Domain }, { world }) => {
    const { guid = "" } = world.dkimConfigs.find(({ domain }) => domain === Domain) ?? {};
    return [
      String(Domain),
      String(Domain).toUpperCase(),
      guid,
      `{${guid.toUpperCase()}}`,
      `${world.tenant.initialDomain}\\${Domain}`,
    ];
  },
  change: { AdminDisplayName: "ours" },
  isNamed: false,
});

testNoun({
  noun: "OutboundConnector",
  good: () => ({ Name: "Gateway", UseMXRecord: false, SmartHosts: ["gateway.contoso.com"] }),
  mandatory: ["Name"],
  again: () => ({ Name: "GATEWAY" }),
  identities: configurationIdentities("Transport Settings"),
  change: { Comment: "changed" },
  isNamed: true,
});

testNoun({
  noun: "TransportRule",
  good: () => ({ Name: "Footer", ApplyHtmlDisclaimerText: "confidential" }),
  mandatory: ["Name"],
  again: () => ({ Name: "FOOTER", PrependSubject: "[x]" }),
  identities: configurationIdentities("TransportVersioned"),
  change: { Comments: "changed" },
  isNamed: true,
});

testNoun({
  noun: "JournalRule",
  good: () => ({ Name: "Archive", JournalEmailAddress: "archive@fabrikam.com" }),
  mandatory: ["Name", "JournalEmailAddress"],
  again: () => ({ Name: "ARCHIVE", JournalEmailAddress: "x@fabrikam.com" }),
  identities: configurationIdentities("JournalingVersioned"),
  change: { JournalEmailAddress: "other@fabrikam.com" },
  isNamed: true,
});
