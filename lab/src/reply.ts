import type { Replies } from "../replies/replies.d.ts";
import { type Entry, HOLE, readReplies, type Source } from "./replyFiles.ts";

export type { Source } from "./replyFiles.ts";

/** Name of an entry in lab/replies. */
export type ReplyName = keyof Replies;

/** A value that says which entry of lab/replies it was built from. Nothing else is ever sent to a client. */
export type Sourced<T> = T & { readonly reply: ReplyName; readonly source: Source };

/** Names of the replies that have a text, and attributes (`as`) of this type. */
export type ReplyWith<Attributes> = {
  [Name in ReplyName]: Replies[Name] extends { as: Attributes } ? Name : never;
}[ReplyName];

/** Last argument of every builder: a value for each {hole} of the text, and nothing where it has none. */
export type Holes<Name extends ReplyName> = Name extends ReplyName
  ? Replies[Name] extends { holes: infer Values }
    ? [values: Values]
    : []
  : never;

/** One line of the provenance list. */
export interface Provenance {
  reply: ReplyName;
  source: Source;
}

const catalogue = readReplies();

/** Builds a reply from its entry: the entry's attributes, and its text with the holes filled. */
export function buildReply<Name extends ReplyWith<object>>(
  name: Name,
  ...[given]: Holes<Name>
): Sourced<Replies[Name]["as"] & { text: string }> {
  const { as, text = "", choices } = entryOf(name);
  const values: Record<string, string | number> = given ?? {};
  const fill = (template: string): string =>
    template.replace(HOLE, (_, word: string | undefined, hole: string) => {
      if (word !== undefined) return `{${word}}`;
      const value = String(values[hole]);
      const chosen = choices?.[hole]?.[value];
      return chosen === undefined ? value : fill(chosen);
    });
  return withSource(name, { ...(as as Replies[Name]["as"]), text: fill(text) });
}

/** Says of a value that code computes which entry names its source. */
export function withSource<T extends object>(reply: ReplyName, value: T): Sourced<T> {
  return { ...value, reply, source: entryOf(reply).source };
}

function entryOf(name: string): Entry {
  const entry = catalogue.get(name);
  if (entry === undefined) throw new Error(`lab/replies has no "${name}"`);
  return entry;
}

/** Every reply of the lab by name; filter on `assumed` for the guesses. */
export function provenance(): Provenance[] {
  return [...catalogue]
    .map(([reply, { source }]) => ({ reply: reply as ReplyName, source }))
    .toSorted((a, b) => a.reply.localeCompare(b.reply));
}
