import type { Problem } from "../../../mail/problem.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import type { Identity } from "./identity.ts";
import type { Verdict } from "./verdict.ts";

/** An object as Exchange shows it. */
export interface Seen<Form, Facts> {
  /** What finds it whatever its name is: Exchange's GUID, or both ends of a right. */
  readonly id: string;
  /** What we manage of it, each value in its one writing. */
  readonly form: Form;
  /** What else state shall know of it. */
  readonly facts: Facts;
}

type Rule = (key: string, value: never) => Problem | undefined;

/** What is particular to one kind of named object; `namedKind` leads its life. */
export interface Named<Args extends Identity, Form extends object, Facts extends object> {
  /** Its name in sentences: `mailbox "erp@contoso.com"`. */
  title(form: Form): string;
  /** What the arguments alone tell, by argument. */
  readonly rules: Readonly<Partial<Record<keyof Args, Rule>>>;
  /** The management roles that allow its cmdlets. */
  readonly roles: readonly string[];
  /** What is managed. */
  readonly keys: readonly (keyof Form & string)[];
  /** Of these the ones that no cmdlet changes, so that another value is another object. */
  readonly replaces: readonly (keyof Form & string)[];
  /** Arguments that say how to go about it: kept beside the form, and another value is no change. */
  readonly manner?: readonly (keyof Args & string)[];
  /** The arguments in their one writing, with what is the same for all. */
  form(args: Args): Form;
  /** What stands where it shall be, by name. Throws Error for what is in the way whoever made it. */
  look(invoke: Invoke, wanted: Form): Promise<Seen<Form, Facts> | undefined>;
  /** The object of this id. */
  find(invoke: Invoke, id: string, form: Form): Promise<Seen<Form, Facts> | undefined>;
  /** Whose the object is that `look` saw. */
  judge(there: Seen<Form, Facts>, wanted: Form, owner: string): Verdict;
  /** The text that bears our mark. Left out where Exchange has no place for one. */
  mark?(form: Form): string;
  /** What to put back in the end, read before anything is written and kept in state. */
  remember?(invoke: Invoke, wanted: Form): Promise<Partial<Facts>>;
  /** Makes the object; what `make` can't give it yet, `set` does. */
  make(invoke: Invoke, wanted: Form, inputs: Identity & Partial<Args>): Promise<void>;
  /**
   * Writes what differs.
   *
   * @returns properties that this tenant can't be given, which stay as they are
   */
  set?(invoke: Invoke, there: Seen<Form, Facts>, wanted: Form): Promise<(keyof Form)[]>;
  /** Left out where it goes with something else. */
  remove?(invoke: Invoke, there: Seen<Form, Facts>, state: Form & Facts): Promise<void>;
}

/** What state keeps of an object beside its form and facts. */
export interface Kept<Form> {
  /** Whether it was there before us, so that it is left as it is and never removed. */
  readonly found: boolean;
  readonly ready: boolean;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  readonly pending: string;
  /** Properties that this tenant keeps its own way, with the value it keeps. */
  readonly ownWay: Partial<Form>;
}

/** What state keeps of an object. */
export type Outputs<Form, Facts> = Identity & Form & Facts & Kept<Form>;

/** Names of the properties in which two forms differ. */
export function differences<Form extends object>(
  keys: readonly (keyof Form & string)[],
  one: Form,
  other: Form,
): (keyof Form & string)[] {
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}
