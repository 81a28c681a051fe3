import { type Context, newGuid } from "../context.ts";
import { buildReply } from "./../reply.ts";
import type { Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import { ask, type Cmdlet, type ExchangeObject, give, giveNothing, limit } from "./cmdlet.ts";
import type { CmdletError, Warning } from "./cmdletError.ts";
import { type Directory, demandFreeName, findOne, findSome, validName } from "./directory.ts";
import { type Bound, identityType, type Parameters } from "./parameters.ts";
import {
  initialValues,
  type Properties,
  parametersOf,
  presentProperties,
  withValues,
} from "./properties.ts";
import { roundTrip } from "./times.ts";

/**
 * A noun of Exchange's cmdlets, such as `ManagementScope`. Each of `new`, `get`, `set` and `remove` that is there
 * makes a cmdlet; `{}` makes the usual one.
 */
export interface Noun<T extends object> {
  noun: string;
  /** .NET class of its Identity, such as `ManagementScopeIdParameter`. */
  identity: string;
  directory: Directory<T>;
  /** What New and Set can give. */
  properties?: Properties<T>;
  /** An object as cmdlets show it. @default the usual names, every property, the usual times */
  present?(object: T, context: Context): ExchangeObject;
  /**
   * The first rule that a new or changed object breaks as a whole.
   *
   * @param current the object before; undefined for a new one
   */
  broken?(object: T, world: World, current?: T): CmdletError | undefined;
  new?: NewVerb<T>;
  get?: GetVerb<T>;
  set?: SetVerb<T>;
  remove?: RemoveVerb<T>;
}

/** What is particular in New: it checks, asks if it is told to, adds the object and answers it. */
export interface NewVerb<T> {
  /** Parameters beside Name, the properties and Confirm. */
  parameters?: Parameters;
  /** @default Name */
  mandatory?: string[];
  /** What has to hold before anything is read. @throws CmdletError */
  demand?(context: Context): void;
  /** What no property gives of the object. */
  fields?(bound: Bound, context: Context): Partial<T>;
  /**
   * The new object, without GUID; nothing is changed yet. @default name, properties, `fields` and times
   *
   * @throws CmdletError when a value is not valid
   */
  draft?(bound: Bound, context: Context): T;
  /** Why the object can't be one more. @default another one has its name */
  duplicate?(object: T, world: World): CmdletError | undefined;
  /** Gives the object its GUID and adds it. Answers warnings. @default adds it to the directory's list */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have no warning
  add?(object: T, bound: Bound, context: Context): Sourced<Warning>[] | void;
}

/** What is particular in Get: one object by Identity, all without. */
export interface GetVerb<T> {
  parameters?: Parameters;
  /** How many objects it shows without ResultSize. @default it has no ResultSize */
  resultSize?: "Unlimited" | "1000";
  /** The objects to show. @default the one of the identity, or all */
  read?(identity: string | null, bound: Bound, world: World): T[];
}

/** What is particular in Set: it finds, asks unless it is told not to, checks, changes, and answers nothing. */
export interface SetVerb<T> {
  parameters?: Parameters;
  /**
   * The object that `current` becomes. @default it takes the call's properties
   *
   * @throws CmdletError when a value is not valid
   */
  edit?(current: T, bound: Bound, context: Context): T;
  /** Changes `next` by rules of the tenant that refuse nothing. Answers warnings. */
  settle?(next: T, current: T, context: Context): Sourced<Warning>[];
  /** What goes on beside a change, just before the object gets the fields of `next`. */
  changing?(current: T, next: T, context: Context): void;
}

/** What is particular in Remove: it finds, checks, asks unless it is told not to, and answers nothing. */
export interface RemoveVerb<T> {
  /** Which switches let it act without asking. @default Confirm:false */
  switches?: ("Confirm" | "Force")[];
  /** Whether this tenant has the cmdlet. */
  isOffered?(world: World): boolean;
  /** Why the object can't be removed. */
  inUse?(object: T, world: World): CmdletError | undefined;
  /** What goes with it, before the object itself leaves the directory's list. */
  dropping?(object: T, context: Context): void;
}

const CONFIRM: Parameters = { Confirm: { is: "flag" } };

/**
 * The cmdlets of a noun by name.
 *
 * Confirm: New acts unless it is true, Set and Remove ask unless it is false.
 */
export function defineNoun<T extends object>(noun: Noun<T>): Record<string, Cmdlet> {
  const cmdlets: Record<string, Cmdlet> = {};
  if (noun.new) cmdlets[`New-${noun.noun}`] = newCmdlet(noun, noun.new);
  if (noun.get) cmdlets[`Get-${noun.noun}`] = getCmdlet(noun, noun.get);
  if (noun.set) cmdlets[`Set-${noun.noun}`] = setCmdlet(noun, noun.set);
  if (noun.remove) cmdlets[`Remove-${noun.noun}`] = removeCmdlet(noun, noun.remove);
  return cmdlets;
}

function newCmdlet<T extends object>(noun: Noun<T>, verb: NewVerb<T>): Cmdlet {
  const { directory, properties = {} } = noun;
  return {
    reads: false,
    parameters: {
      ...(!verb.draft && { Name: { is: "text" } }),
      ...parametersOf(properties, "New"),
      ...verb.parameters,
      ...CONFIRM,
    },
    mandatory: verb.mandatory ?? ["Name"],
    run(bound, context) {
      const { world } = context;
      verb.demand?.(context);
      const object = verb.draft?.(bound, context) ?? draftOf(noun, verb, bound, context);
      refuse(noun.broken?.(object, world));
      const name = directory.nameOf(object);
      if (verb.duplicate) refuse(verb.duplicate(object, world));
      else demandFreeName(directory, name, world);
      if (bound.flag("Confirm") === true) return ask(`New-${noun.noun}`, name);
      const warnings = (verb.add ?? adding(directory))(object, bound, context) ?? [];
      return { ...give(present(noun, object, context)), warnings };
    },
  };
}

/** A named object with the call's properties, or Exchange's defaults. */
function draftOf<T extends object>(
  { properties = {} }: Noun<T>,
  { fields }: NewVerb<T>,
  bound: Bound,
  context: Context,
): T {
  const now = context.clock.now().toISOString();
  const values = initialValues(properties, bound, context.world);
  const others = fields?.(bound, context);
  const name = validName(bound.text("Name") ?? (others as { name?: string })?.name ?? "");
  return {
    ...{ guid: "", name },
    ...values,
    ...others,
    ...{ whenCreated: now, whenChanged: now },
  } as unknown as T;
}

function adding<T extends object>(directory: Directory<T>) {
  return (object: T, _bound: Bound, { world }: Context): void => {
    Object.assign(object, { guid: newGuid(world) });
    directory.all(world).push(object);
  };
}

function getCmdlet<T extends object>(noun: Noun<T>, { resultSize, ...verb }: GetVerb<T>): Cmdlet {
  return {
    reads: true,
    parameters: {
      Identity: identityType(noun.identity),
      ...(resultSize && { ResultSize: { is: "size" } }),
      ...verb.parameters,
    },
    mandatory: [],
    run(bound, context) {
      const identity = bound.text("Identity") ?? null;
      const found =
        verb.read?.(identity, bound, context.world) ??
        findSome(noun.directory, identity, context.world);
      return give(
        ...limit(found, bound, resultSize ?? "Unlimited").map((object) =>
          present(noun, object, context),
        ),
      );
    },
  };
}

function setCmdlet<T extends object>(noun: Noun<T>, verb: SetVerb<T>): Cmdlet {
  const { directory, properties = {} } = noun;
  return {
    reads: false,
    parameters: {
      Identity: identityType(noun.identity),
      ...parametersOf(properties, "Set"),
      ...verb.parameters,
      ...CONFIRM,
    },
    mandatory: ["Identity"],
    run(bound, context) {
      const { world, clock } = context;
      const current = findOne(directory, bound.text("Identity") ?? "", world);
      const name = directory.nameOf(current);
      if (bound.flag("Confirm") !== false) return ask(`Set-${noun.noun}`, name);
      const next =
        verb.edit?.(current, bound, context) ?? withValues(properties, current, bound, world);
      refuse(noun.broken?.(next, world, current));
      demandFreeName(directory, directory.nameOf(next), world, current);
      const warnings = verb.settle?.(next, current, context) ?? [];
      if (JSON.stringify(next) === JSON.stringify(current)) {
        return giveNothing(
          ...warnings,
          buildReply("exchange.nothing-modified", { identity: name }),
        );
      }
      verb.changing?.(current, next, context);
      Object.assign(current, next);
      if ("whenChanged" in current) current.whenChanged = clock.now().toISOString();
      return giveNothing(...warnings);
    },
  };
}

function removeCmdlet<T extends object>(
  noun: Noun<T>,
  { switches = ["Confirm"], isOffered, inUse, dropping }: RemoveVerb<T>,
): Cmdlet {
  const { directory } = noun;
  return {
    reads: false,
    ...(isOffered && { isOffered }),
    parameters: {
      Identity: identityType(noun.identity),
      ...Object.fromEntries(switches.map((name) => [name, { is: "flag" }])),
    },
    mandatory: ["Identity"],
    run(bound, context) {
      const { world } = context;
      const object = findOne(directory, bound.text("Identity") ?? "", world);
      refuse(inUse?.(object, world));
      const acts = bound.flag("Confirm") === false || bound.flag("Force") === true;
      if (!acts) return ask(`Remove-${noun.noun}`, directory.nameOf(object));
      dropping?.(object, context);
      const objects = directory.all(world);
      if (objects.includes(object)) objects.splice(objects.indexOf(object), 1);
      return giveNothing();
    },
  };
}

function refuse(error: CmdletError | undefined): void {
  if (error) throw error;
}

function present<T extends object>(noun: Noun<T>, object: T, context: Context): ExchangeObject {
  if (noun.present) return noun.present(object, context);
  return presentNamed(object as T & Dated, presentProperties(noun.properties ?? {}, object));
}

interface Dated {
  guid: string;
  name: string;
  whenCreated: string;
  whenChanged: string;
}

/** A named object as Get shows it, with what is particular in the middle. */
export function presentNamed(object: Dated, particular: ExchangeObject): ExchangeObject {
  return {
    Name: object.name,
    Identity: object.name,
    ...particular,
    WhenCreatedUTC: roundTrip(object.whenCreated),
    WhenChangedUTC: roundTrip(object.whenChanged),
    Guid: object.guid,
    IsValid: true,
  };
}
