/**
 * Waits for the end of all.
 *
 * @returns their values, in their order
 * @throws what one threw, or an AggregateError of what several threw, in their order
 */
export async function settled<const T extends readonly unknown[]>(all: T) {
  const errors = (await Promise.allSettled(all)).flatMap(errorsOf);
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("\n"));
  return Promise.all(all);
}

/** How something that was asked for ended. */
export type Outcome<T> = PromiseSettledResult<T>;

export async function outcomeOf<T>(asked: Promise<T>): Promise<Outcome<T>> {
  const [outcome] = await Promise.allSettled([asked]);
  return outcome;
}

/** How asking for each of several things ended, in their order. */
export const outcomesOf = <T, U>(
  all: readonly T[],
  ask: (one: T) => Promise<U>,
): Promise<Outcome<U>[]> => Promise.allSettled(all.map(ask));

export const valuesOf = <T>(outcome: Outcome<T>): T[] =>
  outcome.status === "fulfilled" ? [outcome.value] : [];

export const errorsOf = (outcome: Outcome<unknown>): unknown[] =>
  outcome.status === "rejected" ? [outcome.reason] : [];

/** What a function makes of a value, if there is one. */
export const mapOutcome = <T, U>(outcome: Outcome<T>, change: (value: T) => U): Outcome<U> =>
  outcome.status === "fulfilled" ? { status: "fulfilled", value: change(outcome.value) } : outcome;
