// Patterns of mail flow rules. Exchange reads them in one of two dialects, both in any letter case.

/** Longest pattern, in characters: `Pattern.MaxLength` of Exchange's management library. */
export const LONGEST_PATTERN = 128;

/**
 * A pattern as a regular expression of JavaScript; undefined for one that Exchange takes in neither dialect. Assumed: that it
 * tries that of "Regular expressions in mail flow rules" (Learn) first, and .NET's after it, as Exchange Server 2013 does.
 */
export function readPattern(pattern: string): RegExp | undefined {
  const listed = readListed(pattern);
  const source = listed ?? (isExpensive(pattern) ? undefined : pattern);
  if (pattern.trim() === "" || source === undefined) return undefined;
  try {
    return new RegExp(source, "i");
  } catch {
    return undefined;
  }
}

/** Metacharacters that the page lists, beside the backslash; every other character stands for itself. */
const LISTED = "^$*()|";
/** What may follow a backslash there. */
const ESCAPED = `${LISTED}\\.?dDsSwW`;

/** A pattern of the characters that the page lists, in JavaScript's; undefined for any other. */
function readListed(pattern: string): string | undefined {
  if (/^[*|)]|[(|][*|)]|[(|]$/.test(pattern.replaceAll(/\\./g, "x"))) return undefined;
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === "\\") {
      at += 1;
      const escaped = pattern.charAt(at);
      if (escaped === "" || !ESCAPED.includes(escaped)) return undefined;
      source += `\\${escaped}`;
    } else if (LISTED.includes(character)) {
      source += character;
    } else {
      source += character.replace(/[.+?[\]{}]/, "\\$&");
    }
  }
  return source;
}

/** Whether one of .NET's may take long: it begins or ends with a wildcard, or repeats a group. */
const isExpensive = (pattern: string): boolean =>
  /^\^?\.[*+]|(?<!\\)\.[*+]\$?$|(?<!\\)\)[*+]/.test(pattern);
