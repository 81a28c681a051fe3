import { labSenders } from "../senders.ts";
import type { Sabotage } from "./line.ts";

/** For every line of the story, one change of the world that turns it red and no other. */
export const SABOTAGE: readonly Sabotage[] = [
  {
    line: "preview",
    title: "Graph answers 500 once while the first preview runs",
    when: "before",
    change: ({ lab }) =>
      void lab.faults.inject({
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
    title: "somebody makes billing's connector skip the spam filter",
    when: "before",
    change: ({ lab }) => byHand(lab, "relay-lab-billing", { TreatMessagesAsInternal: true }),
  },
  {
    line: "erp",
    title: "the provider gives erp's server another address",
    when: "before",
    change: ({ lab }) => lab.moveAddress(labSenders(lab)[0].egress),
  },
];
