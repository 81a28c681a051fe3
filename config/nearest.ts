import { distance } from "fastest-levenshtein";
import { characterFault, characterProblem } from "../mail/characters.ts";
import { withoutCredentials } from "../mail/credentialText.ts";

/** Whether a message may repeat the name of a key that is not known: it looks like a name, and like nothing secret. */
export const isName = (name: string): boolean =>
  /^[a-z_-]{1,40}$/i.test(name) && withoutCredentials(name) === name;

/** What hides that a name is not the known one, as the end of a clause: `, because it has …`. */
export function misreading(name: string): string {
  const fault = characterProblem("", name)?.rule ?? characterFault(name);
  return fault === undefined ? "" : `, because it ${fault}`;
}

/**
 * The known name that a misspelt one most probably means: in any letter case, with letters exchanged or missing, or its
 * beginning alone. Undefined when none is near.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9:]/g, "");
  const wanted = letters(name);
  const [best] = known
    .map((candidate) => ({ candidate, steps: steps(wanted, letters(candidate)) }))
    .sort((a, b) => a.steps - b.steps);
  if (best === undefined) return undefined;
  if (best.steps <= Math.max(1, Math.floor(wanted.length / 4))) return best.candidate;
  const longer = known.filter((candidate) => letters(candidate).startsWith(wanted));
  return wanted.length >= 3 && longer.length === 1 ? longer[0] : undefined;
}

/** Letters to change, add or remove; two neighbours that were exchanged are one step. */
function steps(wanted: string, candidate: string): number {
  const exchanged = [...wanted].map(
    (letter, index) =>
      wanted.slice(0, index) + (wanted[index + 1] ?? "") + letter + wanted.slice(index + 2),
  );
  return exchanged.includes(candidate) ? 1 : distance(wanted, candidate);
}
