import Table from "cli-table3";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";

/** One promise and what was measured of it, in the same unit. */
export interface Row {
  readonly name: string;
  readonly measured: number;
  readonly budget: number;
  readonly unit: string;
}

/** The rows for people; the last column is measured / budget. */
export function benchTable(rows: readonly Row[]): string {
  const table = new Table({
    head: ["what", "measured", "budget", "measured / budget"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { name, measured, budget, unit } of rows) {
    table.push([name, formatted(measured, unit), formatted(budget, unit), ratio(measured, budget)]);
  }
  return table.toString();
}

const formatted = (value: number, unit: string): string =>
  `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.trim();

/** A budget of nothing is met by nothing. */
function ratio(measured: number, budget: number): string {
  if (budget === 0) return measured === 0 ? "0.00" : "over";
  return (measured / budget).toFixed(2);
}

/** The middle one of the values; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** How long an action takes, in milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** The median ratio of a stack's unchanged previews to those of its floor, measured in turns. */
export async function previewRatio(
  stack: OpenedStack,
  floor: OpenedStack,
  runs: number,
): Promise<number> {
  const ratios: number[] = [];
  for (let run = 0; run < runs; run++) {
    const ours = await timed(() => stack.preview());
    ratios.push(ours / (await timed(() => floor.preview())));
  }
  return median(ratios);
}
