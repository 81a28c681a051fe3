// The expressions of GitHub Actions, as far as the test's runner knows them.
import assert from "node:assert/strict";
import { it } from "node:test";
import { evaluate, interpolate } from "../../workflows/expressions.ts";

const contexts = {
  github: { repository: "a/b", event: { pull_request: null } },
  vars: { RELAY_STACKS: '["test", "prod"]' },
  inputs: { "client-id": "" },
  job: { status: "failure" },
};

for (const [expression, value] of [
  ["github.repository == 'A/B'", true],
  ["github.event.pull_request.head.repo.full_name != github.repository", true],
  ["inputs.client-id || vars.CLIENT || 'none'", "none"],
  ["!inputs.stacks && (1 == 1 || false)", true],
  ["join(fromJSON(inputs.stacks || vars.RELAY_STACKS), ' --stack ')", "test --stack prod"],
  ["always()", true],
  ["success()", false],
  ["'it''s'", "it's"],
] as const) {
  it(`evaluates ${expression}`, () => assert.equal(evaluate(expression, contexts), value));
}

/** An expression as it stands in the YAML. */
const slot = (expression: string): string => ["$", `{{ ${expression} }}`].join("");

it("keeps the type of a value that is one expression, and writes null as nothing", () => {
  assert.deepEqual(interpolate(slot("fromJSON(vars.RELAY_STACKS)"), contexts), ["test", "prod"]);
  assert.equal(
    interpolate(`<${slot("vars.NONE")}>${slot("vars.RELAY_STACKS")}`, contexts),
    `<>["test", "prod"]`,
  );
});

it("refuses what it does not know", () => {
  for (const expression of ["hashFiles('x')", "secret.X", "a.b", "1 +", "github.", "'x"])
    assert.throws(() => evaluate(expression, contexts), /^Error: expression "/);
});
