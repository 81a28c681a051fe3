// Rules for the shipped workflows that actionlint does not know.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { interpolate } from "../../workflows/expressions.ts";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  uses?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  env?: Record<string, string>;
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
  concurrency?: { group?: string; "cancel-in-progress"?: boolean };
}

const folder = join(projectRoot, ".github/workflows");
/** The project's own test is no workflow that users copy. */
const files = globSync(join(folder, "*.yml")).filter((file) => basename(file) !== "ci.yml");

for (const file of files) {
  describe(`the workflow ${basename(file)}`, () => {
    const text = readFileSync(file, "utf8");
    const workflow = parse(text) as Workflow;
    const jobs = Object.values(workflow.jobs);
    const steps = jobs.flatMap((job) => job.steps ?? []);

    it("gives each job its permissions alone, and an end", () => {
      assert.deepEqual(workflow.permissions, {});
      for (const job of jobs) {
        assert.ok(job.permissions);
        assert.ok(job.uses !== undefined || job["timeout-minutes"] !== undefined);
      }
    });

    it("names actions by their full version, and leaves no token in the checkout", () => {
      for (const { uses, with: given } of steps) {
        if (uses === undefined) continue;
        assert.match(uses, /^actions\/[a-z-]+@v\d+\.\d+\.\d+$/);
        if (uses.startsWith("actions/checkout@"))
          assert.equal(given?.["persist-credentials"], false);
      }
    });

    it("puts no expression into a script, where a title or a branch could be a command", () => {
      for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/);
    });

    it("gives secrets to the step that uses them alone, and stores none of Microsoft's", () => {
      for (const job of jobs) assert.equal(job.env, undefined);
      const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
      const stored = [
        "CLOUDFLARE_API_TOKEN",
        "CLOUDFLARE_READ_TOKEN",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CONFIG_PASSPHRASE",
      ];
      assert.deepEqual(
        secrets.filter((name) => !stored.includes(name ?? "")),
        [],
      );
    });

    it("never cancels a run, and never runs a fork's code with the base's rights", () => {
      assert.ok(!workflow.concurrency?.["cancel-in-progress"]);
      assert.ok(!("pull_request_target" in workflow.on));
      assert.ok(!("workflow_run" in workflow.on));
    });
  });
}

describe("the preview of a pull request", () => {
  const { concurrency } = parse(readFileSync(join(folder, "preview.yml"), "utf8")) as Workflow;
  const groupOf = (number: number, action: string) =>
    interpolate(concurrency?.group, {
      github: { event: { action, pull_request: { number } } },
    });

  it("is not replaced by that of a label while it waits, when it is of a push", () => {
    assert.notEqual(groupOf(7, "synchronize"), groupOf(7, "labeled"));
    assert.equal(groupOf(7, "unlabeled"), groupOf(7, "labeled"));
    assert.notEqual(groupOf(8, "synchronize"), groupOf(7, "synchronize"));
  });
});
