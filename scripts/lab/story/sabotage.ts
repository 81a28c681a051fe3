import type { Scene } from "../scene.ts";
import type { Sabotage } from "./line.ts";

/** For every line of the story, one change of the world that turns it red and no other. */
export const SABOTAGE: readonly Sabotage[] = [
  {
    line: "preview",
    title: "Graph answers 500 once, during the first preview",
    when: "before",
    change: ({ lab }) =>
      lab.faults.inject({
        where: { service: "graph", match: "/v1.0/domains" },
        what: { kind: "status", status: 500 },
      }),
  },
  {
    line: "up",
    title: "Exchange keeps RequireTls false on OnPremises connectors",
    when: "before",
    change({ lab }) {
      lab.world.settings.requireTlsOnPremises = "ignored";
    },
  },
  {
    line: "unchanged",
    title: "Somebody lets billing's connector skip the spam filter",
    when: "before",
    change: (scene) => byHand(scene, "relay-lab-billing", { TreatMessagesAsInternal: true }),
  },
  {
    line: "erp",
    title: "The internet provider gives erp's server another address",
    when: "before",
    change({ lab: { world } }) {
      world.addresses.customer[0] = "192.0.2.250";
    },
  },
  {
    line: "billing",
    title: "Billing's server presents a self-signed certificate",
    when: "before",
    async change(scene) {
      const names: [string] = [scene.senders[1]?.host ?? ""];
      scene.certificate = await scene.lab.issueCertificate({ names, issuer: "self-signed" });
    },
  },
  {
    line: "headers",
    title: "The outside mail system drops Exchange's header fields",
    when: "before",
    change({ lab: { world } }) {
      for (const message of world.outside.messages) {
        message.raw = message.raw.replace(
          /^X-MS-Exchange-CrossTenant-.*\r\n(?:[ \t].*\r\n)*/gm,
          "",
        );
      }
    },
  },
  {
    line: "stranger",
    title: "Somebody adds the stranger's address to erp's connector",
    when: "before",
    change: (scene) =>
      byHand(scene, "relay-lab-erp", {
        SenderIPAddresses: [scene.senders[0]?.egress, scene.lab.world.addresses.stranger],
      }),
  },
  {
    line: "drift",
    title: "Another administrator takes the change back before anybody looks",
    when: "between",
    change: (scene) =>
      byHand(scene, "relay-lab-erp", {
        AssociatedAcceptedDomains: [scene.lab.world.tenant.domain],
      }),
  },
  {
    line: "repair",
    title: "Exchange refuses every Set-InboundConnector for a while",
    when: "before",
    change: ({ lab }) =>
      lab.faults.inject({
        where: { service: "exchange", match: "Set-InboundConnector" },
        what: { kind: "expiredToken" },
      }),
  },
  {
    line: "destroy",
    title: "Somebody removes erp's connector first",
    when: "before",
    change: ({ lab }) => lab.admin("Remove-InboundConnector", { Identity: "relay-lab-erp" }),
  },
  {
    line: "left",
    title: "Somebody makes a connector while the stack goes",
    when: "before",
    change: ({ lab }) =>
      lab.admin("New-InboundConnector", {
        Name: "left over",
        ConnectorType: "Partner",
        SenderDomains: ["partner.example"],
      }),
  },
];

function byHand({ lab }: Scene, identity: string, parameters: Record<string, unknown>): void {
  lab.admin("Set-InboundConnector", { Identity: identity, ...parameters });
}
