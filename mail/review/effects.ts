import { type Belongs, nameIn } from "./names.ts";
import type { PlannedResource, StackPreview } from "./preview.ts";
import type { SenderChange } from "./senderChanges.ts";

/** What a change means for one sender or domain. */
export interface Statement {
  /** A sender, a domain, or whoever has to do something. */
  readonly who: string;
  /** Words that follow the name, of one or of several: without `its` and `their`. */
  readonly text: string;
}

/** Something that works before a change and does not after it. */
export interface Stop {
  /** A sender or a domain. */
  readonly who: string;
  /** What becomes of its mail, as a `Statement` has it. */
  readonly what: string;
  /** How long, a clause: `for good`, `until …`, `for …`. */
  readonly howLong: string;
  /** Whether nobody can want it: what goes is still needed, or can't be had back. */
  readonly isDangerous?: true;
}

/** A change of a sender that stays, in something that the table of senders does not show. */
export interface OtherChange extends Statement {
  /** In the headline, for one and for several: `secret renewed`, `secrets renewed`. */
  readonly short: readonly [one: string, several: string];
  /** Why to look at it, a clause; left out where there is nothing to weigh. */
  readonly risk?: string;
}

/** A stack's change with what is known of its senders. */
export interface Change {
  readonly preview: StackPreview;
  readonly senders: readonly SenderChange[];
  /** Names of domains that the change adds and removes. */
  readonly domains: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly belongs: (resource: PlannedResource) => Belongs;
}

/** Senders and domains that lose their protection with the change: not those of which something is protected still. */
function unprotectedBy({ preview: { resources }, belongs }: Change): string[] {
  const namesOf = (chosen: readonly PlannedResource[]) =>
    new Set(chosen.map((one) => nameIn(belongs(one))).filter((name) => name !== ""));
  const lost = resources.filter(
    ({ before, after }) => before?.isProtected && after && !after.isProtected,
  );
  const kept = namesOf(resources.filter(({ after }) => after?.isProtected));
  return [...namesOf(lost)].filter((name) => !kept.has(name));
}

/** Senders and domains that lose their protection, as the change marks them with `retire`. */
export function newlyMarked(change: Change): string[] {
  const { senders = [], domains = [] } = change.preview.config ?? {};
  const ends = unprotectedBy(change);
  return [...senders, ...domains]
    .filter(({ name, retire }) => retire && ends.includes(name))
    .map(({ name }) => name);
}

/** Senders and domains that lose their protection, as the change makes the stack disposable. */
export const madeDisposable = (change: Change): readonly string[] =>
  change.preview.config?.disposable ? unprotectedBy(change) : [];

/** How long something stops that nothing brings back. */
export const FOR_GOOD = "for good";
