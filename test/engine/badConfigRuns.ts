// Runs `up` with every wrong stack file and prints what came of each, as JSON. A process of its own: a program that
// throws leaves rejected promises behind in the SDK, which the test runner would count as failures of its own.
import { BAD_CONFIGS, goodConfig } from "../badConfigs.ts";
import { errorsOf, requestsTo, withBench } from "./bench.ts";

/** What one wrong stack file came to. */
export interface BadConfigRun {
  readonly title: string;
  readonly errors: readonly string[];
  /** Requests that reached a service of the lab. */
  readonly requests: number;
  /** Whether the lab's world is as it was. */
  readonly unchanged: boolean;
}

await withBench(async ({ lab, open }) => {
  const runs: BadConfigRun[] = [];
  for (const { title, spoil } of BAD_CONFIGS) {
    const config = goodConfig();
    spoil(config);
    const before = JSON.stringify(lab.dump());
    const asked = requestsTo(lab);
    const errors = await errorsOf((await open({ config })).up());
    const unchanged = JSON.stringify(lab.dump()) === before;
    runs.push({ title, errors, requests: requestsTo(lab) - asked, unchanged });
  }
  process.stdout.write(JSON.stringify(runs));
});
process.exitCode = 0;
