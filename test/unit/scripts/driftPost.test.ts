// What `npm run drift -- --post` writes into its issue, against the lab's GitHub.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { postDrift } from "../../../scripts/drift/post.ts";
import { type GitHubBench, openGitHubBench } from "./gitHubBench.ts";

describe("the issue of a stack's drift", () => {
  let bench: GitHubBench;
  before(async () => {
    bench = await openGitHubBench("drift");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const first = () => bench.lab.world.github.issues[0];

  it("tells it as code, whatever a name contains, and is closed when nothing differs", async () => {
    const env = await bench.job();
    await postDrift("prod", 'connector "```@anna <!-- -->"\n  is gone', env);
    assert.deepEqual(first()?.body.split("\n").slice(1, 5), [
      "````text",
      'connector "```@anna <!-- -->"',
      "  is gone",
      "````",
    ]);
    await postDrift("test", undefined, env);
    assert.equal(first()?.state, "open");
    await postDrift("prod", undefined, env);
    assert.equal(first()?.state, "closed");
  });

  it("cuts at the end of a line what GitHub would not take, and says so", async () => {
    const line = `${"x".repeat(99)}\n`;
    await postDrift("prod", line.repeat(1000), await bench.job());
    const lines = first()?.body.split("\n") ?? [];
    assert.deepEqual(
      new Set(lines.filter((one) => one.startsWith("x"))),
      new Set(["x".repeat(99)]),
    );
    assert.ok(lines.includes("… (cut; npm run drift -- --stack prod prints all of it)"));
  });
});
