import { deepStrictEqual } from "node:assert/strict";
import type { Change } from "../../scripts/engine/operation.ts";
import type { HandoverResult, Lab, World } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";
import { expectedConnectors, heldConnectors } from "./connectors.ts";
import { attributionOf } from "./headers/attribution.ts";
import {
  type AuthenticationResults,
  alignmentOf,
  authenticationResultsOf,
} from "./headers/authenticationResults.ts";
import { fieldOf, fieldsOf } from "./headers/fields.ts";
import { hopsOf } from "./headers/received.ts";
import type { Line, Told } from "./line.ts";
import { type Application, arrived, arrivedInside, delivered, handIn, submitAs } from "./mail.ts";
import { publishedRecords } from "./records.ts";
import { lastingWorld } from "./world.ts";

/** The lab's story, in order: what a newcomer watches, what the tests hold on to, what sabotage turns red. */
export const STORY: readonly Line[] = [
  {
    id: "preview",
    title: "The first preview lists every resource and writes nothing",
    async act({ stack }, told) {
      told.changes = await stack.preview();
    },
    async judge({ lab, senders, applications }, { before, changes }) {
      const declared = [
        "create m365-smtp-relay-lab",
        "create relay",
        "create relay-survey",
        `create relay-${lab.world.tenant.domain}`,
        ...DNS_RESOURCES.map((suffix) => `create relay-${lab.world.tenant.domain}-${suffix}`),
        ...senders.map(({ name }) => `create relay-${name}-connector`),
        ...applications.flatMap(({ name, federatedIdentity }) =>
          [
            ...SUBMITTER_RESOURCES,
            federatedIdentity === undefined ? "certificate" : "federated-identity",
          ].map((suffix) => `create relay-${name}-${suffix}`),
        ),
      ];
      same("resources", changes.map(shown).sort(), declared.sort());
      same("the world", lastingWorld(lab), before);
      return `${changes.length} to create`;
    },
  },
  {
    id: "up",
    title: "Up makes connectors, mailboxes and apps as declared",
    async act(scene, told) {
      const { outputs } = await scene.stack.up();
      told.pending = outputs.pending;
      told.signIns = outputs.senders as Told["signIns"];
      told.made = heldConnectors(scene);
    },
    async judge(scene, { pending }) {
      same("connectors", heldConnectors(scene), expectedConnectors(scene));
      same("pending", pending, []);
      same("mailboxes", relayMailboxes(scene), scene.applications.map(({ from }) => from).sort());
      return `${scene.senders.length} connectors, ${scene.applications.length} mailboxes`;
    },
  },
  {
    id: "records",
    title: "The zone has SPF, DKIM and DMARC, and everything that its owner had",
    async act() {},
    async judge(scene, { before }) {
      const { expected, held } = await publishedRecords(scene, before);
      same("records", held, expected);
      const [config] = scene.lab.admin("Get-DkimSigningConfig", {
        Identity: scene.lab.world.tenant.domain,
      });
      same("DKIM status", config?.Status, "Valid");
      return `${held[0]?.[1]}`;
    },
  },
  {
    id: "unchanged",
    title: "A second preview has no changes and asks Exchange nothing; nothing has drifted",
    async act({ lab, stack }, told) {
      const asked = lab.log.count({ service: "exchange" });
      told.changes = await stack.preview();
      told.exchangeCalls = lab.log.count({ service: "exchange" }) - asked;
      told.drift = await stack.drift();
    },
    async judge(_, { changes, exchangeCalls, drift }) {
      same("changes", changes.map(shown), []);
      same("calls to Exchange", exchangeCalls, 0);
      same("drift", drift.map(shown), []);
      return "no changes, 0 calls";
    },
  },
  handover("erp", "A message from erp's address is relayed and arrives outside"),
  handover("billing", "A message with billing's certificate is relayed and arrives outside"),
  submission(
    "shop",
    "A message as shop's mailbox is taken, with a token for an identity elsewhere",
  ),
  submission("crm", "A message as crm's mailbox is taken, with a token for a certificate"),
  {
    id: "submitted",
    title: "Their headers say that this tenant's mailboxes sent them; SPF, DKIM and DMARC pass",
    async act() {},
    async judge({ lab, applications }) {
      const { domain, id: tenantId } = lab.world.tenant;
      const messages = applications.flatMap(({ name }) => {
        const message = arrived(lab, name);
        return message === undefined ? [] : [{ name, fields: fieldsOf(message) }];
      });
      if (messages.length === 0) throw new Error("no message arrived");
      for (const { name, fields } of messages) {
        const { tenantId: attributed, origin } = attributionOf(fields) ?? {};
        same(`attribution of ${name}`, [attributed, origin], [tenantId, "Hosted"]);
        const { spf, dkim, dmarc } =
          authenticationResultsOf(fields, lab.world.outside.mxHost) ?? {};
        const verdicts = [spf?.result, dkim?.map((one) => [one.result, one.domain]), dmarc?.result];
        same(`verdicts of ${name}`, verdicts, ["pass", [["pass", domain]], "pass"]);
      }
      return `Hosted, in ${messages.length} of ${applications.length} messages`;
    },
  },
  {
    id: "headers",
    title: "The messages' headers say that this tenant's connectors relayed them",
    async act() {},
    async judge({ lab, senders }) {
      const messages = senders.flatMap(({ name, egress }) => {
        const message = arrived(lab, name);
        return message === undefined ? [] : [{ name, egress, fields: fieldsOf(message) }];
      });
      if (messages.length === 0) throw new Error("no message arrived");
      for (const { name, egress, fields } of messages) {
        same(`attribution of ${name}`, attributionOf(fields), {
          tenantId: lab.world.tenant.id,
          origin: "HybridOnPrem",
          connectingIp: egress,
        });
        const hops = hopsOf(fields);
        const [first] = hops;
        if (hops.length < 3 || !first?.by.endsWith(".outlook.com")) {
          throw new Error(`${name}: Received chain ${JSON.stringify(hops)}`);
        }
        same(`last hop of ${name}`, hops.at(-1)?.by, lab.world.outside.mxHost);
      }
      return `HybridOnPrem, in ${messages.length} of ${senders.length} messages`;
    },
  },
  verdict("spf", "SPF passes at the outside mail system", ({ domain }, { spf }) => {
    same("SPF", [spf?.result, spf?.mailFrom?.replace(/^.*@/, "")], ["pass", domain]);
    return `pass for ${domain}`;
  }),
  verdict("dkim", "DKIM passes there, with the domain's own key", ({ domain }, { dkim }) => {
    const passed = dkim.filter(({ result }) => result === "pass").map((one) => one.domain);
    same("domains that signed", passed, [domain]);
    return `pass, d=${domain}`;
  }),
  verdict("dmarc", "DMARC passes there", ({ domain }, { dmarc }) => {
    same("DMARC", [dmarc?.result, dmarc?.from], ["pass", domain]);
    return `pass for ${domain}`;
  }),
  verdict("alignment", "What passed is aligned with the author's domain", (_, results, author) => {
    const aligned = alignmentOf(results, author);
    same("alignment", aligned, { spf: true, dkim: true });
    return `SPF and DKIM with ${author}`;
  }),
  {
    id: "inside",
    title: "A message to a colleague passes SPF by the server's own address",
    async act(scene, { handovers }) {
      const to = scene.lab.world.mailboxes[0]?.address ?? "";
      handovers.set("inside", await handIn(scene, "erp", { id: "inside", to }));
    },
    async judge({ lab, senders }, { handovers }) {
      const refusal = handovers.get("inside")?.refusal;
      const message = arrivedInside(lab, "inside");
      if (message === undefined) throw new Error(`not in the mailbox: ${refusal}`);
      same("SPF", authenticationResultsOf(fieldsOf(message))?.spf?.result, "pass");
      return `pass for ${senders[0]?.egress}`;
    },
  },
  {
    id: "stranger",
    title: "A stranger is refused with 5.7.64 and nothing arrives",
    async act(scene, told) {
      told.arrivedBefore = scene.lab.mailbox().length;
      told.handovers.set("stranger", await handIn(scene, "stranger"));
    },
    async judge({ lab }, { handovers, arrivedBefore }) {
      const handover = handovers.get("stranger");
      if (handover?.accepted !== false) throw new Error("the stranger's message was accepted");
      if (!handover.refusal.startsWith("550 5.7.64 ")) {
        throw new Error(`refused otherwise: ${handover.refusal}`);
      }
      same("messages in the outside mailbox", lab.mailbox().length, arrivedBefore);
      return handover.refusal;
    },
  },
  {
    id: "drift",
    title: "A change made by hand is seen",
    async act({ lab, senders }) {
      lab.admin("Set-InboundConnector", {
        Identity: `relay-lab-${senders[0]?.name}`,
        AssociatedAcceptedDomains: null,
      });
    },
    async judge({ stack }) {
      const drift = await stack.drift();
      const seen = drift.find(({ name }) => name === "relay-erp-connector");
      if (!seen?.properties.includes("associatedAcceptedDomains")) {
        throw new Error(`refresh saw ${JSON.stringify(drift.map(shown))}`);
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
    async judge(scene, { made }) {
      same("connectors", heldConnectors(scene), made);
      return "as after the first up";
    },
  },
  {
    id: "destroy",
    title: "Destroy removes everything that up made, and the state is empty",
    async act({ lab, stack }, told) {
      const removed = () => lab.log.count({ service: "exchange", what: "Remove-InboundConnector" });
      const already = removed();
      await stack.destroy();
      told.exchangeCalls = removed() - already;
    },
    async judge(scene, { exchangeCalls }) {
      same("resources in the state", await resourcesLeft(scene), []);
      same("connectors removed", exchangeCalls, scene.senders.length);
      same("mailboxes", relayMailboxes(scene), []);
      return `${exchangeCalls} connectors`;
    },
  },
  {
    id: "left",
    title: "Nothing is left: the world is as it was before",
    async act() {},
    async judge({ lab }, { before }) {
      same("the world", lastingWorld(lab), before);
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

function submission(who: Application, title: string): Line {
  return {
    id: who,
    title,
    async act(scene, { handovers, signIns }) {
      handovers.set(who, await submitAs(scene, who, signIns));
    },
    judge: ({ lab }, { handovers }) => taken(lab, who, handovers.get(who)),
  };
}

/** The reply that took a message, once it has arrived. */
async function taken(lab: Lab, id: string, result: HandoverResult | undefined): Promise<string> {
  if (result?.accepted !== true) throw new Error(`refused: ${result?.refusal}`);
  await delivered(lab, id);
  return result.replies.find((reply) => reply.startsWith("250 2.6.0")) ?? "accepted";
}

/** A line that sends a message of its own and judges what the outside mail system said of it. */
function verdict(
  id: string,
  title: string,
  judged: (tenant: World["tenant"], results: AuthenticationResults, author: string) => string,
): Line {
  return {
    id,
    title,
    async act(scene, { handovers }) {
      handovers.set(id, await handIn(scene, "erp", { id }));
    },
    async judge({ lab }, { handovers }) {
      const handover = handovers.get(id);
      if (handover?.accepted !== true) throw new Error(`refused: ${handover?.refusal}`);
      const fields = fieldsOf(await delivered(lab, id));
      const results = authenticationResultsOf(fields, lab.world.outside.mxHost);
      if (results === undefined) throw new Error("the outside mail system says nothing of it");
      return judged(lab.world.tenant, results, authorDomain(fields));
    },
  };
}

/** The domain in a message's From field. */
function authorDomain(fields: ReturnType<typeof fieldsOf>): string {
  const from = fieldOf(fields, "From") ?? "";
  return from
    .slice(from.lastIndexOf("@") + 1)
    .replace(/>$/, "")
    .toLowerCase();
}

function handover(who: "erp" | "billing", title: string): Line {
  return {
    id: who,
    title,
    async act(scene, { handovers }) {
      handovers.set(who, await handIn(scene, who));
    },
    judge: ({ lab }, { handovers }) => taken(lab, who, handovers.get(who)),
  };
}

const shown = ({ op, name }: Change): string => `${op} ${name}`;

async function resourcesLeft({ stack }: Scene): Promise<string[]> {
  const { deployment } = await stack.exportState();
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
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 397)}...` : text;
};
