import type { ParameterType } from "../parameterType.ts";

const text: ParameterType = { is: "text" };
const flag: ParameterType = { is: "flag" };
const list: ParameterType = { is: "list" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.InboundConnectorIdParameter",
};

/** What New- and Set-InboundConnector share. */
const common: Record<string, ParameterType> = {
  Name: text,
  SenderDomains: list,
  ConnectorType: {
    is: "enum",
    type: "Microsoft.Exchange.Data.TenantConnectorType",
    names: ["OnPremises", "Partner"],
  },
  ConnectorSource: {
    is: "enum",
    type: "Microsoft.Exchange.Data.TenantConnectorSource",
    names: ["Default", "Migrated", "HybridWizard"],
  },
  Enabled: flag,
  SenderIPAddresses: list,
  TlsSenderCertificateName: text,
  RequireTls: flag,
  RestrictDomainsToCertificate: flag,
  RestrictDomainsToIPAddresses: flag,
  AssociatedAcceptedDomains: list,
  TreatMessagesAsInternal: flag,
  CloudServicesMailEnabled: flag,
  TrustedOrganizations: list,
  ScanAndDropRecipients: list,
  EFSkipIPs: list,
  EFSkipLastIP: flag,
  EFSkipMailGateway: list,
  EFTestMode: flag,
  EFUsers: list,
  Comment: text,
  Confirm: flag,
};

/** Parameters of New-InboundConnector. */
export const newParameters = { ...common, ClientHostNames: list };
/** Parameters of Set-InboundConnector. */
export const setParameters = { ...common, Identity: identity };
/** Parameters of Get-InboundConnector. */
export const getParameters: Record<string, ParameterType> = {
  Identity: identity,
  ResultSize: { is: "size" },
};
/** Parameters of Remove-InboundConnector. */
export const removeParameters: Record<string, ParameterType> = {
  Identity: identity,
  Confirm: flag,
};
