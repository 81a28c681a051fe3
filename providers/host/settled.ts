/**
 * Waits for the end of all.
 *
 * @returns their values, in their order
 * @throws what the first in the list threw, so that of several failures it is the same one each time
 */
export async function settled<const T extends readonly unknown[]>(all: T) {
  await Promise.allSettled(all);
  return Promise.all(all);
}
