/** Positions of what stands earlier in a list already; undefined entries are passed over. */
export function repeated(list: readonly (string | undefined)[]): number[] {
  const seen = new Set<string | undefined>([undefined]);
  return list.flatMap((entry, index) => {
    const isAgain = entry !== undefined && seen.has(entry);
    seen.add(entry);
    return isAgain ? [index] : [];
  });
}
