import type { MutantResult } from "@stryker-mutator/api/core";

/**
 * The share of changes that a test noticed, in percent. Those that could not be run count for neither side.
 *
 * @returns NaN when none could be run
 */
export function mutationScore(results: readonly Pick<MutantResult, "status">[]): number {
  const having = (...statuses: readonly MutantResult["status"][]) =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const noticed = having("Killed", "Timeout");
  return (100 * noticed) / (noticed + having("Survived", "NoCoverage"));
}
