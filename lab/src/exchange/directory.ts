import type { World } from "../world/world.ts";
import { type CmdletError, refusal } from "./cmdletError.ts";

/** Where the world keeps the objects of a noun, and what finds one. */
export interface Directory<T> {
  /** The objects as the world holds them: a push to this list adds one. */
  all(world: World): T[];
  /** The name in confirmations and warnings. */
  nameOf(object: T): string;
  /** Every text by which an Identity finds the object; letter case does not count. */
  identities(object: T, world: World): string[];
  /** For refusals of a name that is taken. @default the name */
  distinguishedName?(name: string, world: World): string;
  /** Whether the directory server knows the object already. @default it does */
  isVisible?(object: T): boolean;
}

/** An object of the configuration. */
export interface Named {
  guid: string;
  name: string;
}

/**
 * Objects of the organisation's configuration, found by name, GUID, distinguished name, or the initial domain with
 * the name.
 *
 * @param container of their distinguished names, such as `Auth Policies`
 */
export function inConfiguration<T extends Named>(
  container: string,
  all: (world: World) => T[],
): Required<Omit<Directory<T>, "isVisible">> {
  const distinguishedName = (name: string, { tenant }: World) =>
    [
      `CN=${name}`,
      `CN=${container}`,
      "CN=Configuration",
      `CN=${tenant.initialDomain}`,
      "CN=ConfigurationUnits",
      ...forestOf(tenant),
    ].join(",");
  return {
    all,
    nameOf: ({ name }) => name,
    identities: ({ name, guid }, world) => [
      name,
      guid,
      `{${guid}}`,
      `${world.tenant.initialDomain}\\${name}`,
      distinguishedName(name, world),
    ],
    distinguishedName,
  };
}

/** The distinguished name of a recipient. */
export function recipientName(name: string, { tenant }: World): string {
  return [
    `CN=${name}`,
    `OU=${tenant.initialDomain}`,
    "OU=Microsoft Exchange Hosted Organizations",
    ...forestOf(tenant),
  ].join(",");
}

function forestOf({ forest }: World["tenant"]): string[] {
  return forest.split(".").map((part) => `DC=${part}`);
}

/** The objects that an identity may mean. */
export function matching<T>(directory: Directory<T>, identity: string, world: World): T[] {
  const wanted = identity.toLowerCase();
  return directory
    .all(world)
    .filter((object) =>
      directory.identities(object, world).some((text) => text.toLowerCase() === wanted),
    );
}

/**
 * The object of this identity.
 *
 * @throws CmdletError when there is none, or more than one
 */
export function findOne<T>(directory: Directory<T>, identity: string, world: World): T {
  const [found, another] = matching(directory, identity, world);
  if (found === undefined || directory.isVisible?.(found) === false) {
    throw notFound(identity, world);
  }
  if (another !== undefined) throw refusal("exchange.ambiguous", { identity });
  return found;
}

/** The error of an identity that nothing has. */
export function notFound(identity: string, { tenant }: World): CmdletError {
  return refusal("exchange.not-found", { identity, server: tenant.servers.directory });
}

/** The objects that a Get cmdlet reads: the one of the identity, all without one. */
export function findSome<T>(
  directory: Directory<T>,
  identity: string | null | undefined,
  world: World,
): T[] {
  return typeof identity === "string"
    ? [findOne(directory, identity, world)]
    : [...directory.all(world)];
}

/** The object that has a name in any letter case, but for `except`. */
export function namesakeOf<T>(
  directory: Directory<T>,
  name: string,
  world: World,
  except?: T,
): T | undefined {
  return directory
    .all(world)
    .find((one) => one !== except && directory.nameOf(one).toLowerCase() === name.toLowerCase());
}

/** @throws CmdletError when another object than `except` has the name */
export function demandFreeName<T>(
  directory: Directory<T>,
  name: string,
  world: World,
  except?: T,
): void {
  const namesake = namesakeOf(directory, name, world, except);
  if (namesake !== undefined) throw alreadyExists(directory, namesake, world);
}

/** The error of an object that exists already. */
export function alreadyExists<T>(directory: Directory<T>, object: T, world: World): CmdletError {
  const name = directory.nameOf(object);
  const distinguishedName = directory.distinguishedName?.(name, world) ?? name;
  return refusal("exchange.already-exists", { distinguishedName });
}

/**
 * The name that an object may have.
 *
 * @throws CmdletError when it is empty, longer than 64 characters, or has line breaks or blanks at an end
 */
export function validName(name: string): string {
  if (name === "" || name.length > 64 || name !== name.trim() || /[\0\r\n]/.test(name)) {
    throw refusal("exchange.bad-name", { name, length: name.length });
  }
  return name;
}

/**
 * A text that is not too short or too long for its parameter.
 *
 * @throws CmdletError
 */
export function demandLength(parameter: string, text: string, from: number, to: number): string {
  if (text.length >= from && text.length <= to) return text;
  throw refusal("exchange.bad-length", { parameter, from, to, length: text.length });
}
