import { changeConnector, editRecords } from "./byHand.ts";
import { MAIL_SABOTAGE } from "./mailSabotage.ts";
import type { Sabotage } from "./play.ts";

const FIRST: readonly Sabotage[] = [
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
    line: "records",
    title: "Somebody proxies selector2's CNAME",
    when: "before",
    change: (scene) =>
      editRecords(scene, (record) =>
        record.name.startsWith("selector2.") ? { ...record, proxied: true } : record,
      ),
  },
  {
    line: "unchanged",
    title: "Somebody lets billing's connector skip the spam filter",
    when: "before",
    change: (scene) =>
      changeConnector(scene, "relay-lab-billing", { TreatMessagesAsInternal: true }),
  },
];

const LAST: readonly Sabotage[] = [
  {
    line: "drift",
    title: "Another administrator reverts the change before the refresh",
    when: "between",
    change: (scene) =>
      changeConnector(scene, "relay-lab-erp", {
        TreatMessagesAsInternal: false,
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
    title: "Somebody creates a connector while the stack is destroyed",
    when: "before",
    change: ({ lab }) =>
      lab.admin("New-InboundConnector", {
        Name: "left over",
        ConnectorType: "Partner",
        SenderDomains: ["partner.example"],
      }),
  },
];

/**
 * For every line of the story at least one change of the world that turns it red and no other, in the story's order.
 */
export const SABOTAGE: readonly Sabotage[] = [...FIRST, ...MAIL_SABOTAGE, ...LAST];
