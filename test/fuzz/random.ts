/** Random numbers from a seed, the same each time (mulberry32). */
export interface Random {
  /** 0 to below `limit`. */
  below(limit: number): number;
  /** One of a list. */
  one<T>(list: readonly T[]): T;
  /** True once in so many. */
  chance(in_: number): boolean;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    one: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error("nothing to choose from");
      return list[below(list.length)] as T;
    },
    chance: (in_) => below(in_) === 0,
  };
}
