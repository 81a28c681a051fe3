import { listed } from "../naming.ts";
import { type Change, newlyMarked } from "./effects.ts";
import type { StackReview } from "./stackReview.ts";

/** Says in one line what a change does to a stack's mail. */
export function headline(review: Omit<StackReview, "headline">, change: Change): string {
  const { senders: all, domains } = change;
  const { refused, stops, records, resources, others, byHand } = review;
  if (refused.length > 0) {
    return `an up is refused: ${refused.length === 1 ? "1 problem" : `${refused.length} problems`}`;
  }
  if (resources.length === 0) return withMarks("no change", change);
  const renamed = all.filter(({ renamedFrom }) => renamedFrom !== undefined);
  const added = all.filter(({ before }) => before === undefined);
  const removed = all.filter(({ after }) => after === undefined);
  const kept = all.filter((one) => one.before && one.after && !renamed.includes(one));
  const otherwise = kept.filter(({ isKnownOtherwise }) => isKnownOtherwise);
  const rest = kept.filter(({ isKnownOtherwise }) => !isKnownOtherwise);
  const widened = rest.filter(({ widened: rights }) => rights.length > 0);
  const other = rest.filter(({ widened: rights }) => rights.length === 0);
  const parts = [
    count(added.length, "sender added", "senders added"),
    count(removed.length, "sender removed", "senders removed"),
    count(renamed.length, "sender renamed", "senders renamed"),
    count(widened.length, "sender may do more", "senders may do more"),
    count(otherwise.length, "sender known by something else", "senders known by something else"),
    count(other.length, "sender changed", "senders changed"),
    count(domains.added.length, "domain added", "domains added"),
    count(domains.removed.length, "domain removed", "domains removed"),
    count(records.length, "DNS record changed", "DNS records changed"),
    ...[...Map.groupBy(others, ({ short: [one] }) => one).values()].map((alike) => {
      const [one, several] = alike[0]?.short ?? ["", ""];
      return count(alike.length, one, several);
    }),
    count(byHand.length, "change by hand put back", "changes by hand put back"),
  ].filter((part) => part !== "");
  const what =
    parts.length === 0
      ? count(resources.length, "resource changed", "resources changed")
      : parts.join(", ");
  const stopped = [...new Set(stops.map(({ who }) => who))];
  const ends =
    stopped.length === 0 ? "nothing stops working" : `something stops for ${listed(stopped)}`;
  return withMarks(`${what}; ${ends}`, change);
}

function withMarks(text: string, change: Change): string {
  const marked = newlyMarked(change);
  if (marked.length === 0) return text;
  return `${text}; ${listed(marked)} ${marked.length === 1 ? "is" : "are"} marked to be removed`;
}

const count = (number: number, one: string, many: string): string =>
  number === 0 ? "" : `${number} ${number === 1 ? one : many}`;
