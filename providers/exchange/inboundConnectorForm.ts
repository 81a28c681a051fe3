import { ownerOf, ownershipMark } from "../../mail/ownership.ts";
import { canonicalAddress } from "../../mail/senders/address.ts";
import type {
  ConnectorSurroundings,
  TenantConnector,
} from "../../mail/senders/connectorProblems.ts";
import { canonicalDomain } from "../../mail/senders/domain.ts";
import type { TenantFacts } from "../host/tenants.ts";
import { type ExchangeObject, text } from "./find.ts";
import type { Identity } from "./named.ts";

/** What a program declares of a connector. */
export interface InboundConnectorInputs extends Identity {
  readonly name: string;
  /** Whether it is an existing connector, to be adopted now and put back in the end. */
  readonly adopt: boolean;
  /** Names of the connectors that the stack adopts: they are about to change, so that they are not in the way. */
  readonly adopted?: readonly string[];
  readonly senderIPAddresses?: readonly string[];
  readonly tlsSenderCertificateName?: string;
  /** Empty for no limit. */
  readonly associatedAcceptedDomains: readonly string[];
}

export interface ConnectorFacts {
  /** Exchange's own id, which stays when the connector is renamed. */
  readonly guid: string;
}

/** Every property of an inbound connector that we manage, in canonical form. Names are Exchange's, in camel case. */
export interface ConnectorForm {
  readonly name: string;
  readonly connectorType: string;
  readonly enabled: boolean;
  /** Holds the ownership mark. */
  readonly comment: string;
  readonly senderDomains: readonly string[];
  readonly senderIPAddresses: readonly string[];
  /** Empty for none. */
  readonly tlsSenderCertificateName: string;
  readonly requireTls: boolean;
  readonly associatedAcceptedDomains: readonly string[];
  readonly treatMessagesAsInternal: boolean;
  readonly cloudServicesMailEnabled: boolean;
  /** Of Partner connectors; Exchange refuses them on others. */
  readonly restrictDomainsToIPAddresses: boolean;
  readonly restrictDomainsToCertificate: boolean;
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/** What is the same for every connector that relays. */
const FIXED = {
  connectorType: "OnPremises",
  enabled: true,
  senderDomains: ["*"],
  requireTls: true,
  treatMessagesAsInternal: false,
  cloudServicesMailEnabled: false,
  restrictDomainsToIPAddresses: false,
  restrictDomainsToCertificate: false,
} as const;

/** The wanted form of a connector. */
export const wantedForm = (args: InboundConnectorInputs): ConnectorForm =>
  formOf({ ...args, ...FIXED, comment: ownershipMark(args.owner, args.adopt) });

/** `smtp:*;1` -> `*`: Exchange keeps a sender domain as an address space with a cost. */
const senderDomain = (space: string): string =>
  canonicalDomain(space.replace(/^smtp:/i, "").replace(/;\d+$/, ""));

/**
 * The domain that an entry of AssociatedAcceptedDomains means. Exchange keeps a reference to the accepted domain, and
 * shows its domain, its Name, or a path that ends in its Name.
 *
 * @param acceptedDomains as `Get-AcceptedDomain` gives them
 */
function associatedDomain(shown: string, acceptedDomains: readonly ExchangeObject[]): string {
  const last = shown.slice(shown.lastIndexOf("/") + 1);
  const meant =
    (one: string) =>
    ({ DomainName, Name, Guid }: ExchangeObject) =>
      [DomainName, Name, Guid].some(
        (value) => canonicalDomain(text(value)) === canonicalDomain(one),
      );
  const found = acceptedDomains.find(meant(shown)) ?? acceptedDomains.find(meant(last));
  return canonicalDomain(found === undefined ? last : text(found.DomainName));
}

/**
 * A connector as `Get-InboundConnector` gives it, in canonical form but for its name.
 *
 * @param acceptedDomains needed where AssociatedAcceptedDomains matters
 */
export function fromExchange(
  object: ExchangeObject,
  acceptedDomains: readonly ExchangeObject[] = [],
): ConnectorForm {
  const props = Object.entries(object).map(([key, value]) => [
    key.charAt(0).toLowerCase() + key.slice(1),
    value,
  ]);
  const senderDomains = texts(object.SenderDomains).map(senderDomain);
  const associatedAcceptedDomains = texts(object.AssociatedAcceptedDomains).map((shown) =>
    associatedDomain(shown, acceptedDomains),
  );
  return {
    ...formOf({ ...Object.fromEntries(props), senderDomains, associatedAcceptedDomains }),
    name: text(object.Name),
  };
}

/** A connector's form with its sender domains as Exchange keeps them (`smtp:*;5`), to put it back as it was. */
export function originalForm(object: ExchangeObject, form: ConnectorForm): ConnectorForm {
  return { ...form, senderDomains: texts(object.SenderDomains) };
}

/** The form as parameters of `New-` and `Set-InboundConnector`; an empty list or name clears what was there. */
export function toParameters(form: ConnectorForm): Record<string, unknown> {
  return {
    Name: form.name,
    ConnectorType: form.connectorType,
    Enabled: form.enabled,
    Comment: form.comment,
    SenderDomains: form.senderDomains,
    SenderIPAddresses: form.senderIPAddresses.length === 0 ? null : form.senderIPAddresses,
    TlsSenderCertificateName: form.tlsSenderCertificateName || null,
    RequireTls: form.requireTls,
    AssociatedAcceptedDomains:
      form.associatedAcceptedDomains.length === 0 ? null : form.associatedAcceptedDomains,
    TreatMessagesAsInternal: form.treatMessagesAsInternal,
    CloudServicesMailEnabled: form.cloudServicesMailEnabled,
    RestrictDomainsToIPAddresses: form.restrictDomainsToIPAddresses,
    RestrictDomainsToCertificate: form.restrictDomainsToCertificate,
  };
}

/** Reads the form out of properties that hold more: every value canonical, each list sorted and without duplicates. */
function formOf(props: Readonly<Record<string, unknown>>): ConnectorForm {
  return {
    name: text(props.name).trim(),
    connectorType: text(props.connectorType),
    enabled: props.enabled === true,
    comment: text(props.comment),
    senderDomains: sorted(texts(props.senderDomains).map(canonicalDomain)),
    senderIPAddresses: sorted(texts(props.senderIPAddresses).map(canonicalAddress)),
    tlsSenderCertificateName: canonicalDomain(text(props.tlsSenderCertificateName)),
    requireTls: props.requireTls === true,
    associatedAcceptedDomains: sorted(texts(props.associatedAcceptedDomains).map(canonicalDomain)),
    treatMessagesAsInternal: props.treatMessagesAsInternal === true,
    cloudServicesMailEnabled: props.cloudServicesMailEnabled === true,
    restrictDomainsToIPAddresses: props.restrictDomainsToIPAddresses === true,
    restrictDomainsToCertificate: props.restrictDomainsToCertificate === true,
  };
}

/** The properties of a connector that we manage. */
export const KEYS = Object.keys(formOf({})) as (keyof ConnectorForm)[];

/** A connector as the rules know it. */
export function toTenantConnector(object: ExchangeObject): TenantConnector {
  const form = fromExchange(object);
  return {
    ...form,
    guid: text(object.Guid),
    owner: ownerOf(form.comment),
    isHybrid: object.ConnectorSource === "HybridWizard",
  };
}

/** What a connector may conflict with, of what is known of the tenant. */
export const surroundings = ({ connectors, ...others }: TenantFacts): ConnectorSurroundings => ({
  ...others,
  connectors: connectors.map(toTenantConnector),
});
