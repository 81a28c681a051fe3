// The shipped workflow `preview`, run step by step from its YAML on a pull request: the job that reviews, with the identity
// that reads, and the job of a fork, which has no credential.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import type { GitHubIssue } from "../../lab/src/world/github.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { ACCEPTED } from "../../scripts/github/label.ts";
import {
  type Config,
  type Named,
  openWorkflowBench,
  type WorkflowBench,
} from "../workflows/bench.ts";
import type { JobResult } from "../workflows/runner.ts";
import { filesIn } from "./fixture.ts";

describe("the pull request's workflow", () => {
  let bench: WorkflowBench;
  let lab: Lab;
  let pullRequest: GitHubIssue;
  before(async () => {
    bench = await openWorkflowBench();
    ({ lab } = bench);
  });
  after(() => bench?.close());
  beforeEach(() => {
    pullRequest = lab.github.openPullRequest();
  });

  /** Runs the workflow; whatever comes of it, the world and the state are as before. */
  async function run(action: string, fork?: string): Promise<Record<string, JobResult>> {
    const { number, labels } = pullRequest;
    const head = { repo: { full_name: fork ?? bench.repository } };
    const names = labels.map((name) => ({ name }));
    const payload = { action, pull_request: { number, labels: names, head } };
    const [state, world] = [await filesIn(bench.stack.stateFolder), comparableWorld(lab)];
    const results = await bench.run({
      workflow: "preview",
      event: "pull_request",
      payload,
      ...(fork !== undefined && { fork }),
    });
    assert.equal(await filesIn(bench.stack.stateFolder), state);
    assert.equal(comparableWorld(lab), world);
    return results;
  }

  const withBilling = (config: Config): Config => {
    const senders = config["m365-smtp-relay:senders"] as Named[];
    return { ...config, "m365-smtp-relay:senders": [...senders, ...bench.named("billing")] };
  };
  /** The stack publishes the DKIM keys of the domain no more. */
  const withoutDkim = (config: Config): Config => {
    const domains = config["m365-smtp-relay:domains"] as Named[];
    const published = domains.map((domain) => ({ ...domain, dkim: { records: "published" } }));
    return { ...config, "m365-smtp-relay:domains": published };
  };
  const bodies = () => pullRequest.comments.map(({ body }) => body);

  it("comments once, and edits the comment when the change is another one", async () => {
    await bench.change(withBilling);
    const { review, lab: ofFork } = await run("opened");
    assert.equal(review?.conclusion, "success", review?.log);
    assert.equal(ofFork?.conclusion, "skipped");
    const [created = "", ...more] = bodies();
    assert.match(created, /billing/);
    assert.deepEqual(more, []);

    await bench.change((config) => config);
    const { review: again } = await run("synchronize");
    assert.equal(again?.conclusion, "success", again?.log);
    const [edited = "", ...others] = bodies();
    assert.doesNotMatch(edited, /billing/);
    assert.deepEqual(others, []);
    assert.equal(pullRequest.comments[0]?.author, "github-actions[bot]");
  });

  it("signs in by the job's own OIDC token, as the app that reads, and tells no secret", async () => {
    await bench.change(withBilling);
    const before = lab.log.count({ service: "github" });
    const { review } = await run("opened");
    assert.equal(review?.conclusion, "success", review?.log);
    const asked = lab.log.events({ service: "github" }).slice(before);
    assert.ok(asked.some(({ what }) => what.endsWith("/idtoken")));
    const told = [...bodies(), review?.log, review?.summary].join("\n");
    for (const secret of lab.secrets()) assert.ok(!told.includes(secret));
  });

  it("fails with 3 when a change is dangerous, and passes with the label that accepts it", async () => {
    await bench.change(withoutDkim);
    const { review: refused } = await run("opened");
    assert.deepEqual([refused?.conclusion, refused?.exitCode], ["failure", 3], refused?.log);
    assert.match(
      bodies().join(),
      /dangerous\. The check passes when .* label `mail-change-accepted`/,
    );

    pullRequest.labels.push(ACCEPTED);
    const { review: accepted } = await run("labeled");
    assert.deepEqual([accepted?.conclusion, accepted?.exitCode], ["success", 0], accepted?.log);
    assert.equal(pullRequest.comments.length, 1);

    const { review: pushed } = await run("synchronize");
    assert.deepEqual([pushed?.conclusion, pushed?.exitCode], ["failure", 3], pushed?.log);
    assert.deepEqual(pullRequest.labels, []);
  });

  it("tries a fork's pull request in the lab, without a credential, and writes the summary", async () => {
    await bench.change(withBilling);
    const asked = lab.log.count();
    const { review, lab: ofFork } = await run("opened", "mallory/mail-relay");
    assert.equal(review?.conclusion, "skipped");
    assert.equal(ofFork?.conclusion, "success", ofFork?.log);
    assert.match(
      ofFork?.summary ?? "",
      /It was tried in the lab:\n```text\n[\s\S]*nothing left\n```\n$/,
    );
    assert.deepEqual(bodies(), []);
    assert.equal(lab.log.count(), asked, "the customer's world was asked");
  });
});
