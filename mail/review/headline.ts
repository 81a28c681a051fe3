import { listed } from "../naming.ts";
import { counted } from "../numberText.ts";
import { type Change, FOR_GOOD, madeDisposable, newlyMarked, type Stop } from "./effects.ts";
import { isUnread } from "./refusals.ts";
import type { StackReview } from "./stackReview.ts";

/** Says in one line what a change does to a stack's mail. */
export function headline(review: Omit<StackReview, "headline">, change: Change): string {
  const { senders: all, domains } = change;
  const { refused, stops, records, resources, others, byHand, waits } = review;
  if (refused.length > 0) {
    const count = counted(refused.length, "problem");
    return refused.every(isUnread)
      ? `it could not be previewed, so nothing is known of it: ${count}`
      : `an up is refused: ${count}`;
  }
  if (resources.length + all.length + others.length === 0)
    return withProtection("no change", change);
  const renamed = all.filter(({ renamedFrom }) => renamedFrom !== undefined);
  const added = all.filter(({ before }) => before === undefined);
  const removed = all.filter(({ after }) => after === undefined);
  const kept = all.filter((one) => one.before && one.after && !renamed.includes(one));
  const widened = kept.filter(({ mayDoMore }) => mayDoMore);
  const rest = kept.filter(({ mayDoMore }) => !mayDoMore);
  const otherwise = rest.filter(({ isKnownOtherwise }) => isKnownOtherwise);
  const other = rest.filter(({ isKnownOtherwise }) => !isKnownOtherwise);
  const parts = [
    count(added.length, "sender added", "senders added"),
    count(removed.length, "sender removed", "senders removed"),
    count(renamed.length, "sender renamed", "senders renamed"),
    count(widened.length, "sender may do more", "senders may do more"),
    count(
      otherwise.length,
      "sender recognised by something else",
      "senders recognised by something else",
    ),
    count(other.length, "sender changed", "senders changed"),
    count(domains.added.length, "domain added", "domains added"),
    count(domains.removed.length, "domain removed", "domains removed"),
    count(records.length, "DNS record changed", "DNS records changed"),
    ...[...Map.groupBy(others, ({ short: [one] }) => one).values()].map((alike) => {
      const [one, several] = alike[0]?.short ?? ["", ""];
      return count(alike.length, one, several);
    }),
    count(byHand.length, "change by hand undone", "changes by hand undone"),
  ].filter((part) => part !== "");
  const what =
    parts.length > 0
      ? parts.join(", ")
      : waits.length > 0
        ? "nothing but what is missing since the last up"
        : count(resources.length, "resource changed", "resources changed");
  return withProtection(`${what}; ${ending(stops)}`, change);
}

function ending(stops: readonly Stop[]): string {
  const [forGood, forAWhile] = [true, false].map((isLasting) => [
    ...new Set(
      stops.filter(({ howLong }) => (howLong === FOR_GOOD) === isLasting).map(({ who }) => who),
    ),
  ]);
  const parts = [
    ...(forGood?.length ? [`for good for ${listed(forGood)}`] : []),
    ...(forAWhile?.length ? [`for a while for ${listed(forAWhile)}`] : []),
  ];
  return parts.length === 0 ? "nothing stops working" : `something stops ${parts.join(", ")}`;
}

function withProtection(text: string, change: Change): string {
  const [marked, unprotected] = [newlyMarked(change), madeDisposable(change)];
  if (unprotected.length > 0) return `${text}; nothing is protected any more`;
  if (marked.length === 0) return text;
  return `${text}; ${listed(marked)} ${marked.length === 1 ? "is" : "are"} marked to be removed`;
}

const count = (number: number, one: string, many: string): string =>
  number === 0 ? "" : counted(number, one, many);
