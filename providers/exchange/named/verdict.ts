import { ownerOf } from "../../../mail/ownership.ts";
import type { Problem } from "../../../mail/problem.ts";

/**
 * Whose an object is that stands where ours shall be: one that an earlier run of ours made, one that was there before
 * us and does as it is, or one that is in the way.
 */
export type Verdict = "ours" | "found" | Problem;

/** An object of Exchange whose name ours needs. */
export interface Namesake {
  /** What it is, with its article: `a management scope`. */
  readonly what: string;
  readonly name: string;
  /** Exchange's own id. */
  readonly guid: string;
}

/** An object that bears a mark is its owner's; without one it is somebody else's. */
export function judgeMark(namesake: Namesake, mark: string, owner: string): Verdict {
  const theirs = ownerOf(mark);
  return theirs === owner ? "ours" : nameTaken(namesake, theirs);
}

/**
 * An object that has no place for a mark is known by its name and content: names carry stack and sender, so one that
 * is the same in all was made by an earlier run.
 */
export function judgeContent(namesake: Namesake, differs: readonly string[]): Verdict {
  return differs.length === 0 ? "ours" : nameTaken(namesake);
}

function nameTaken({ what, name, guid }: Namesake, theirs?: string): Problem {
  if (theirs !== undefined) {
    return {
      key: "name",
      value: name,
      rule: `is the name of ${what} that ${theirs} manages (${guid})`,
      fix: "give the stack or the sender another name",
    };
  }
  return {
    key: "name",
    value: name,
    rule: `is the name of ${what} that exists already and is not ours (${guid})`,
    fix: "rename or remove it, or give the stack or the sender another name",
  };
}
