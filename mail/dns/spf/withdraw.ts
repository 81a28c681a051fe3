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
  const text = without(current, added.map(canonicalTerm));
  const [, ...rest] = wordsOf(text);
  const nothing = isSpf(text) && rest.every((word) => word.text.toLowerCase() === OUR_ALL);
  return madeByUs && nothing ? undefined : text;
}

/**
 * The text without the first term of each canonical form, and without one space beside each: the one behind it, or,
 * where nothing comes behind it, the one before.
 */
function without(current: string, terms: readonly string[]): string {
  const left = [...terms];
  const words = wordsOf(current).map((word, index) => {
    const place = index === 0 ? -1 : left.indexOf(canonicalTerm(word.text));
    if (place >= 0) left.splice(place, 1);
    return { ...word, ours: place >= 0 };
  });
  const last = words.findLastIndex(({ ours }) => !ours);
  return words.reduceRight((text, { ours, position, text: { length } }, index) => {
    if (!ours) return text;
    const start = index > last ? position - 1 : position;
    return text.slice(0, start) + text.slice(start + length + 1);
  }, current);
}
