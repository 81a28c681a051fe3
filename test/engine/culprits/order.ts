import { makeRandom } from "../../../lab/src/random.ts";
import { SEED } from "../fixture.ts";

/** In an order that the seed draws: one sabotage may spoil what another one left behind. */
export function inOrderOfSeed<T>(sabotages: readonly T[]): T[] {
  const random = makeRandom(`${SEED}/culprits`);
  return sabotages
    .map((sabotage) => ({ sabotage, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ sabotage }) => sabotage);
}
