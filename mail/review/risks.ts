import {
  type BrokenGuardrail,
  brokenGuardrails,
  type GuardedResource,
} from "../guardrails/guardrails.ts";
import { sentence } from "../problem.ts";
import { text } from "../properties.ts";
import { firstAnnounced } from "../senders/dates.ts";
import { chooseMethod, doesNotFit } from "../senders/method.ts";
import { nameOfWay } from "../senders/methods.ts";
import type { Sender } from "../senders/sender.ts";
import { type Change, madeDisposable, newlyMarked, type Stop } from "./effects.ts";
import { senderIn } from "./names.ts";
import { ofKinds, type PlannedResource, type StackPreview } from "./preview.ts";
import { addedSpfTerms } from "./recordChanges.ts";
import type { SenderChange } from "./senderChanges.ts";
import type { Risk, RiskLevel, StackReview } from "./stackReview.ts";

/** The highest level of some risks. */
export function riskLevel(risks: readonly Risk[]): RiskLevel {
  if (risks.some(({ level }) => level === "dangerous")) return "dangerous";
  return risks.length > 0 ? "look" : "none";
}

/** What a reviewer has to weigh: guardrails that a change breaks, rights that a change widens, mail that it stops, what it puts back. */
export function risksOf(
  change: Change,
  now: Date,
  { stops, others, byHand, records }: Pick<StackReview, "stops" | "others" | "byHand" | "records">,
): Risk[] {
  const { senders, preview } = change;
  const declared = new Map((preview.config?.senders ?? []).map((one) => [one.name, one] as const));
  return [
    ...newlyBroken(preview, now),
    ...senders.flatMap(({ sender, widened }) => widened.map((text) => look(sender, text))),
    ...adoptions(change),
    ...senders.flatMap((one) => whyAnotherMethod(one, declared)),
    ...senders.flatMap((one) => beginsWithPassword(one, declared)),
    ...records.flatMap((record) => {
      const terms = addedSpfTerms(record).filter((term) => term.startsWith("ip4:"));
      const from = terms.map((term) => term.replace("ip4:", "")).join(", ");
      return from === ""
        ? []
        : [
            look(
              record.name,
              `mail from ${from} passes SPF from now on, also where it does not go through Exchange`,
            ),
          ];
    }),
    ...others.flatMap(({ who, risk }) => (risk === undefined ? [] : [look(who, risk)])),
    ...stopRisks(stops),
    ...newlyMarked(change).map((who) =>
      look(who, "not protected any more: a later change can remove it"),
    ),
    ...madeDisposable(change).map((who) => ({
      level: "dangerous" as const,
      who,
      text: DISPOSABLE,
    })),
    ...byHand.map(({ subject }) => look(subject, "changed by hand, and undone by this up")),
  ];
}

/** What becomes of a connector or mailbox that was there before the stack, which the rights of its sender don't show. */
const adoptions = ({ preview, belongs }: Change): Risk[] =>
  ofKinds(preview.resources, "InboundConnector", "AdoptedMailbox", "AdoptedApplication").flatMap(
    (resource) => {
      const who = senderIn(belongs(resource));
      const { kind, operation, after } = resource;
      if (operation !== "create" || who === undefined) return [];
      if (kind === "AdoptedMailbox") {
        return [
          look(
            who,
            `the existing mailbox ${text(after?.inputs.address)} is adopted, and SMTP AUTH kept on for it`,
          ),
        ];
      }
      if (kind === "AdoptedApplication") {
        return [
          look(
            who,
            `the existing app ${text(after?.inputs.appId)} is adopted: the stack reads its rights and changes nothing of it, and its credentials stay with its owner`,
          ),
        ];
      }
      return after?.inputs.adopt === true
        ? [
            look(
              who,
              `the existing connector ${JSON.stringify(after.inputs.name)} is adopted: what it lets in so far and this table does not have is refused; Pulumi's preview below lists each setting before and after`,
            ),
          ]
        : [];
    },
  );

/** Which number or which other reason took the method from a sender that it had before. */
function whyAnotherMethod({ sender, before, after }: SenderChange, declared: Declared): Risk[] {
  const now = declared.get(sender);
  if (now === undefined || before === undefined || before.method === after?.method) return [];
  const { passedOver, ...way } = chooseMethod(now);
  return passedOver === undefined
    ? []
    : [look(sender, `uses ${nameOfWay(way)} from now on, as ${doesNotFit(passedOver)}`)];
}

/** That a sender signs in with a password from now on, and when that ends in its tenant's cloud. */
function beginsWithPassword({ sender, before, after }: SenderChange, declared: Declared): Risk[] {
  if (after?.by !== "password" || after.via !== undefined || before?.by === "password") return [];
  const now = declared.get(sender);
  const end = now && firstAnnounced(now);
  return [look(sender, ["a password (basic authentication)", ...(end ? [end] : [])].join(": "))];
}

/** Senders as the stack file has them, by name. */
type Declared = ReadonlyMap<string, Sender>;

const DISPOSABLE =
  "not protected any more, as the stack becomes disposable: any later change, and a destroy, can remove it without a mark before";

const look = (who: string, text: string): Risk => ({ level: "look", who, text });

/** One risk a sender or domain, the highest. */
function stopRisks(stops: readonly Stop[]): Risk[] {
  const grouped = Map.groupBy(stops, ({ who }) => who);
  return [...grouped].map(([who, all]) => {
    const dangerous = all.find(({ isDangerous }) => isDangerous);
    const times = [...new Set(all.map(({ howLong }) => howLong))].join(", ");
    return dangerous === undefined
      ? look(who, `something stops working ${times}`)
      : { level: "dangerous", who, text: dangerous.what };
  });
}

/** The guardrails that the stack breaks after the change, and not before it, or in more places. */
function newlyBroken({ resources }: StackPreview, now: Date): Risk[] {
  const [before, after] = (["before", "after"] as const).map((when) =>
    brokenGuardrails(
      resources.flatMap((resource) => guarded(resource, when)),
      now,
    ),
  );
  const known = Map.groupBy(before ?? [], keyOf);
  return [...Map.groupBy(after ?? [], keyOf)]
    .flatMap(([key, broken]) => {
      const old = known.get(key) ?? [];
      const values = old.map(({ problem }) => JSON.stringify(problem.value));
      return broken.length > old.length
        ? broken.filter(({ problem }) => !values.includes(JSON.stringify(problem.value)))
        : [];
    })
    .map(({ guardrail: { id, severity }, problem }) => ({
      level: severity,
      who: problem.key,
      text: `${sentence(problem).slice(problem.key.length + 2)} (guardrail ${id})`,
    }));
}

const keyOf = ({ guardrail, problem }: BrokenGuardrail): string => `${guardrail.id} ${problem.key}`;

function guarded(resource: PlannedResource, when: "before" | "after"): GuardedResource[] {
  const { kind, name, operation, before } = resource;
  const state = resource[when];
  if (state === undefined) return [];
  const { inputs, isProtected } = state;
  const isKnown = when === "before" || operation === "same";
  return [
    {
      ...{ kind, name, inputs, isProtected },
      ...(isKnown && before && { outputs: before.outputs }),
      ...(when === "after" && before && { former: before.outputs }),
    },
  ];
}
