import assert from "node:assert/strict";
import { describe, it } from "node:test";
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
