import type { Connector, World } from "../../world/world.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { roundTrip } from "../roundTrip.ts";

/** Where the directory keeps a connector of this name. */
export function distinguishedName(world: World, name: string): string {
  const components = world.tenant.forest.split(".").map((part) => `DC=${part}`);
  return [
    `CN=${name}`,
    "CN=Transport Settings",
    "CN=Configuration",
    `CN=${world.tenant.initialDomain}`,
    "CN=ConfigurationUnits",
    ...components,
  ].join(",");
}

/** A connector with the field set of a live Get-InboundConnector (graph2otel's records of 2026-07). */
export function presentConnector(connector: Connector): ExchangeObject {
  return {
    Enabled: connector.enabled,
    ConnectorType: connector.connectorType,
    ConnectorSource: connector.connectorSource,
    Comment: connector.comment,
    SenderIPAddresses: connector.senderIPAddresses,
    SenderDomains: connector.senderDomains,
    TrustedOrganizations: connector.trustedOrganizations,
    ClientHostNames: connector.clientHostNames,
    AssociatedAcceptedDomains: connector.associatedAcceptedDomains,
    RequireTls: connector.requireTls,
    RestrictDomainsToIPAddresses: connector.restrictDomainsToIPAddresses,
    RestrictDomainsToCertificate: connector.restrictDomainsToCertificate,
    CloudServicesMailEnabled: connector.cloudServicesMailEnabled,
    TreatMessagesAsInternal: connector.treatMessagesAsInternal,
    TlsSenderCertificateName: connector.tlsSenderCertificateName,
    EFTestMode: connector.efTestMode,
    ScanAndDropRecipients: connector.scanAndDropRecipients,
    EFSkipLastIP: connector.efSkipLastIP,
    EFSkipIPs: connector.efSkipIPs,
    EFSkipMailGateway: connector.efSkipMailGateway,
    EFUsers: connector.efUsers,
    AdminDisplayName: "",
    Name: connector.name,
    Identity: connector.name,
    WhenChangedUTC: roundTrip(connector.whenChanged),
    WhenCreatedUTC: roundTrip(connector.whenCreated),
    Guid: connector.guid,
    IsValid: true,
  };
}
