/**
 * Where the words of a reply come from. `assumed` says what no source confirms: all of it where it stands alone,
 * the rest where it stands beside a source.
 */
export type Source =
  | { page: string; assumed?: string }
  | { record: string; assumed?: string }
  | { provider: string; assumed?: string }
  | { assumed: string };

/** A value that says which catalogue entry made it. Nothing else is ever sent to a client. */
export type Sourced<T> = T & { readonly reply: string; readonly source: Source };

/** One line of the provenance list. */
export interface Provenance {
  reply: string;
  source: Source;
}

const catalogue = new Map<string, Source>();

/**
 * Adds a reply to the lab's catalogue.
 *
 * @param reply unique name, such as `exchange.not-found`
 * @param source where its words come from
 * @param build makes the reply from what varies
 * @returns `build`, whose results carry name and source
 * @throws Error when the name is taken
 */
export function defineReply<Arguments extends unknown[], T extends object>(
  reply: string,
  source: Source,
  build: (...values: Arguments) => T,
): (...values: Arguments) => Sourced<T> {
  if (catalogue.has(reply)) throw new Error(`the reply "${reply}" is defined twice`);
  catalogue.set(reply, source);
  return (...values) => ({ ...build(...values), reply, source });
}

/** Every reply the loaded parts of the lab can give, by name; filter on `assumed` for the guesses. */
export function provenance(): Provenance[] {
  return [...catalogue]
    .map(([reply, source]) => ({ reply, source }))
    .toSorted((a, b) => a.reply.localeCompare(b.reply));
}
