// `npm test`: the checks, the unit tests, the tests that need other programs. See HELP.
import { randomInt } from "node:crypto";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runChecks } from "../check/checks.ts";
import { findEngine } from "../engine/find.ts";
import { findBrowser } from "../oracles/browser.ts";
import { findOracles } from "../oracles/find.ts";
import { PACKAGES } from "../oracles/oracles.ts";
import { readOptions } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";
import { type Counts, countsLine, sum } from "./counts.ts";
import { prepareEngines } from "./engines.ts";
import {
  countUnrun,
  longestFirst,
  processByFile,
  processByFolder,
  runFiles,
  type TestProcess,
} from "./runFiles.ts";
import type { FileResult } from "./runProcess.ts";

const HELP = `npm test -- [--unit] [--only TEXT]

Runs the checks, the unit tests (test/unit, lab/test/unit), the parsers with 100,000 drawn records each (test/fuzz), the
tests that run independent programs (test/oracles, lab/test/clients), those in a browser (test/browser) and those that need the engine (test/engine,
lab/test/engine). The last line is "N passed, N failed, N skipped".

  --unit        the checks and the unit tests only
  --only TEXT   only the test files with TEXT in their path, without the checks

LAB_SEED=N chooses the lab's world; without it a random seed is used and printed.
FUZZ_INPUTS=N tries N records for each parser. FUZZ_SEED=N chooses them; without it they are others in each run.
REQUIRE_ENGINE=1 counts a missing engine, or missing independent programs, as failures.`;

const UNIT_TIMEOUT_MS = 5 * 60_000;
/** EXHAUSTIVE=1 tries what takes one file an hour. */
const ENGINE_TIMEOUT_MS = (process.env.EXHAUSTIVE === "1" ? 180 : 30) * 60_000;
const SEEDS = 2 ** 31;
const SLOWEST = 10;

const options = {
  unit: { type: "boolean", default: false },
  only: { type: "string" },
} as const;

async function main(): Promise<number> {
  const { unit, only } = readOptions("test", HELP, options);
  if (process.env.LAB_SEED === undefined) {
    process.env.LAB_SEED = String(randomInt(SEEDS));
    console.log(
      `LAB_SEED=${process.env.LAB_SEED}, set it to run the tests on the same world again`,
    );
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const { signal } = interrupted;
  const files = (...folders: string[]) => testFiles(folders, only);
  const others: Counts[] = [];

  if (only !== undefined) {
    console.log(`test: only files with "${only}" in their path, without the checks`);
  }
  const checked = only === undefined ? runChecks() : { passed: 0, failed: 0 };
  // Twice the cores: a file leaves its core idle for a third of its time, as it waits for the engine, for the disk, or for
  // a poll. The unit tests come first, and what follows them is looked for meanwhile.
  const results = await runFiles(processes(), 2 * availableParallelism(), signal);
  others.push({ ...(await checked), skipped: 0 });
  if (unit)
    console.log("test: --unit leaves out the fuzz tests and the tests that need other programs");

  async function* processes(): AsyncGenerator<TestProcess> {
    const preload = [preloaded("denyNetwork.ts")];
    const short = { preload, timeoutMs: UNIT_TIMEOUT_MS };
    const withKeys = { ...short, preload: [...preload, preloaded("rsaKeys.ts")] };
    const later = unit ? Promise.resolve([]) : needingMore();
    yield* processByFolder(files("test/unit", "lab/test/unit"), withKeys);
    yield* longestFirst(await later);

    async function needingMore(): Promise<TestProcess[]> {
      const found = processByFile(files("test/fuzz"), short);
      const forOracles = files("test/oracles", "lab/test/clients");
      if (await hasOracles(forOracles)) found.push(...processByFile(forOracles, short));
      const forBrowser = files("test/browser");
      if (await hasBrowser(forBrowser)) found.push(...processByFile(forBrowser, short));
      const forEngine = files("test/engine", "lab/test/engine");
      const long = { preload, timeoutMs: ENGINE_TIMEOUT_MS };
      if (await hasEngine(forEngine)) found.push(...processByFile(forEngine, long));
      return found;
    }
  }

  /** Whether there is an engine; without one each file counts as one test. */
  async function hasEngine(wanting: readonly string[]): Promise<boolean> {
    if (wanting.length === 0) return false;
    const engine = await findEngine();
    if (engine.kind === "found") console.log(`engine: pulumi ${engine.version} (${engine.from})`);
    else others.push(countUnrun(wanting, "engine", engine.reason));
    return engine.kind === "found";
  }

  /** Whether there are Debian's pyspf, dkimpy, authheaders, BIND and mail clients; likewise. */
  async function hasOracles(wanting: readonly string[]): Promise<boolean> {
    if (wanting.length === 0) return false;
    const oracles = await findOracles();
    if (oracles.kind === "found") {
      const wanted = oracles.packages.filter((line) =>
        PACKAGES.some((name) => line.startsWith(`${name} `)),
      );
      console.log(`oracles: ${wanted.join(", ")}`);
    } else others.push(countUnrun(wanting, "independent programs", oracles.reason));
    return oracles.kind === "found";
  }

  /** Whether there is Debian's Chromium; likewise. */
  async function hasBrowser(wanting: readonly string[]): Promise<boolean> {
    if (wanting.length === 0) return false;
    const browser = await findBrowser();
    if (browser.kind === "found") console.log(`browser: ${browser.packages.join(", ")}`);
    else others.push(countUnrun(wanting, "browser", browser.reason));
    return browser.kind === "found";
  }

  const total = sum([...results, ...others]);
  const ran = total.passed + total.failed + total.skipped;
  if (results.length > SLOWEST) printSlowest(results);
  if (ran === 0) console.log("test: no test file matches");
  if (signal.aborted) console.log("test: interrupted, not all tests ran");
  console.log(countsLine(total));
  return total.failed > 0 || ran === 0 || signal.aborted ? 1 : 0;
}

/** The test files in these folders, in order; of those, the ones whose path has `only` in it. */
function testFiles(folders: readonly string[], only = ""): string[] {
  const patterns = folders.map((folder) => `${folder}/**/*.test.ts`);
  const paths = globSync(patterns, { cwd: projectRoot }).sort();
  return paths.filter((path) => path.includes(only)).map((path) => join(projectRoot, path));
}

function preloaded(name: string): string {
  return pathToFileURL(join(projectRoot, "test", name)).href;
}

function printSlowest(results: readonly FileResult[]): void {
  const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  console.log(`test: the ${SLOWEST} slowest files`);
  for (const { file, seconds } of slowest) {
    console.log(`${seconds.toFixed(1).padStart(8)} s  ${file}`);
  }
}

const removeHome = prepareEngines();
try {
  process.exitCode = await main();
} finally {
  removeHome();
}
