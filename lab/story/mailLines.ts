import { attributionOf } from "../../mail/message/attribution.ts";
import {
  type AuthenticationResults,
  alignmentOf,
  authenticationResultsOf,
} from "../../mail/message/authenticationResults.ts";
import { fieldsOf } from "../../mail/message/fields.ts";
import { hopsOf } from "../../mail/message/received.ts";
import type { HandoverResult, Lab, World } from "../src/lab.ts";
import { authorDomain, parseMessage } from "../src/smtp/message.ts";
import { type Application, arrived, arrivedInside, delivered, handIn, submitAs } from "./mail.ts";
import { equal, type Line } from "./play.ts";

/** Mail through the relay: what is accepted, what the outside mail system reports of it, and who is refused. */
export const MAIL_LINES: readonly Line[] = [
  handover("erp", "A message from erp's address is relayed and arrives outside"),
  handover("billing", "A message with billing's certificate is relayed and arrives outside"),
  submission(
    "shop",
    "A message from shop's mailbox is accepted, with a token for a federated identity",
  ),
  submission("crm", "A message from crm's mailbox is accepted, with a token for a certificate"),
  {
    id: "submitted",
    title: "Their headers name this tenant's mailboxes as the senders; SPF, DKIM and DMARC pass",
    async act() {},
    async judge({ lab, applications }) {
      const { domain, id: tenantId } = lab.world.tenant;
      const messages = applications.flatMap(({ name }) => {
        const message = arrived(lab, name);
        return message === undefined ? [] : [{ name, fields: fieldsOf(message) }];
      });
      if (messages.length === 0) throw new Error("no message arrived");
      for (const { name, fields } of messages) {
        const { tenantId: attributed, origin } = attributionOf(fields);
        equal(`attribution of ${name}`, [attributed, origin], [tenantId, "Hosted"]);
        const { spf, dkim, dmarc } =
          authenticationResultsOf(fields, lab.world.outside.mxHost) ?? {};
        const verdicts = [spf?.result, dkim?.map((one) => [one.result, one.domain]), dmarc?.result];
        equal(`verdicts of ${name}`, verdicts, ["pass", [["pass", domain]], "pass"]);
      }
      return `Hosted, in ${messages.length} of ${applications.length} messages`;
    },
  },
  {
    id: "headers",
    title: "The headers of relayed messages name this tenant's connectors",
    async act() {},
    async judge({ lab, senders }) {
      const messages = senders.flatMap(({ name, egress }) => {
        const message = arrived(lab, name);
        return message === undefined ? [] : [{ name, egress, fields: fieldsOf(message) }];
      });
      if (messages.length === 0) throw new Error("no message arrived");
      for (const { name, egress, fields } of messages) {
        const { tenantId, origin, connectingIp } = attributionOf(fields);
        const told = [tenantId, origin, connectingIp];
        equal(`attribution of ${name}`, told, [lab.world.tenant.id, "HybridOnPrem", egress]);
        const hops = hopsOf(fields);
        const [first] = hops;
        if (hops.length < 3 || !first?.by.endsWith(".outlook.com")) {
          throw new Error(`${name}: Received chain ${JSON.stringify(hops)}`);
        }
        equal(`last hop of ${name}`, hops.at(-1)?.by, lab.world.outside.mxHost);
      }
      return `HybridOnPrem, in ${messages.length} of ${senders.length} messages`;
    },
  },
  verdict("spf", "SPF passes at the outside mail system", ({ domain }, { spf }) => {
    equal("SPF", [spf?.result, spf?.mailFrom?.replace(/^.*@/, "")], ["pass", domain]);
    return `pass for ${domain}`;
  }),
  verdict("dkim", "DKIM passes there, with the domain's own key", ({ domain }, { dkim }) => {
    const passed = dkim.filter(({ result }) => result === "pass").map((one) => one.domain);
    equal("domains that signed", passed, [domain]);
    return `pass, d=${domain}`;
  }),
  verdict("dmarc", "DMARC passes there", ({ domain }, { dmarc }) => {
    equal("DMARC", [dmarc?.result, dmarc?.from], ["pass", domain]);
    return `pass for ${domain}`;
  }),
  verdict(
    "alignment",
    "SPF and DKIM are aligned with the author's domain",
    (_, results, author) => {
      const aligned = alignmentOf(results, author);
      equal("alignment", aligned, { spf: true, dkim: true });
      return `SPF and DKIM with ${author}`;
    },
  ),
  {
    id: "inside",
    title: "A message to a colleague passes SPF with the server's own address",
    async act(scene, { handovers }) {
      const to = scene.lab.world.mailboxes[0]?.address ?? "";
      handovers.set("inside", await handIn(scene, "erp", { id: "inside", to }));
    },
    async judge({ lab, senders }, { handovers }) {
      const refusal = handovers.get("inside")?.refusal;
      const message = arrivedInside(lab, "inside");
      if (message === undefined) throw new Error(`not in the mailbox: ${refusal}`);
      equal("SPF", authenticationResultsOf(fieldsOf(message))?.spf?.result, "pass");
      return `pass for ${senders[0]?.egress}`;
    },
  },
  {
    id: "fence",
    title: "A message from erp's address with another one in From is refused by its fence",
    async act(scene, { handovers }) {
      const author = `erp@${scene.lab.world.tenant.initialDomain}`;
      handovers.set("fence", await handIn(scene, "erp", { id: "fence", author }));
    },
    async judge({ lab }, { handovers }) {
      const handover = handovers.get("fence");
      if (handover?.accepted !== true) throw new Error(`not taken: ${handover?.refusal}`);
      const traced = lab.world.messageTrace.messages.find(
        ({ subject }) => subject === "A message: fence",
      );
      const told = traced?.events.map(({ detail }) => detail).join(" ") ?? "";
      const [refusal] = /550 5\.7\.950 .* fence of the sender erp/.exec(told) ?? [];
      if (refusal === undefined) throw new Error(`not refused by the fence: ${told}`);
      equal("copies outside", arrived(lab, "fence"), undefined);
      return refusal.slice(0, "550 5.7.950".length);
    },
  },
  {
    id: "stranger",
    title: "A stranger is refused with 5.7.64 and nothing arrives",
    async act(scene, notes) {
      notes.arrivedBefore = scene.lab.mailbox().length;
      notes.handovers.set("stranger", await handIn(scene, "stranger"));
    },
    async judge({ lab }, { handovers, arrivedBefore }) {
      const handover = handovers.get("stranger");
      if (handover?.accepted !== false) throw new Error("the stranger's message was accepted");
      if (!handover.refusal.startsWith("550 5.7.64 ")) {
        throw new Error(`refused for another reason: ${handover.refusal}`);
      }
      equal("messages in the outside mailbox", lab.mailbox().length, arrivedBefore);
      return handover.refusal;
    },
  },
];

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
      const raw = await delivered(lab, id);
      const results = authenticationResultsOf(fieldsOf(raw), lab.world.outside.mxHost);
      if (results === undefined)
        throw new Error("the outside mail system added no Authentication-Results");
      return judged(lab.world.tenant, results, authorDomain(parseMessage(raw)));
    },
  };
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
