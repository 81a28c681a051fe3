import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { TEMPLATE } from "../../../scripts/senders/import/template.ts";
import { showingProblem } from "../../../scripts/senders/show.ts";

describe("how many licences are paid for", () => {
  const problem = (licenses: string) =>
    showingProblem({ licenses, tenant: false, markdown: false, json: false });
  for (const licenses of ["0", "1", "9999999"]) {
    it(`may be ${licenses}`, () => assert.equal(problem(licenses), undefined));
  }
  for (const licenses of ["10000000", "1.5", "many", "-1", "1,000"]) {
    it(`can't be ${licenses}`, () =>
      assert.equal(
        problem(licenses),
        `--licenses "${licenses}" is not a whole number from 0 to 9999999`,
      ));
  }
});

describe("the file to begin with", () => {
  const run = (...args: string[]) => {
    const all = ["scripts/senders/main.ts", "--import-template", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
    return [status, stdout, stderr.split("\n")[0]];
  };
  it("is printed without a stack, and with one", () => {
    for (const args of [[], ["--stack", "prod"]]) assert.deepEqual(run(...args), [0, TEMPLATE, ""]);
  });
  it("is no JSON, and nothing else is done with it", () => {
    for (const [option, ...values] of [["--json"], ["--import", "a.csv"], ["--sender", "a"]]) {
      const says = `senders: ${option} is not for --import-template`;
      assert.deepEqual(run(option ?? "", ...values), [2, "", says]);
    }
  });
});
