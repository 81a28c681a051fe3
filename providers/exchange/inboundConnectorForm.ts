import {
  type ConnectorForm,
  connectorForm,
  type DeclaredConnector,
} from "../../mail/exchange/inboundConnector.ts";
import { ownerOf } from "../../mail/ownership.ts";
import type {
  ConnectorSurroundings,
  TenantConnector,
} from "../../mail/senders/connectorProblems.ts";
import { canonicalDomain } from "../../mail/senders/domain.ts";
import type { TenantFacts } from "../host/tenants.ts";
import { type ExchangeObject, text } from "./find.ts";
import type { Identity } from "./named.ts";

/** What a program declares of a connector, and what of its stack. */
export interface InboundConnectorInputs extends Identity, DeclaredConnector {
  /** Names of the connectors that the stack adopts: they are about to change, so that they are not in the way. */
  readonly adopted?: readonly string[];
}

export interface ConnectorFacts {
  /** Exchange's own id, which stays when the connector is renamed. */
  readonly guid: string;
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
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
    ...connectorForm({ ...Object.fromEntries(props), senderDomains, associatedAcceptedDomains }),
    name: text(object.Name),
  };
}

/** A connector's form with its sender domains as Exchange keeps them (`smtp:*;5`), to put it back as it was. */
export function originalForm(object: ExchangeObject, form: ConnectorForm): ConnectorForm {
  return { ...form, senderDomains: texts(object.SenderDomains) };
}

/** The properties of a connector that we manage. */
export const KEYS = Object.keys(connectorForm({})) as (keyof ConnectorForm)[];

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
