import { distance } from "fastest-levenshtein";
import { withoutCredentials } from "../mail/credentialText.ts";

/** Whether a message may repeat the name of a key that is not known: it looks like a name, and like nothing secret. */
export const isName = (name: string): boolean =>
  /^[a-z_-]{1,40}$/i.test(name) && withoutCredentials(name) === name;

/** The known name that a misspelt one most probably means, in any letter case; undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9:]/g, "");
  const wanted = letters(name);
  const [best] = known
    .map((candidate) => ({ candidate, steps: distance(wanted, letters(candidate)) }))
    .sort((a, b) => a.steps - b.steps);
  if (best === undefined) return undefined;
  return best.steps <= Math.max(1, Math.floor(wanted.length / 4)) ? best.candidate : undefined;
}
