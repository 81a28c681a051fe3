import type { Connector } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";

/** What decides how a connector relays, as Exchange holds it. */
export type HeldConnector = Pick<
  Connector,
  | "name"
  | "connectorType"
  | "enabled"
  | "senderDomains"
  | "senderIPAddresses"
  | "tlsSenderCertificateName"
  | "associatedAcceptedDomains"
  | "requireTls"
  | "treatMessagesAsInternal"
  | "cloudServicesMailEnabled"
>;

/** The connectors that the story's two senders have to have, written out by hand from what the lab told them. */
export function expectedConnectors({ lab, senders }: Scene): HeldConnector[] {
  return senders
    .map(({ name, by, egress, host }) => ({
      name: `relay-lab-${name}`,
      connectorType: "OnPremises" as const,
      enabled: true,
      senderDomains: ["smtp:*;1"],
      senderIPAddresses: by === "sourceIp" ? [egress] : [],
      tlsSenderCertificateName: by === "certificate" ? host : null,
      associatedAcceptedDomains: [lab.world.tenant.domain],
      requireTls: true,
      treatMessagesAsInternal: false,
      cloudServicesMailEnabled: false,
    }))
    .sort(byName);
}

/** The connectors that the world holds, cut to the same. */
export function heldConnectors({ lab }: Scene): HeldConnector[] {
  return lab.world.connectors
    .map((connector) => ({
      name: connector.name,
      connectorType: connector.connectorType,
      enabled: connector.enabled,
      senderDomains: connector.senderDomains,
      senderIPAddresses: connector.senderIPAddresses,
      tlsSenderCertificateName: connector.tlsSenderCertificateName,
      associatedAcceptedDomains: connector.associatedAcceptedDomains,
      requireTls: connector.requireTls,
      treatMessagesAsInternal: connector.treatMessagesAsInternal,
      cloudServicesMailEnabled: connector.cloudServicesMailEnabled,
    }))
    .sort(byName);
}

const byName = (a: HeldConnector, b: HeldConnector): number => (a.name < b.name ? -1 : 1);
