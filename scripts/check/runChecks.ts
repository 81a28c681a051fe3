import { checks } from "./checks.ts";

/** Runs every check, prints a line for each as it ends, and says how many passed and failed. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  const results = await Promise.all(
    checks.map(async ({ name, run }) => {
      const start = performance.now();
      const problem = await run().catch((error: Error) => error.stack ?? error.message);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`check: ${name} … ${problem === undefined ? "ok" : "FAILED"} (${seconds} s)`);
      if (problem !== undefined) console.log(`\n${problem}\n`);
      return problem === undefined;
    }),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}
