import type { World } from "../world/world.ts";
import { badName } from "./connector/failures.ts";
import { CmdletError } from "./failure.ts";
import { alreadyExists, notFound } from "./failures.ts";

/** An object of the configuration. */
interface Named {
  guid: string;
  name: string;
}

/** Where the directory keeps an object of the configuration, such as a policy in `CN=Auth Policies`. */
export function configurationName(world: World, name: string, container: string): string {
  const components = world.tenant.forest.split(".").map((part) => `DC=${part}`);
  return [
    `CN=${name}`,
    `CN=${container}`,
    "CN=Configuration",
    `CN=${world.tenant.initialDomain}`,
    "CN=ConfigurationUnits",
    ...components,
  ].join(",");
}

/**
 * The object of this identity: name, GUID, distinguished name, or the organisation's domain with the name, in any
 * letter case.
 *
 * @throws CmdletError when there is none
 */
export function findNamed<T extends Named>(
  objects: readonly T[],
  identity: string,
  container: string,
  world: World,
): T {
  const { initialDomain, servers } = world.tenant;
  const wanted = identity.toLowerCase();
  const found = objects.find(({ guid, name }) =>
    [
      name,
      guid,
      `{${guid}}`,
      `${initialDomain}\\${name}`,
      configurationName(world, name, container),
    ].some((text) => text.toLowerCase() === wanted),
  );
  if (!found) throw new CmdletError(notFound(identity, servers.directory));
  return found;
}

/**
 * A name for a new object.
 *
 * @throws CmdletError when it is too long (64 characters) or another object has it
 */
export function demandFreeName(
  objects: readonly Named[],
  name: string,
  container: string,
  world: World,
): string {
  if (name === "" || name.length > 64 || name !== name.trim() || /[\0\r\n]/.test(name)) {
    throw new CmdletError(badName(name));
  }
  const namesake = objects.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (namesake) {
    throw new CmdletError(alreadyExists(configurationName(world, namesake.name, container)));
  }
  return name;
}

/** The objects that a Get cmdlet shows: the one of the identity, all without one. */
export function chooseNamed<T extends Named>(
  objects: readonly T[],
  identity: string | null | undefined,
  container: string,
  world: World,
): T[] {
  return typeof identity === "string"
    ? [findNamed(objects, identity, container, world)]
    : [...objects];
}
