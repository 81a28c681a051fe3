// What `npm test` counts, proved on real runs of small test files. How a run is stopped is not here.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { FileResult } from "../../../scripts/test/runFile.ts";

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
  empty: "",
  emptySuite: `describe("suite", () => {});`,
  crash: `throw new Error("boom");`,
  exits: `it("a", () => {}); it("b", () => process.exit(0)); it("c", () => {});`,
  late: `it("a", () => { setTimeout(() => { throw new Error("boom"); }, 1); });`,
};

describe("counting tests", () => {
  const folder = mkdtempSync(join(tmpdir(), "counting-"));
  after(() => rmSync(folder, { recursive: true }));
  let results: Record<string, FileResult>;

  // node:test refuses to run tests from within a test's process, so another process runs them.
  before(async () => {
    for (const [name, body] of Object.entries(FILES)) {
      const text = `import { before, describe, it } from "node:test";\n${body}\n`;
      writeFileSync(join(folder, `${name}.test.mjs`), text);
    }
    const runner = join(folder, "runner.mjs");
    writeFileSync(
      runner,
      `import { runFile } from ${JSON.stringify(import.meta.resolve("../../../scripts/test/runFile.ts"))};
      const options = { preload: [], timeoutMs: 20_000, signal: new AbortController().signal };
      const names = ${JSON.stringify(Object.keys(FILES))};
      const run = (name) => runFile(${JSON.stringify(folder)} + "/" + name + ".test.mjs", options);
      const results = await Promise.all(names.map(async (name) => [name, await run(name)]));
      console.log(JSON.stringify(Object.fromEntries(results)));`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, [runner], { env });
    results = JSON.parse(stdout);
  });

  const expected: [keyof typeof FILES, string, number, number, number][] = [
    ["ends", "counts tests that passed, failed and were skipped, not their suite", 2, 1, 1],
    ["subtests", "counts subtests and not the test they belong to", 2, 1, 0],
    ["todo", "counts a todo as failed", 0, 1, 0],
    ["skippedSuite", "counts a skipped suite once", 0, 0, 1],
    ["hook", "counts a failed hook and the tests it took along", 0, 2, 0],
    ["empty", "counts a file without tests as failed", 0, 1, 0],
    ["emptySuite", "counts a file whose suite is empty as failed", 0, 1, 0],
    ["crash", "counts a file that can't be loaded as failed", 0, 1, 0],
    ["exits", "counts a file that ends before its tests as failed", 0, 1, 0],
    ["late", "counts an error after the last test as failed", 1, 1, 0],
  ];
  for (const [name, behaviour, passed, failed, skipped] of expected) {
    it(behaviour, () => {
      const result = results[name];
      assert.ok(result);
      const counts = { passed: result.passed, failed: result.failed, skipped: result.skipped };
      assert.deepEqual(counts, { passed, failed, skipped });
      assert.equal(result.report !== "", failed > 0, "failures are shown, and nothing else");
    });
  }
});
