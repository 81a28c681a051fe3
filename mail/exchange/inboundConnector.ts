import { ownerOfSender, ownershipMark } from "../ownership.ts";
import { canonicalAddress } from "../senders/address.ts";
import type { ConnectorChoice } from "../senders/choose.ts";
import { canonicalDomain } from "../senders/domain.ts";
import { relayName } from "../senders/names.ts";

/** What a program declares of a connector. */
export interface DeclaredConnector {
  readonly name: string;
  /** Whether it is an existing connector, to be adopted now and put back in the end. */
  readonly adopt: boolean;
  /** `project/stack/sender` */
  readonly owner: string;
  readonly senderIPAddresses?: readonly string[];
  readonly tlsSenderCertificateName?: string;
  /** Empty for no limit. */
  readonly associatedAcceptedDomains: readonly string[];
  /** Whether it refuses mail that comes without TLS. @default true */
  readonly requireTls?: boolean;
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

/**
 * The connector of a sender, as a stack declares it.
 *
 * @param stack whose it is: its owner `project/stack`, and its name
 */
export function declareConnector(
  { sender, match, domains, restrictToDomains, requireTls, adopt }: ConnectorChoice,
  stack: { readonly owner: string; readonly name: string },
): DeclaredConnector {
  return {
    owner: ownerOfSender(stack.owner, sender),
    name: adopt ?? relayName(stack.name, sender),
    adopt: adopt !== undefined,
    associatedAcceptedDomains: restrictToDomains ? domains : [],
    ...(!requireTls && { requireTls }),
    ...(match.by === "certificate"
      ? { tlsSenderCertificateName: match.certificateName }
      : { senderIPAddresses: match.addresses }),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/** What is the same for every connector that relays. */
const FIXED = {
  connectorType: "OnPremises",
  enabled: true,
  senderDomains: ["*"],
  treatMessagesAsInternal: false,
  cloudServicesMailEnabled: false,
  restrictDomainsToIPAddresses: false,
  restrictDomainsToCertificate: false,
} as const;

/** The wanted form of a connector. */
export const wantedConnector = (declared: DeclaredConnector): ConnectorForm =>
  connectorForm({
    ...{ requireTls: true, ...declared, ...FIXED },
    comment: ownershipMark(declared.owner, declared.adopt),
  });

/** Reads the form out of properties that hold more: every value canonical, each list sorted and without duplicates. */
export function connectorForm(props: Readonly<Record<string, unknown>>): ConnectorForm {
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

/** The form as parameters of `Set-InboundConnector`; null for an empty list or name, which clears what was there. */
export function connectorParameters(form: ConnectorForm): Record<string, unknown> {
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

/** The form as parameters of `New-InboundConnector`, which has nothing to clear. */
export const newConnectorParameters = (form: ConnectorForm): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(connectorParameters(form)).filter(([, value]) => value !== null),
  );
