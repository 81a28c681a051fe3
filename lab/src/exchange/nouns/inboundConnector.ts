import { type Context, newGuid } from "../../context.ts";
import { buildReply, type Sourced } from "../../reply.ts";
import type { Connector, World } from "../../world/world.ts";
import { overlaps } from "../addressRange.ts";
import { refusal, type Warning } from "../cmdletError.ts";
import {
  alreadyExists,
  type Directory,
  findOne,
  inConfiguration,
  namesakeOf,
  validName,
} from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { flag, list, type Properties, presentProperties, withValues } from "../properties.ts";
import { roundTrip } from "../times.ts";
import { CONNECTOR_KINDS } from "./connectorKinds.ts";
import * as form from "./inboundConnectorForm.ts";
import { demandValid } from "./inboundConnectorRules.ts";

const configuration = inConfiguration<Connector>("Transport Settings", (world) => world.connectors);

const connectors: Directory<Connector> = {
  ...configuration,
  /** A new one may be hidden (a fault); asking brings it nearer. */
  isVisible(connector) {
    if (connector.hiddenReads === 0) return true;
    connector.hiddenReads -= 1;
    return false;
  },
};

/** In the order of a live Get-InboundConnector (graph2otel's records of 2026-07). */
export const connectorProperties: Properties<Connector> = {
  Enabled: { is: "flag", field: "enabled", default: true },
  ...CONNECTOR_KINDS,
  Comment: { is: "text", field: "comment", default: "" },
  SenderIPAddresses: { ...list, field: "senderIPAddresses", canonical: form.canonicalAddresses },
  SenderDomains: { ...list, field: "senderDomains", canonical: form.canonicalSenderDomains },
  TrustedOrganizations: { ...list, field: "trustedOrganizations" },
  ClientHostNames: { ...list, field: "clientHostNames", only: "New" },
  AssociatedAcceptedDomains: {
    ...list,
    field: "associatedAcceptedDomains",
    canonical: form.canonicalDomains,
  },
  RequireTls: { is: "flag", field: "requireTls", default: true },
  RestrictDomainsToIPAddresses: { ...flag, field: "restrictDomainsToIPAddresses" },
  RestrictDomainsToCertificate: { ...flag, field: "restrictDomainsToCertificate" },
  CloudServicesMailEnabled: { ...flag, field: "cloudServicesMailEnabled" },
  TreatMessagesAsInternal: { ...flag, field: "treatMessagesAsInternal" },
  TlsSenderCertificateName: {
    is: "text",
    field: "tlsSenderCertificateName",
    default: null,
    canonical: form.canonicalCertificateName,
  },
  EFTestMode: { ...flag, field: "efTestMode" },
  ScanAndDropRecipients: { ...list, field: "scanAndDropRecipients" },
  EFSkipLastIP: { ...flag, field: "efSkipLastIP" },
  EFSkipIPs: { ...list, field: "efSkipIPs" },
  EFSkipMailGateway: { ...list, field: "efSkipMailGateway" },
  EFUsers: { ...list, field: "efUsers" },
};

export const inboundConnectorCmdlets = defineNoun<Connector>({
  name: "InboundConnector",
  identity: "InboundConnectorIdParameter",
  directory: connectors,
  properties: connectorProperties,
  present: (connector, { world }) => ({
    ...presentProperties(connectorProperties, connector),
    AssociatedAcceptedDomains: form.shownDomains(connector.associatedAcceptedDomains, world),
    AdminDisplayName: "",
    Name: connector.name,
    Identity: connector.name,
    WhenChangedUTC: roundTrip(connector.whenChanged),
    WhenCreatedUTC: roundTrip(connector.whenCreated),
    Guid: connector.guid,
    IsValid: true,
  }),
  validate: demandValid,
  new: {
    mandatory: ["Name", "SenderDomains"],
    demand({ world }) {
      if (world.settings.connectorOffering === "refused") {
        throw refusal("exchange.offering-refused");
      }
    },
    fields(bound, { world }) {
      if (bound.text("ConnectorType") !== "OnPremises") return {};
      return bound.has("RequireTls") && !ignoresTls(world) ? {} : { requireTls: false };
    },
    demandUnique(connector, world) {
      const namesake = namesakeOf(connectors, connector.name, world);
      if (!namesake) return;
      if (world.settings.nameTaken === "ADObjectAlreadyExistsException") {
        throw alreadyExists(connectors, namesake, world);
      }
      throw refusal("exchange.name-taken", { name: namesake.name });
    },
    add(connector, _bound, { world, faults }) {
      const isDisabled = world.settings.connectorOffering === "disabled";
      connector.guid = newGuid(world);
      if (isDisabled) connector.enabled = false;
      const fault = faults.take("exchange", "New-InboundConnector", ["invisible"]);
      connector.hiddenReads = fault?.reads ?? 0;
      const warnings = warnOfOverlap(connector, connector, world);
      world.connectors.push(connector);
      return isDisabled ? [...warnings, buildReply("exchange.created-disabled")] : warnings;
    },
  },
  get: {
    read: (identity, _bound, world) =>
      identity === null ? readAll(world) : [readOne(identity, world)],
  },
  set: {
    parameters: { Name: { is: "text" } },
    edit(current, bound, { world }) {
      const next = withValues(connectorProperties, current, bound, world);
      if (bound.has("Name")) next.name = validName(bound.text("Name") ?? "");
      if (next.connectorType === "OnPremises" && ignoresTls(world)) next.requireTls = false;
      return next;
    },
    settle(next, current, { world }) {
      const warnings = warnOfOverlap(next, current, world);
      const isLocked = world.settings.connectorOffering !== "normal" && !current.enabled;
      if (isLocked && next.enabled) warnings.push(buildReply("exchange.cannot-enable"));
      if (isLocked) next.enabled = false;
      return warnings;
    },
    beforeChange: (current, _next, context) => keepStale(current, "Set-InboundConnector", context),
  },
  remove: {
    beforeRemove: (connector, context) => keepStale(connector, "Remove-InboundConnector", context),
  },
});

/** The page of New-InboundConnector has RequireTls for Partner connectors alone. */
function ignoresTls({ settings }: World): boolean {
  return settings.requireTlsOnPremises === "ignored";
}

/** Exchange takes a connector whose addresses another one has too, and warns. */
function warnOfOverlap(
  { enabled, senderIPAddresses }: Connector,
  current: Connector,
  { connectors: all }: World,
): Sourced<Warning>[] {
  const others = all.filter((one) => enabled && one.enabled && one !== current);
  const sharedWith = (one: Connector, addresses: string[]) =>
    addresses.filter((address) => one.senderIPAddresses.some((range) => overlaps(address, range)));
  const shared = senderIPAddresses.filter((address) =>
    others.some((other) => sharedWith(other, [address]).length > 0),
  );
  if (shared.length === 0) return [];
  const theirs = others.filter((other) => sharedWith(other, shared).length > 0);
  return [
    buildReply("exchange.address-overlap", {
      addresses: shared.join(", "),
      connectors: theirs.map(({ name }) => name).join(", "),
    }),
  ];
}

/** Lets the next reads show a connector as it is now, if a fault says so. */
function keepStale(connector: Connector, cmdlet: string, { world, faults }: Context): void {
  const fault = faults.take("exchange", cmdlet, ["stale"]);
  if (fault) world.staleReads.push({ was: structuredClone(connector), reads: fault.reads });
}

/** The connectors as the next read shows them: a new one may be missing, a changed one old. */
function readAll(world: World): Connector[] {
  const old = new Map(world.staleReads.map(({ was }) => [was.guid, was]));
  const known = world.connectors
    .filter(({ guid }) => !old.has(guid))
    .filter((connector) => connectors.isVisible?.(connector));
  for (const stale of world.staleReads) stale.reads -= 1;
  world.staleReads = world.staleReads.filter(({ reads }) => reads > 0);
  return [...known, ...old.values()];
}

/**
 * The connector of this identity as the next read shows it.
 *
 * @throws CmdletError when it shows none
 */
function readOne(identity: string, world: World): Connector {
  const wanted = identity.toLowerCase();
  const stale = world.staleReads.find(({ was }) =>
    connectors.identities(was, world).some((text) => text.toLowerCase() === wanted),
  );
  if (!stale) return findOne(connectors, identity, world);
  stale.reads -= 1;
  world.staleReads = world.staleReads.filter(({ reads }) => reads > 0);
  return stale.was;
}
