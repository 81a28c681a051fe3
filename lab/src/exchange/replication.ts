import type { Context } from "../context.ts";
import { type Directory, findOne, notFound } from "./directory.ts";

/**
 * Whether the servers that answer a noun's cmdlets know an object already. An administrator at the keyboard has waited.
 *
 * @param noun such as `CASMailbox`
 */
export function isReplicated(
  noun: string,
  object: object,
  { world, clock, isByHand = false }: Context,
): boolean {
  const lag = world.settings.replicationMs[noun] ?? 0;
  if (isByHand || lag === 0 || !("whenCreated" in object)) return true;
  return clock.now().getTime() >= Date.parse(String(object.whenCreated)) + lag;
}

/**
 * The one object of an identity that the servers of a noun know.
 *
 * @throws CmdletError when there is none, or they don't know it yet
 */
export function findReplicated<T extends object>(
  directory: Directory<T>,
  identity: string,
  noun: string,
  context: Context,
): T {
  const object = findOne(directory, identity, context.world);
  if (!isReplicated(noun, object, context)) throw notFound(identity, context.world);
  return object;
}
