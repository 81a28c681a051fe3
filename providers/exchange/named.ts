import type { Environment } from "../../mail/clouds.ts";
import { ownerOf } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import type { KindNeeds, Needs } from "../../mail/rights/needs.ts";
import { type Namesake, nameTaken, OTHER_NAME } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { TenantFacts } from "../host/tenants.ts";

/** Whose an object is, and where. */
export interface Identity {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
}

/** An object as Exchange shows it. */
export interface Observed<Form, Facts> {
  /** The id that finds it under any name: Exchange's GUID, or mailbox and trustee of a right. */
  readonly id: string;
  /** What we manage of it, in canonical form. */
  readonly form: Form;
  /** What else state has to know of it. */
  readonly facts: Facts;
  /** The form as Exchange writes it, where objects can be adopted and put back. */
  readonly original?: Form;
}

/**
 * Whose an existing object is. `ours`: an earlier run of the stack made it. `preexisting`: it existed before us and is
 * used as it is. `adopted`: it existed before us, is changed now and put back in the end. A problem: it is in the way.
 */
export type Verdict = "ours" | "preexisting" | "adopted" | Problem;

/** The inputs that check returns. */
export type Checked<Args extends Identity, Form> = Identity & Partial<Args> & Form;

/** What state keeps of an object. */
export type Outputs<Args extends Identity, Form, Facts> = Checked<Args, Form> & Facts & Kept<Form>;

/** What state keeps of an object beside its form and facts. */
export interface Kept<Form> {
  /** Whether it existed before us and is used as it is: it is never changed and never removed. */
  readonly preexisting: boolean;
  readonly ready: boolean;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  readonly pending: string;
  /** Set until a read has returned it for the first time: until then a missing object does not count as removed. */
  readonly unseen?: boolean;
  /** Properties that this tenant stores differently from what was sent, with the stored values. */
  readonly ownWay: Partial<Form>;
  /** An adopted one as it was before us. */
  readonly before?: Form;
  /** Set while nothing was written to an adopted one, not even the mark, as it was as declared already. */
  readonly untouched?: true;
}

type Rule = (key: string, value: never) => Problem | undefined;

/** What is particular to one kind of object with a name in Exchange; `lifecycle` does the rest. */
export interface Named<Args extends Identity, Form extends object, Facts extends object> {
  /** How sentences name it: `mailbox "erp@contoso.com"`. */
  title(form: Form): string;
  readonly roles: Needs;
  /** What it needs beside the roles. @default nothing */
  readonly needs?: Omit<KindNeeds, "roles" | "permissions">;

  /** The rule of one argument alone, by argument. */
  readonly rules?: Readonly<Partial<Record<keyof Args, Rule>>>;
  /** What is wrong with the arguments together, or compared with the last inputs. */
  problems?(args: Args, olds: Partial<Checked<Args, Form>>): Problem[];
  /** What conflicts with the tenant. It is called for new and changed resources. */
  tenantProblems?(
    facts: TenantFacts,
    wanted: Checked<Args, Form>,
    olds: Partial<Checked<Args, Form>>,
  ): Problem[];

  /**
   * What a preview says beside its plan of a new or changed resource; empty for nothing. It may ask Exchange.
   */
  notice?(
    invoke: Invoke,
    facts: TenantFacts,
    wanted: Checked<Args, Form>,
    olds: Partial<Checked<Args, Form>>,
  ): Promise<string>;

  /** The arguments in canonical form, with what is the same for all. */
  form(args: Args): Form;
  /** The properties that are managed. */
  readonly keys: readonly (keyof Form & string)[];
  /** Properties no cmdlet can change: a new value replaces the object. */
  readonly replaces: readonly (keyof Form & string)[];
  /** Names that no cmdlet can change: an object keeps its own, though its stack or project is renamed. */
  readonly keeps?: readonly (keyof Args & string)[];
  /** What else replaces the object, as names of inputs. */
  replacedBy?(olds: Outputs<Args, Form, Facts>, news: Checked<Args, Form>): string[];
  /** Whether a replaced object goes before the new one is made. @default true */
  readonly deleteBeforeReplace?: boolean;
  /** Arguments that inputs and state keep beside the form; another value alone is no change. */
  readonly passThrough?: readonly (keyof Args & string)[];
  /** Properties that Exchange may store differently from what was sent without that being a failure. */
  readonly mayDiffer?: readonly (keyof Form & string)[];
  /** Why an object that Exchange stored like this does not work yet; empty when it does. */
  pending?(form: Form): string;

  findById(invoke: Invoke, id: string, form: Form): Promise<Observed<Form, Facts> | undefined>;
  /** Throws Error when something is in the way that can't be ours. */
  findByName(invoke: Invoke, wanted: Form): Promise<Observed<Form, Facts> | undefined>;
  /** The same before anything is made, where more may be in the way then. @default findByName */
  findBeforeMaking?(
    invoke: Invoke,
    wanted: Form,
    inputs: Identity & Partial<Args>,
  ): Promise<Observed<Form, Facts> | undefined>;
  /** Says whose the object that was found by name is. */
  judge(object: Observed<Form, Facts>, wanted: Form, owner: string): Verdict;
  /**
   * The place of the object in the tenant, where another sender's resource may take the object over: what a resource of
   * this run claims is not removed with the resource that had it.
   */
  claim?(form: Form): string;
  /** The text that holds the ownership mark. Left out where Exchange has no place for one. */
  mark?(form: Form): string;
  /** The property that holds that text, where objects can be adopted: one that differs in it alone is not written. */
  readonly markedIn?: keyof Form & string;
  /** The form without the mark, where objects can be adopted. */
  unmarked?(form: Form): Form;

  /**
   * Makes the object; what `make` can't give it yet, `set` does.
   *
   * @returns the object as it was sent, where Exchange says its id; else it is found by name
   */
  make(
    invoke: Invoke,
    wanted: Form,
    inputs: Identity & Partial<Args>,
    // biome-ignore lint/suspicious/noConfusingVoidType: most kinds return nothing
  ): Promise<Observed<Form, Facts> | undefined | void>;
  /**
   * Writes what differs. Left out where nothing can be changed.
   *
   * @returns properties that this tenant does not support, which stay as they are
   */
  set?(
    invoke: Invoke,
    object: Observed<Form, Facts>,
    wanted: Form,
    // biome-ignore lint/suspicious/noConfusingVoidType: most kinds return nothing
  ): Promise<(keyof Form)[] | void>;
  /** Left out where it goes with something else. */
  remove?(invoke: Invoke, object: Observed<Form, Facts>, state: Form & Facts): Promise<void>;
}

/** Names of the properties in which two forms differ. */
export function differences<Form extends object>(
  keys: readonly (keyof Form & string)[],
  one: Partial<Form>,
  other: Partial<Form>,
): (keyof Form & string)[] {
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

/** An object belongs to the owner that its mark names; one without a mark is not ours. */
export function judgeMark(namesake: Namesake, mark: string, owner: string): Verdict {
  const theirs = ownerOf(mark);
  return theirs === owner ? "ours" : nameTaken(namesake, theirs);
}

/**
 * An object that has no place for a mark is known by its name and content: names carry stack and sender, so one that
 * is the same in all was made by an earlier run.
 */
export function judgeContent(namesake: Namesake, differs: readonly string[]): Verdict {
  // No cmdlet renames a role assignment or an authentication policy.
  return differs.length === 0 ? "ours" : { ...nameTaken(namesake, undefined), fix: OTHER_NAME };
}
