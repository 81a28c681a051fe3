import assert from "node:assert/strict";

/** A situation that a rule refuses, and each thing that its message says to do. */
export interface Refusal<S> {
  readonly title: string;
  /** Makes the situation anew. */
  readonly make: () => S | Promise<S>;
  /** What is refused in it, each as `key: rule; fix` or `rule; fix`. */
  readonly refusals: (situation: S) => readonly string[] | Promise<readonly string[]>;
  /** What the one refusal says before its fix. */
  readonly says: RegExp;
  /** Everything that the fix says to do, in its words, and what somebody does who follows it. */
  readonly fixes: readonly (readonly [words: RegExp, follow: (situation: S) => S | Promise<S>])[];
  /** What comes after the rules: an `up`, where one can be made. */
  readonly afterwards?: (situation: S) => Promise<void>;
}

/** What stands between the things to do: `a, or b`. */
const BETWEEN = /^(?:,? or |, |; (?:or )?|\s)*$/;

/** Follows every fix of a refusal in a situation of its own; answers what was refused. */
export async function followFixes<S>(refusal: Refusal<S>): Promise<readonly string[]> {
  const { make, refusals, says, fixes, afterwards } = refusal;
  const first = await refusals(await make());
  const refused = first.find((text) => says.test(text));
  assert.ok(refused, `nothing is refused as ${says}: ${first.join("\n")}`);
  const fix = refused.slice(refused.search(says)).replace(says, "").replace(/^; /, "");
  const rest = fixes.reduce((text, [words]) => {
    assert.match(text, words, "the fix has other words");
    return text.replace(words, "");
  }, fix);
  assert.match(rest, BETWEEN, `nobody follows this part of the fix: ${rest}`);
  const others = first.filter((text) => text !== refused);
  for (const [words, follow] of fixes) {
    const followed = await follow(await make());
    const left = await refusals(followed);
    const anew = left.filter((text) => !others.includes(text));
    assert.deepEqual(anew, [], `refused after ${words} was followed`);
    if (left.length === 0) await afterwards?.(followed);
  }
  return first;
}
