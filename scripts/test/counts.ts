/** How tests (or checks) ended. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The sum of several counts. */
export function sum(parts: readonly Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) {
    total.passed += part.passed;
    total.failed += part.failed;
    total.skipped += part.skipped;
  }
  return total;
}

/** The one form in which counts are printed: "3 passed, 0 failed, 1 skipped". */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
