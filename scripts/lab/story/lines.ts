import { deepStrictEqual } from "node:assert/strict";
import { attributionOf } from "../../../mail/headers/attribution.ts";
import { fieldsOf } from "../../../mail/headers/fields.ts";
import { hopsOf } from "../../../mail/headers/received.ts";
import type { Change } from "../../engine/change.ts";
import { expectedConnectors, heldConnectors, labSenders } from "../senders.ts";
import { deliveredOf, submit } from "./mail.ts";
import type { Line } from "./line.ts";
import { worldWithoutTraffic } from "./world.ts";

/** The lab's story, in order: what a newcomer watches, what the tests hold on to, what sabotage turns red. */
export const STORY: readonly Line[] = [
  {
    id: "preview",
    title: "the first preview lists every resource and writes nothing",
    async act({ stack }, told) {
      told.changes = await stack.preview();
    },
    async judge({ lab }, { before, changes }) {
      const { domain } = lab.world.tenant;
      const connectors = labSenders(lab).map(({ name }) => `create relay-${name}-connector`);
      same("resources", changes.map(listed).sort(), [
        ...connectors.sort(),
        "create m365-smtp-relay-lab",
        "create relay",
        `create relay-${domain}`,
      ].sort());
      same("the world", worldWithoutTraffic(lab), before);
      return `${changes.length} to create`;
    },
  },
  {
    id: "up",
    title: "up makes the connectors as declared",
    async act({ stack }, told) {
      const { outputs } = await stack.up();
      told.pending = outputs["pending"];
    },
    async judge({ lab }, { pending }) {
      same("connectors", heldConnectors(lab), expectedConnectors(lab));
      same("pending", pending, []);
      return `${lab.world.connectors.length} connectors`;
    },
  },
  {
    id: "unchanged",
    title: "a second preview has no changes and asks Exchange nothing; nothing has drifted",
    async act({ lab, stack }, told) {
      const asked = lab.log.count({ service: "exchange" });
      told.changes = await stack.preview();
      told.exchangeCalls = lab.log.count({ service: "exchange" }) - asked;
      told.drift = await stack.drift();
    },
    async judge(_, { changes, exchangeCalls, drift }) {
      same("changes", changes.map(listed), []);
      same("calls to Exchange", exchangeCalls, 0);
      same("drift", drift.map(listed), []);
      return "no changes, 0 calls";
    },
  },
  ...(["erp", "billing"] as const).map(
    (name): Line => ({
      id: name,
      title:
        name === "erp"
          ? "erp's message is relayed by its source address and arrives outside"
          : "billing's message is relayed by its certificate and arrives outside",
      async act({ lab }, { answers }) {
        answers.set(name, await submit(lab, name));
      },
      async judge({ lab }, { answers }) {
        const answer = answers.get(name);
        if (answer?.accepted !== true) throw new Error(`refused: ${answer?.lastReply}`);
        await deliveredOf(lab, name);
        return answer.lastReply;
      },
    }),
  ),
  {
    id: "headers",
    title: "their headers say that this tenant's connectors relayed them",
    async act() {},
    async judge({ lab }) {
      for (const { name, egress } of labSenders(lab)) {
        const fields = fieldsOf(await deliveredOf(lab, name));
        same(`${name}: attribution`, attributionOf(fields), {
          tenantId: lab.world.tenant.id,
          origin: "HybridOnPrem",
          connectingIp: egress,
        });
        const hops = hopsOf(fields);
        same(`${name}: last hop`, hops.at(-1)?.by, lab.world.outside.mxHost);
        const [first] = hops;
        if (hops.length < 3 || !first?.by.endsWith(".outlook.com")) {
          throw new Error(`${name}: Received chain ${JSON.stringify(hops)}`);
        }
      }
      return "HybridOnPrem";
    },
  },
  {
    id: "stranger",
    title: "a stranger is refused with 5.7.64 and nothing arrives",
    async act({ lab }, { answers }) {
      answers.set("stranger", await submit(lab, "stranger"));
    },
    async judge({ lab }, { answers }) {
      const { accepted, lastReply } = answers.get("stranger") ?? { accepted: true, lastReply: "" };
      if (accepted) throw new Error("was accepted");
      if (!lastReply.startsWith("550 5.7.64 ")) throw new Error(`was refused with ${lastReply}`);
      same("messages that arrived", lab.world.outside.messages.length, labSenders(lab).length);
      return lastReply;
    },
  },
  {
    id: "drift",
    title: "a change made by hand is seen",
    async act({ lab, stack }, told) {
      await lab.admin("Set-InboundConnector", {
        Identity: "relay-lab-erp",
        AssociatedAcceptedDomains: [],
        Confirm: false,
      });
    },
    async judge({ stack }) {
      const drift = (await stack.drift()).find(({ name }) => name === "relay-erp-connector");
      if (drift === undefined) throw new Error("refresh saw nothing on relay-erp-connector");
      same("property", drift.properties.includes("associatedAcceptedDomains"), true);
      return `${drift.op} ${drift.properties.join(", ")}`;
    },
  },
  {
    id: "repair",
    title: "up repairs it",
    async act({ stack }) {
      await stack.up({ refresh: true });
    },
    async judge({ lab }) {
      same("connectors", heldConnectors(lab), expectedConnectors(lab));
      return "as declared again";
    },
  },
  {
    id: "destroy",
    title: "destroy removes every connector that up made, and the state is empty",
    async act({ lab, stack }, told) {
      const removed = () => lab.log.count({ service: "exchange", what: "Remove-InboundConnector" });
      const already = removed();
      told.changes = await stack.destroy();
      told.exchangeCalls = removed() - already;
    },
    async judge({ lab, stack }, { exchangeCalls }) {
      same("resources in the state", await resourcesLeft(stack), []);
      same("connectors removed", exchangeCalls, labSenders(lab).length);
      return `${exchangeCalls} connectors`;
    },
  },
  {
    id: "left",
    title: "nothing is left: the world is as it was before",
    async act() {},
    async judge({ lab }, { before }) {
      same("the world", worldWithoutTraffic(lab), before);
      return "the same, byte for byte";
    },
  },
];

const listed = ({ op, name }: Change): string => `${op} ${name}`;

async function resourcesLeft({ exportState }: { exportState(): Promise<{ deployment: unknown }> }) {
  const { deployment } = await exportState();
  const { resources = [] } = deployment as { resources?: { urn: string }[] };
  return resources.map(({ urn }) => urn);
}

/** Throws with both values when they are not the same. */
function same(what: string, found: unknown, expected: unknown): void {
  try {
    deepStrictEqual(found, expected);
  } catch {
    throw new Error(`${what}: ${brief(found)} instead of ${brief(expected)}`);
  }
}

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
};
