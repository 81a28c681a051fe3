// What `npm test` counts, proved on real runs of small test files. How a run is stopped is not here.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { after, afterEach, before, beforeEach, describe, it, mock } from "node:test";
import { promisify } from "node:util";
import { projectRoot } from "../../../scripts/setup/root.ts";
import {
  countUnrun,
  LONGEST,
  longestFirst,
  processByFile,
} from "../../../scripts/test/runFiles.ts";
import type { FileResult } from "../../../scripts/test/runProcess.ts";

const FILES = {
  ends: `
    describe("suite", () => { it("a"); it("b", () => {}); it.skip("c"); });
    it("fails", () => { throw new Error("boom"); });`,
  subtests: `
    it("parent", async (t) => { await t.test("a", () => {}); await t.test("b", () => {}); });
    it("failing parent", async (t) => { await t.test("c", () => { throw new Error("boom"); }); });`,
  todo: `it.todo("later");`,
  skippedSuite: `describe.skip("suite", () => { it("a", () => {}); it("b", () => {}); });`,
  hook: `describe("suite", () => { before(() => { throw new Error("boom"); }); it("a", () => {}); });`,
  topHook: `before(() => { throw new Error("boom"); }); it("a", () => {});`,
  empty: "",
  emptySuite: `describe("suite", () => {});`,
  unreadable: "this is no JavaScript",
  throws: `throw new Error("boom");`,
  passes: `it("a", () => {});`,
  exits: `it("a", () => {}); it("b", () => process.exit(0)); it("c", () => {});`,
  follows: `it("a", () => {});`,
  late: `it("a", () => { setTimeout(() => { throw new Error("boom"); }, 1); });`,
} as const;
type Name = keyof typeof FILES;

const TOGETHER = Object.keys(FILES).filter((name) => !["exits", "follows", "late"].includes(name));

describe("counting tests", () => {
  const folder = mkdtempSync(join(tmpdir(), "counting-"));
  after(() => rmSync(folder, { recursive: true }));
  let results: FileResult[];

  // node:test refuses to run tests from within a test's process, so another process runs them.
  before(async () => {
    for (const [name, body] of Object.entries(FILES)) {
      const text = `import { before, describe, it } from "node:test";\n${body}\n`;
      writeFileSync(join(folder, `${name}.test.mjs`), text);
    }
    const runner = join(folder, "runner.mjs");
    const processes = [TOGETHER, ["exits", "follows"], ["late"]].map((names) =>
      names.map((name) => join(folder, `${name}.test.mjs`)),
    );
    writeFileSync(
      runner,
      `import { runProcess } from ${JSON.stringify(import.meta.resolve("../../../scripts/test/runProcess.ts"))};
      const options = { preload: [], timeoutMs: 20_000, signal: new AbortController().signal };
      const run = (files) => Array.fromAsync(runProcess(files, options));
      const results = await Promise.all(${JSON.stringify(processes)}.map(run));
      console.log(JSON.stringify(results.flat()));`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, [runner], { env });
    results = JSON.parse(stdout);
  });

  const expected: [Name, string, number, number, number][] = [
    ["ends", "counts tests that passed, failed and were skipped, not their suite", 2, 1, 1],
    ["subtests", "counts subtests and not the test they belong to", 2, 1, 0],
    ["todo", "counts a todo as failed", 0, 1, 0],
    ["skippedSuite", "counts a skipped suite once", 0, 0, 1],
    ["hook", "counts a failed hook and the tests it took along", 0, 2, 0],
    ["topHook", "counts a failed hook of a file and the tests it took along", 0, 2, 0],
    ["empty", "counts a file without tests as failed", 0, 1, 0],
    ["emptySuite", "counts a file whose suite is empty as failed", 0, 1, 0],
    ["unreadable", "counts a file with a syntax error as failed", 0, 1, 0],
    ["throws", "counts a file that throws when it is loaded as failed", 0, 1, 0],
    ["passes", "counts the other files of the same process as they are", 1, 0, 0],
    ["exits", "counts a file that ends before its tests as failed", 0, 1, 0],
    ["follows", "counts a file that another one kept from running as failed", 0, 1, 0],
    ["late", "counts an error after the last test as failed", 1, 1, 0],
  ];
  for (const [name, behaviour, passed, failed, skipped] of expected) {
    it(behaviour, () => {
      const ofFile = results.filter(({ file }) => basename(file) === `${name}.test.mjs`);
      const total = (key: "passed" | "failed" | "skipped") =>
        ofFile.reduce((count, result) => count + result[key], 0);
      assert.deepEqual(
        [total("passed"), total("failed"), total("skipped")],
        [passed, failed, skipped],
      );
      const report = ofFile.map((result) => result.report).join("");
      assert.equal(report !== "", failed > 0, "failures are printed, and nothing else");
    });
  }
});

describe("test files that can't run", () => {
  const { REQUIRE_ENGINE: given } = process.env;
  const files = ["a", "b"].map((name) => join(projectRoot, "test", `${name}.test.ts`));
  let lines: string[];
  beforeEach(() => {
    lines = [];
    mock.method(console, "log", (line: string) => lines.push(line));
  });
  afterEach(() => {
    mock.restoreAll();
    delete process.env.REQUIRE_ENGINE;
    if (given !== undefined) process.env.REQUIRE_ENGINE = given;
  });

  it("count as one skipped test each, with the reason", () => {
    delete process.env.REQUIRE_ENGINE;
    assert.deepEqual(countUnrun(files, "engine", "No go."), { passed: 0, failed: 0, skipped: 2 });
    assert.deepEqual(lines, [
      "test: test/a.test.ts … skipped, no engine",
      "test: test/b.test.ts … skipped, no engine",
      "test: no engine, each file above counts as one test. No go.",
    ]);
  });

  it("count as one failed test each with REQUIRE_ENGINE=1", () => {
    process.env.REQUIRE_ENGINE = "1";
    assert.deepEqual(countUnrun(files, "clients", ""), { passed: 0, failed: 2, skipped: 0 });
    assert.equal(lines[1], "test: test/b.test.ts … FAILED, REQUIRE_ENGINE=1 and no clients");
  });
});

describe("the order of test files", () => {
  it("begins with the longest, and keeps that of all others", () => {
    const paths = ["test/engine/a.test.ts", ...LONGEST.toReversed(), "test/engine/z.test.ts"];
    const files = paths.map((path) => join(projectRoot, path));
    const ordered = longestFirst(processByFile(files, { timeoutMs: 1 })).map(
      ({ files: [file = ""] }) => file,
    );
    assert.deepEqual(
      ordered.map((file) => relative(projectRoot, file)),
      [...LONGEST, "test/engine/a.test.ts", "test/engine/z.test.ts"],
    );
  });

  it("names files that exist", () => {
    assert.deepEqual(
      LONGEST.filter((path) => !existsSync(join(projectRoot, path))),
      [],
    );
  });
});
