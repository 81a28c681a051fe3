import { canonicalTerm } from "./canonical.ts";
import { OUR_ALL } from "./merge.ts";
import { isSpf, wordsOf } from "./parse.ts";

/**
 * Takes our terms out of a domain's SPF record again, each once, wherever they stand by now. When nobody touched the
 * record in between, that gives back the very text that `mergeSpf` was given.
 *
 * @param added what `mergeSpf` said it added
 * @param madeByUs whether there was no record before us
 * @returns the text without our terms; undefined when the record was made by us and says nothing more
 */
export function withdrawSpf(
  current: string,
  added: readonly string[],
  madeByUs: boolean,
): string | undefined {
  const text = [...added].map(canonicalTerm).reduce(withoutFirst, current);
  const [, ...rest] = wordsOf(text);
  const nothing = isSpf(text) && rest.every((word) => word.text.toLowerCase() === OUR_ALL);
  return madeByUs && nothing ? undefined : text;
}

/** The text without the first term of that canonical form, and without one of the spaces around it. */
function withoutFirst(text: string, canonical: string): string {
  const words = wordsOf(text);
  const found = words.findIndex((word) => canonicalTerm(word.text) === canonical);
  const word = words[found];
  if (word === undefined || found === 0) return text;
  const end = word.position + word.text.length;
  const isLast = found === words.length - 1;
  return isLast
    ? text.slice(0, word.position - 1) + text.slice(end)
    : text.slice(0, word.position) + text.slice(end + 1);
}
