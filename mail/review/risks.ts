import {
  type BrokenGuardrail,
  brokenGuardrails,
  type GuardedResource,
} from "../guardrails/guardrails.ts";
import { sentence } from "../problem.ts";
import { type Change, newlyMarked, type Stop } from "./effects.ts";
import type { PlannedResource, StackPreview } from "./preview.ts";
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
  { stops, others, byHand }: Pick<StackReview, "stops" | "others" | "byHand">,
): Risk[] {
  const { senders, preview } = change;
  return [
    ...newlyBroken(preview, now),
    ...senders.flatMap(({ sender, widened }) => widened.map((text) => look(sender, text))),
    ...others.flatMap(({ who, risk }) => (risk === undefined ? [] : [look(who, risk)])),
    ...stopRisks(stops),
    ...newlyMarked(change).map((who) =>
      look(who, "is not protected any more, and a later change can remove it"),
    ),
    ...byHand.map(({ subject }) => look(subject, "was changed by hand, and an up puts it back")),
  ];
}

const look = (who: string, text: string): Risk => ({ level: "look", who, text });

/** One risk a sender or domain, the highest. */
function stopRisks(stops: readonly Stop[]): Risk[] {
  const grouped = Map.groupBy(stops, ({ who }) => who);
  return [...grouped].map(([who, all]) => {
    const dangerous = all.find(({ isDangerous }) => isDangerous);
    return dangerous === undefined
      ? look(who, "something stops working, see below")
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
