import { describeDrift } from "../drift/describe.ts";
import { differingNames } from "../properties.ts";
import { retireNotices } from "../retire.ts";
import { expiring, toTell, waits } from "./afterwards.ts";
import type { Change } from "./effects.ts";
import { headline } from "./headline.ts";
import { nameIn, ownersIn } from "./names.ts";
import { otherChanges } from "./otherChanges.ts";
import { changedIn, type StackPreview } from "./preview.ts";
import { dmarcStageChanges, recordChanges } from "./recordChanges.ts";
import { riskLevel, risksOf } from "./risks.ts";
import { senderChanges } from "./senderChanges.ts";
import type { StackReview } from "./stackReview.ts";
import { stopsOf } from "./stops.ts";

/**
 * Says what a previewed change means for mail.
 *
 * @param now the time of the review: credentials that end within 90 days of it are named
 * @param sameOnBase names of senders and domains of which the base's stack file says the same
 */
export function reviewStack(
  preview: StackPreview,
  now: Date,
  sameOnBase: readonly string[] = [],
): StackReview {
  const { stack, outputs, config, errors, printed } = preview;
  const [before, after] = [outputs.before, outputs.after ?? outputs.before];
  const [hadSenders, hasSenders] = [before.senders, after.senders];
  const [hadDomains, hasDomains] = [before.dns, after.dns];
  const senders = senderChanges(hadSenders, hasSenders);
  const names = [...new Set([...Object.keys(hadSenders), ...Object.keys(hasSenders)])];
  const domains = [...new Set([...Object.keys(hadDomains), ...Object.keys(hasDomains)])];
  const change: Change = {
    preview,
    senders,
    domains: {
      added: domains.filter((name) => !(name in hadDomains)),
      removed: domains.filter((name) => !(name in hasDomains)),
    },
    belongs: ownersIn(
      names.filter((name) =>
        [hadSenders[name], hasSenders[name]].some((one) => one && one.via === undefined),
      ),
      domains,
    ),
  };
  const changedSenders = new Set(
    senders.flatMap(({ sender, renamedFrom }) => [sender, renamedFrom]),
  );
  const stops = stopsOf(change);
  const others = otherChanges(change);
  const byHand = preview.byHand.map(describeDrift).filter((drift) => drift !== undefined);
  const records = recordChanges(preview);
  const risks = risksOf(change, now, { stops, others, byHand, records });
  const changed = changedIn(preview).filter(({ kind }) => !WITHOUT_EFFECT.has(kind));
  const review = {
    stack,
    risk: riskLevel(risks),
    risks,
    refused: errors,
    senders,
    unchangedSenders: names.filter((name) => !changedSenders.has(name)),
    records,
    dmarc: dmarcStageChanges(preview),
    stops,
    others,
    byHand,
    retiring: config === undefined ? [] : retireNotices(config),
    tell: toTell(change),
    waits: waits(change),
    expiring: expiring(change, now),
    alsoOnBase: changedNames(change).filter((name) => sameOnBase.includes(name)),
    resources: changed.map(({ operation, kind, name, before: old, after: next }) => ({
      operation,
      kind,
      name,
      properties:
        operation === "update" ? differingNames(old?.inputs, next?.inputs, NO_INPUTS) : [],
    })),
    unchangedResources: preview.resources.length - changed.length,
    printed,
  };
  return { ...review, headline: headline(review, change) };
}

/** Kinds that only read, or that stand for others. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["Survey", "Stack"]);

/** Senders and domains that the preview changes. */
function changedNames({ preview, belongs }: Change): string[] {
  const names = changedIn(preview).map((resource) => nameIn(belongs(resource)));
  return [...new Set(names)].filter((name) => name !== "").sort();
}

/** Of a dynamic resource the line that loads its provider; of a plugin's what its bridge notes. */
const NO_INPUTS: ReadonlySet<string> = new Set(["__provider", "__defaults"]);
