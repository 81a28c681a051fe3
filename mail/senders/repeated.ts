/** Positions of what stands earlier in a list already; undefined entries are passed over. */
export function repeated(list: readonly (string | undefined)[]): number[] {
  return list.flatMap((entry, index) =>
    entry !== undefined && list.indexOf(entry) < index ? [index] : [],
  );
}
