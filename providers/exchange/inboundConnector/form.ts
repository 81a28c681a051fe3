import { canonicalAddress } from "../../../mail/senders/address.ts";
import { canonicalDomain } from "../../../mail/senders/domain.ts";

/** Every property of an inbound connector that we manage, in the one way to write it. Names are Exchange's, in camel case. */
export interface ConnectorForm {
  readonly name: string;
  readonly connectorType: string;
  readonly enabled: boolean;
  readonly comment: string;
  readonly senderDomains: readonly string[];
  readonly senderIPAddresses: readonly string[];
  /** Empty for none. */
  readonly tlsSenderCertificateName: string;
  readonly requireTls: boolean;
  readonly associatedAcceptedDomains: readonly string[];
  readonly treatMessagesAsInternal: boolean;
  readonly cloudServicesMailEnabled: boolean;
}

type Props = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/** `smtp:*;1` -> `*`: Exchange keeps a sender domain as an address space with a cost. */
const senderDomain = (space: string): string =>
  canonicalDomain(space.replace(/^smtp:/i, "").replace(/;\d+$/, ""));

/** A connector as `Get-InboundConnector` gives it, in our form; the name is left as it stands there. */
export function fromExchange(object: Props): ConnectorForm {
  const props = Object.entries(object).map(([key, value]) => [
    key.charAt(0).toLowerCase() + key.slice(1),
    value,
  ]);
  const senderDomains = texts(object.SenderDomains).map(senderDomain);
  return { ...formOf({ ...Object.fromEntries(props), senderDomains }), name: text(object.Name) };
}

/** A connector with its sender domains as Exchange keeps them (`smtp:*;5`), to be put back as they were. */
export function formAsItStands(object: Props): ConnectorForm {
  return { ...fromExchange(object), senderDomains: texts(object.SenderDomains) };
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
  };
}

/** Cuts a resource's properties down to the form, each list sorted and each value in its one writing. */
export function formOf(props: Props): ConnectorForm {
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
  };
}

/** Names of the properties in which two forms differ; whatever else the objects hold is not looked at. */
export function differences(one: ConnectorForm, other: ConnectorForm): (keyof ConnectorForm)[] {
  return KEYS.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

const KEYS = Object.keys(formOf({})) as (keyof ConnectorForm)[];

/** Whether two names are the same connector's: Exchange does not tell letter case apart. */
export function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
