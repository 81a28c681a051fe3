import type { Change } from "../../scripts/engine/operation.ts";
import type { Scene } from "../stack/scene.ts";
import { equal, type Line, type Notes } from "./play.ts";
import { comparableWorld, expectedConnectors, heldConnectors, publishedRecords } from "./world.ts";

/** What the stack does before any mail is sent. */
export const FIRST_LINES: readonly Line[] = [
  {
    id: "preview",
    title: "The first preview lists every resource and writes nothing",
    async act({ stack }, notes) {
      notes.changes = await stack.preview();
    },
    async judge({ lab, senders, applications }, { worldBefore, changes }) {
      const declared = [
        "create m365-smtp-relay-lab",
        "create relay",
        "create relay-survey",
        `create relay-${lab.world.tenant.domain}`,
        ...DNS_RESOURCES.map((suffix) => `create relay-${lab.world.tenant.domain}-${suffix}`),
        ...senders.map(({ name }) => `create relay-${name}-connector`),
        ...senders.flatMap(({ name, by }) =>
          by === "sourceIp" ? [`create relay-${name}-fence`] : [],
        ),
        ...applications.flatMap(({ name, federatedIdentity }) =>
          [
            ...SUBMITTER_RESOURCES,
            federatedIdentity === undefined ? "certificate" : "federated-identity",
          ].map((suffix) => `create relay-${name}-${suffix}`),
        ),
      ];
      equal("resources", changes.map(describeChange).sort(), declared.sort());
      equal("the world", comparableWorld(lab), worldBefore);
      return `${changes.length} to create`;
    },
  },
  {
    id: "up",
    title: "Up creates connectors, mailboxes and apps as declared",
    async act(scene, notes) {
      const { outputs } = await scene.stack.up();
      notes.pending = outputs.pending;
      notes.signIns = outputs.senders as Notes["signIns"];
      notes.connectors = heldConnectors(scene);
    },
    async judge(scene, { pending }) {
      equal("connectors", heldConnectors(scene), expectedConnectors(scene));
      equal("pending", pending, []);
      equal("mailboxes", relayMailboxes(scene), scene.applications.map(({ from }) => from).sort());
      return `${scene.senders.length} connectors, ${scene.applications.length} mailboxes`;
    },
  },
  {
    id: "records",
    title: "The zone has SPF, DKIM and DMARC, and everything that its owner had",
    async act() {},
    async judge(scene, { worldBefore }) {
      const { expected, held } = await publishedRecords(scene, worldBefore);
      equal("records", held, expected);
      const [config] = scene.lab.admin("Get-DkimSigningConfig", {
        Identity: scene.lab.world.tenant.domain,
      });
      equal("DKIM status", config?.Status, "Valid");
      return `${held[0]?.[1]}`;
    },
  },
  {
    id: "unchanged",
    title: "A second preview has no changes and sends Exchange no request; nothing has drifted",
    async act({ lab, stack }, notes) {
      const asked = lab.log.count({ service: "exchange" });
      notes.changes = await stack.preview();
      notes.exchangeCalls = lab.log.count({ service: "exchange" }) - asked;
      notes.drift = await stack.drift();
    },
    async judge(_, { changes, exchangeCalls, drift }) {
      equal("changes", changes.map(describeChange), []);
      equal("calls to Exchange", exchangeCalls, 0);
      equal("drift", drift.map(describeChange), []);
      return "no changes, 0 calls";
    },
  },
];

/** What it does after the mail: a change by hand is seen and repaired, and everything goes. */
export const LAST_LINES: readonly Line[] = [
  {
    id: "drift",
    title: "A change made by hand is detected",
    async act({ lab, senders }) {
      lab.admin("Set-InboundConnector", {
        Identity: `relay-lab-${senders[0]?.name}`,
        TreatMessagesAsInternal: true,
      });
    },
    async judge({ stack }) {
      const drift = await stack.drift();
      const seen = drift.find(({ name }) => name === "relay-erp-connector");
      if (!seen?.properties.includes("treatMessagesAsInternal")) {
        throw new Error(`refresh saw ${JSON.stringify(drift.map(describeChange))}`);
      }
      return `${seen.op} of ${seen.name}: ${seen.properties.join(", ")}`;
    },
  },
  {
    id: "repair",
    title: "Up repairs it",
    async act({ stack }) {
      await stack.up({ refresh: true });
    },
    async judge(scene, { connectors }) {
      equal("connectors", heldConnectors(scene), connectors);
      return "as after the first up";
    },
  },
  {
    id: "destroy",
    title: "Destroy removes everything that up created, and the state is empty",
    async act({ lab, stack }, notes) {
      const removed = () => lab.log.count({ service: "exchange", what: "Remove-InboundConnector" });
      const already = removed();
      await stack.destroy();
      notes.exchangeCalls = removed() - already;
    },
    async judge(scene, { exchangeCalls }) {
      equal("resources in the state", await resourcesLeft(scene), []);
      equal("connectors removed", exchangeCalls, scene.senders.length);
      equal("mailboxes", relayMailboxes(scene), []);
      return `${exchangeCalls} connectors`;
    },
  },
  {
    id: "left",
    title: "Nothing is left: the world is as it was before",
    async act() {},
    async judge({ lab }, { worldBefore }) {
      equal("the world", comparableWorld(lab), worldBefore);
      return "the same, byte for byte";
    },
  },
];

/** What of a domain is declared beside its component, by the last part of the logical name. */
const DNS_RESOURCES = [
  "dns",
  "spf",
  "dmarc",
  "dkim-config",
  "dkim-selector1",
  "dkim-selector2",
  "dkim",
] as const;

/** The same of an application. */
const SUBMITTER_RESOURCES = [
  "submitter",
  "account",
  "mailbox",
  "limit",
  "registration",
  "app",
  "principal",
  "exchange-principal",
  "scope",
  "role",
  "submission",
] as const;

/** The shared mailboxes of the tenant. */
const relayMailboxes = ({ lab }: Scene): string[] =>
  lab.world.mailboxes
    .filter(({ recipientTypeDetails }) => recipientTypeDetails === "SharedMailbox")
    .map(({ address }) => address)
    .sort();

const describeChange = ({ op, name }: Change): string => `${op} ${name}`;

async function resourcesLeft({ stack }: Scene): Promise<string[]> {
  const { deployment } = await stack.exportState();
  const { resources = [] } = deployment as { resources?: { urn: string }[] };
  return resources.map(({ urn }) => urn);
}
