// `npm test`: the checks, the unit tests, the tests that need other programs. See HELP.
import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runChecks } from "../check/runChecks.ts";
import { readOptions } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";
import { type Counts, countsLine, sum } from "./counts.ts";
import { runEngineTests } from "./engineTests.ts";
import { runOracleTests } from "./oracleTests.ts";
import { runFiles } from "./runFiles.ts";
import {
  ENGINE_FOLDERS,
  FUZZ_FOLDERS,
  ORACLE_FOLDERS,
  testFiles,
  UNIT_FOLDERS,
} from "./testFiles.ts";

const HELP = `npm test -- [--unit] [--only TEXT]

Runs the checks, the unit tests (test/unit), the parsers with a million records each (test/fuzz), the
tests that run independent programs (test/oracles, test/clients) and the tests that need the engine
(test/engine). The last line is "N passed, N failed, N skipped".

  --unit        the checks and the unit tests only
  --only TEXT   only the test files with TEXT in their path, without the checks

LAB_SEED=N draws the lab's world; without it a new one is drawn and printed.
FUZZ_INPUTS=N tries N records a parser, FUZZ_SEED=N begins with others.
REQUIRE_ENGINE=1 makes a missing engine, or missing independent programs, a failure.`;

const UNIT_TIMEOUT_MS = 5 * 60_000;
const ENGINE_TIMEOUT_MS = 30 * 60_000;
const SEEDS = 2 ** 31;

const options = {
  unit: { type: "boolean", default: false },
  only: { type: "string" },
} as const;

async function main(): Promise<number> {
  const { unit, only } = readOptions("test", HELP, options);
  if (process.env.LAB_SEED === undefined) {
    process.env.LAB_SEED = String(randomInt(SEEDS));
    console.log(`LAB_SEED=${process.env.LAB_SEED}, rerun with it for the same world`);
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const denyNetwork = pathToFileURL(join(projectRoot, "test", "denyNetwork.ts")).href;
  const run = { preload: [denyNetwork], signal: interrupted.signal };

  const parts: Counts[] = [];
  if (only === undefined) parts.push({ ...(await runChecks()), skipped: 0 });
  else console.log(`test: only files with "${only}" in their path, without the checks`);
  // Twice the cores, as much of a file's time is waiting for sockets and timers.
  const unitFiles = testFiles(UNIT_FOLDERS, only);
  const unitRun = { ...run, timeoutMs: UNIT_TIMEOUT_MS };
  parts.push(await runFiles(unitFiles, 2 * availableParallelism(), unitRun));
  if (unit) console.log("test: --unit, fuzz and the tests that need other programs are left out");
  const goOn = () => !unit && !interrupted.signal.aborted;
  if (goOn()) parts.push(await runFiles(testFiles(FUZZ_FOLDERS, only), 1, unitRun));
  if (goOn()) parts.push(await runOracleTests(testFiles(ORACLE_FOLDERS, only), unitRun));
  if (goOn()) {
    const engineRun = { ...run, timeoutMs: ENGINE_TIMEOUT_MS };
    parts.push(await runEngineTests(testFiles(ENGINE_FOLDERS, only), engineRun));
  }

  const total = sum(parts);
  const ran = total.passed + total.failed + total.skipped;
  if (ran === 0) console.log("test: there was nothing to run");
  if (interrupted.signal.aborted) console.log("test: interrupted, not all tests ran");
  console.log(countsLine(total));
  return total.failed > 0 || ran === 0 || interrupted.signal.aborted ? 1 : 0;
}

process.exitCode = await main();
