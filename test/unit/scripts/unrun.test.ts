// Test files that can't run are skipped, and failures where everything is asked for. Does not prove that `npm test` gets
// that far without an engine or Debian's packages.
import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { countUnrun } from "../../../scripts/test/countUnrun.ts";

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

  it("count as one skipped test each", () => {
    delete process.env.REQUIRE_ENGINE;
    assert.deepEqual(countUnrun(files, "clients"), { passed: 0, failed: 0, skipped: 2 });
    assert.deepEqual(lines, [
      "test: test/a.test.ts … skipped, no clients",
      "test: test/b.test.ts … skipped, no clients",
    ]);
  });

  it("count as one failed test each with REQUIRE_ENGINE=1", () => {
    process.env.REQUIRE_ENGINE = "1";
    assert.deepEqual(countUnrun(files, "clients"), { passed: 0, failed: 2, skipped: 0 });
    assert.equal(lines[1], "test: test/b.test.ts … FAILED, REQUIRE_ENGINE=1 and no clients");
  });
});
