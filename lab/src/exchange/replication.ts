import type { Context } from "../context.ts";

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
