import { type Context, newGuid } from "../context.ts";
import { buildReply, type Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import { ask, type Cmdlet, type ExchangeObject, give, giveNothing, giveSome } from "./cmdlet.ts";
import type { Warning } from "./cmdletError.ts";
import { type Directory, demandFreeName, findSome, notFound, validName } from "./directory.ts";
import { isDocumented } from "./parameterPages.ts";
import { type Bound, identityType, type Parameters } from "./parameters.ts";
import {
  initialValues,
  type Properties,
  parametersOf,
  presentProperties,
  withValues,
} from "./properties.ts";
import { findReplicated, isReplicated } from "./replication.ts";
import { roundTrip } from "./times.ts";

/**
 * A noun of Exchange's cmdlets. `new`, `get`, `set` and `remove` each define a cmdlet; `{}` is the usual one. Every
 * function may refuse by throwing a CmdletError; where one throws, nothing has changed yet.
 */
export interface Noun<T extends object> {
  /** Such as `ManagementScope`. */
  name: string;
  /** .NET class of its Identity, such as `ManagementScopeIdParameter`. */
  identity: string;
  directory: Directory<T>;
  /** What New and Set can give. */
  properties?: Properties<T>;
  /** An object as cmdlets show it. @default the names, every property, the times */
  present?(object: T, context: Context): ExchangeObject;
  /** Checks a new or changed object as a whole. */
  validate?(object: T, world: World): void;
  new?: NewVerb<T>;
  get?: GetVerb<T>;
  set?: SetVerb<T>;
  remove?: RemoveVerb<T>;
}

/** What is particular in New. It asks when Confirm is true, adds the object, and answers it. */
export interface NewVerb<T> {
  /** Parameters beside Name, the properties and Confirm. */
  parameters?: Parameters;
  /** @default Name */
  mandatory?: string[];
  /** Checks that the tenant can have new objects at all. */
  demand?(context: Context): void;
  /** The fields that no property gives; also the name, for a call that has none. */
  fields?(bound: Bound, context: Context): Partial<T>;
  /** The new object without GUID. @default its name, properties, `fields` and times */
  draft?(bound: Bound, context: Context): T;
  /** Checks that the object does not exist yet. @default no other one has its name */
  demandUnique?(object: T, world: World): void;
  /** Gives the object its GUID and adds it; answers warnings. @default adds it to the directory's list */
  add?(object: T, bound: Bound, context: Context): Sourced<Warning>[];
}

/** What is particular in Get. */
export interface GetVerb<T> {
  parameters?: Parameters;
  /** The objects to show. @default the one of the identity, or all */
  read?(identity: string | null, bound: Bound, world: World, context: Context): T[];
}

/** What is particular in Set. It asks unless Confirm is false, and answers nothing but warnings. */
export interface SetVerb<T> {
  parameters?: Parameters;
  /** The object that `current` becomes; `current` stays as it is. @default it takes the call's properties */
  edit?(current: T, bound: Bound, context: Context): T;
  /** Adapts `next` to the tenant; answers warnings. */
  settle?(next: T, current: T, context: Context): Sourced<Warning>[];
  /** Changes what depends on the object, just before `current` takes the fields of `next`. */
  beforeChange?(current: T, next: T, context: Context): void;
}

/** What is particular in Remove. It asks unless Confirm is false (or Force true), and answers nothing. */
export interface RemoveVerb<T> {
  /** @default Confirm */
  switches?: ("Confirm" | "Force")[];
  /** Parameters beside Identity and the switches. */
  parameters?: Parameters;
  /** The object, where it is not in the directory's list. @default the one of the identity in that list */
  find?(bound: Bound, context: Context): T | undefined;
  /** Whether the tenant has the cmdlet. @default every tenant does */
  isOffered?(world: World): boolean;
  /** Checks that nothing needs the object. */
  demandUnused?(object: T, world: World): void;
  /** Changes what depends on the object, just before it leaves the directory's list. */
  beforeRemove?(object: T, context: Context): void;
}

/** Confirm, where the cmdlet's page has it. */
const confirmOf = (cmdlet: string): Parameters =>
  isDocumented(cmdlet, "Confirm") ? { Confirm: { is: "flag" } } : {};

/** The cmdlets of a noun by name. */
export function defineNoun<T extends object>(noun: Noun<T>): Record<string, Cmdlet> {
  const cmdlets: Record<string, Cmdlet> = {};
  if (noun.new) cmdlets[`New-${noun.name}`] = newCmdlet(noun, noun.new);
  if (noun.get) cmdlets[`Get-${noun.name}`] = getCmdlet(noun, noun.get);
  if (noun.set) cmdlets[`Set-${noun.name}`] = setCmdlet(noun, noun.set);
  if (noun.remove) cmdlets[`Remove-${noun.name}`] = removeCmdlet(noun, noun.remove);
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
      ...confirmOf(`New-${noun.name}`),
    },
    mandatory: verb.mandatory ?? ["Name"],
    run(bound, context) {
      const { world } = context;
      verb.demand?.(context);
      const object = verb.draft?.(bound, context) ?? draftOf(noun, verb, bound, context);
      noun.validate?.(object, world);
      const name = directory.nameOf(object);
      if (verb.demandUnique) verb.demandUnique(object, world);
      else demandFreeName(directory, name, world);
      if (bound.flag("Confirm") === true) return ask(`New-${noun.name}`, name);
      const warnings = verb.add?.(object, bound, context) ?? add(directory, object, world);
      return {
        ...give(present(noun, object, context)),
        ...{ warnings, changed: directory.nameOf(object) },
      };
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
  const { name, ...others } = (fields?.(bound, context) ?? {}) as { name?: string };
  return {
    ...{ guid: "", name: validName(bound.text("Name") ?? name ?? "") },
    ...values,
    ...others,
    ...{ whenCreated: now, whenChanged: now },
  } as unknown as T;
}

function add<T extends object>(directory: Directory<T>, object: T, world: World): [] {
  directory.all(world).push(Object.assign(object, { guid: newGuid(world) }));
  return [];
}

function getCmdlet<T extends object>(noun: Noun<T>, verb: GetVerb<T>): Cmdlet {
  const hasSize = isDocumented(`Get-${noun.name}`, "ResultSize");
  return {
    reads: true,
    parameters: {
      Identity: identityType(noun.identity),
      ...(hasSize && { ResultSize: { is: "size" } }),
      ...verb.parameters,
    },
    mandatory: [],
    run(bound, context) {
      const identity = bound.text("Identity") ?? null;
      const found = (
        verb.read?.(identity, bound, context.world, context) ??
        findSome(noun.directory, identity, context.world)
      ).filter((object) => isReplicated(noun.name, object, context));
      if (identity !== null && found.length === 0) throw notFound(identity, context.world);
      const objects = found.map((object) => present(noun, object, context));
      return hasSize ? giveSome(objects, bound, context.world) : give(...objects);
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
      ...confirmOf(`Set-${noun.name}`),
    },
    mandatory: ["Identity"],
    run(bound, context) {
      const { world, clock } = context;
      const current = findKnown(noun, bound, context);
      const name = directory.nameOf(current);
      if (bound.flag("Confirm") !== false) return ask(`Set-${noun.name}`, name);
      const next =
        verb.edit?.(current, bound, context) ?? withValues(properties, current, bound, world);
      noun.validate?.(next, world);
      demandFreeName(directory, directory.nameOf(next), world, current);
      const warnings = verb.settle?.(next, current, context) ?? [];
      if (JSON.stringify(next) === JSON.stringify(current)) {
        return giveNothing(
          ...warnings,
          buildReply("exchange.nothing-modified", { identity: name }),
        );
      }
      verb.beforeChange?.(current, next, context);
      Object.assign(current, next);
      if ("whenChanged" in current) current.whenChanged = clock.now().toISOString();
      return { ...giveNothing(...warnings), changed: name };
    },
  };
}

function removeCmdlet<T extends object>(
  noun: Noun<T>,
  {
    switches = ["Confirm"],
    parameters,
    find,
    isOffered,
    demandUnused,
    beforeRemove,
  }: RemoveVerb<T>,
): Cmdlet {
  const { directory } = noun;
  return {
    reads: false,
    ...(isOffered && { isOffered }),
    parameters: {
      Identity: identityType(noun.identity),
      ...parameters,
      ...Object.fromEntries(switches.map((name) => [name, { is: "flag" }])),
    },
    mandatory: ["Identity"],
    run(bound, context) {
      const { world } = context;
      const object = find?.(bound, context) ?? findKnown(noun, bound, context);
      demandUnused?.(object, world);
      const acts = bound.flag("Confirm") === false || bound.flag("Force") === true;
      if (!acts) return ask(`Remove-${noun.name}`, directory.nameOf(object));
      beforeRemove?.(object, context);
      const objects = directory.all(world);
      if (objects.includes(object)) objects.splice(objects.indexOf(object), 1);
      return { ...giveNothing(), changed: directory.nameOf(object) };
    },
  };
}

/**
 * The object of the call's identity.
 *
 * @throws CmdletError when there is none, or the noun's servers don't know it yet
 */
function findKnown<T extends object>(noun: Noun<T>, bound: Bound, context: Context): T {
  return findReplicated(noun.directory, bound.text("Identity") ?? "", noun.name, context);
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
