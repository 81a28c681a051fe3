/**
 * The zone that a domain stands in: the longest name that the domain is or ends with.
 *
 * @returns undefined when none of the zones has it
 */
export function zoneOf<T extends { readonly name: string }>(
  domain: string,
  zones: readonly T[],
): T | undefined {
  const above = zones.filter(({ name }) => domain === name || domain.endsWith(`.${name}`));
  return above.toSorted((a, b) => b.name.length - a.name.length)[0];
}
