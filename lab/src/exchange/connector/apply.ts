import type { Connector, World } from "../../world/world.ts";
import type { Bound, ListEdit } from "../parameterType.ts";
import { keepAddresses, keepCertificateName, keepDomains, keepSenderDomains } from "./canonical.ts";
import { demandValid } from "./rules.ts";

/** A connector with Exchange's defaults and no name. */
export function blankConnector(guid: string, now: string): Connector {
  return {
    guid,
    name: "",
    enabled: true,
    connectorType: "Partner",
    connectorSource: "Default",
    comment: "",
    senderIPAddresses: [],
    senderDomains: [],
    trustedOrganizations: [],
    clientHostNames: [],
    associatedAcceptedDomains: [],
    requireTls: false,
    restrictDomainsToIPAddresses: false,
    restrictDomainsToCertificate: false,
    cloudServicesMailEnabled: false,
    treatMessagesAsInternal: false,
    tlsSenderCertificateName: null,
    efTestMode: false,
    scanAndDropRecipients: [],
    efSkipLastIP: false,
    efSkipIPs: [],
    efSkipMailGateway: [],
    efUsers: [],
    whenCreated: now,
    whenChanged: now,
    hiddenReads: 0,
  };
}

/**
 * The connector that `current` becomes with the bound parameters, in the form Exchange keeps.
 * `current` stays as it is.
 *
 * @throws CmdletError when a value, or the values together, are not valid
 */
export function applyParameters(current: Connector, bound: Bound, world: World): Connector {
  const list = (parameter: string, before: string[]): string[] =>
    editList(before, bound.list(parameter));
  const flag = (parameter: string, before: boolean): boolean => bound.flag(parameter) ?? before;
  const name = bound.text("TlsSenderCertificateName");
  const next: Connector = {
    ...current,
    name: bound.has("Name") ? (bound.text("Name") ?? "") : current.name,
    enabled: flag("Enabled", current.enabled),
    connectorType:
      chosen(bound, "ConnectorType", ["Partner", "OnPremises"]) ?? current.connectorType,
    connectorSource:
      chosen(bound, "ConnectorSource", ["Default", "HybridWizard", "Migrated"]) ??
      current.connectorSource,
    comment: bound.text("Comment") ?? (bound.has("Comment") ? "" : current.comment),
    senderIPAddresses: keepAddresses(list("SenderIPAddresses", current.senderIPAddresses)),
    senderDomains: keepSenderDomains(list("SenderDomains", current.senderDomains)),
    trustedOrganizations: list("TrustedOrganizations", current.trustedOrganizations),
    clientHostNames: list("ClientHostNames", current.clientHostNames),
    associatedAcceptedDomains: keepDomains(
      list("AssociatedAcceptedDomains", current.associatedAcceptedDomains),
    ),
    requireTls: flag("RequireTls", current.requireTls),
    restrictDomainsToIPAddresses: flag(
      "RestrictDomainsToIPAddresses",
      current.restrictDomainsToIPAddresses,
    ),
    restrictDomainsToCertificate: flag(
      "RestrictDomainsToCertificate",
      current.restrictDomainsToCertificate,
    ),
    cloudServicesMailEnabled: flag("CloudServicesMailEnabled", current.cloudServicesMailEnabled),
    treatMessagesAsInternal: flag("TreatMessagesAsInternal", current.treatMessagesAsInternal),
    tlsSenderCertificateName:
      name === undefined ? current.tlsSenderCertificateName : keepCertificateName(name),
    efTestMode: flag("EFTestMode", current.efTestMode),
    scanAndDropRecipients: list("ScanAndDropRecipients", current.scanAndDropRecipients),
    efSkipLastIP: flag("EFSkipLastIP", current.efSkipLastIP),
    efSkipIPs: list("EFSkipIPs", current.efSkipIPs),
    efSkipMailGateway: list("EFSkipMailGateway", current.efSkipMailGateway),
    efUsers: list("EFUsers", current.efUsers),
  };
  if (next.connectorType === "OnPremises" && world.settings.requireTlsOnPremises === "ignored") {
    next.requireTls = false;
  }
  demandValid(next, world);
  return next;
}

function chosen<T extends string>(bound: Bound, parameter: string, names: T[]): T | undefined {
  const value = bound.text(parameter);
  return names.find((name) => name === value);
}

function editList(before: string[], edit: string[] | ListEdit | undefined): string[] {
  if (edit === undefined) return before;
  if (Array.isArray(edit)) return edit;
  const removed = new Set(edit.remove.map((text) => text.toLowerCase()));
  return [...before.filter((text) => !removed.has(text.toLowerCase())), ...edit.add];
}
