// The issue that tells of drift and the label that accepts a change, over the wire, against the lab's GitHub.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { closeIssue, postIssue } from "../../../scripts/github/issue.ts";
import { ACCEPTED, acceptedByLabel } from "../../../scripts/github/label.ts";
import { markerOf } from "../../../scripts/github/text.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type GitHubBench, openGitHubBench } from "./gitHubBench.ts";

describe("the issue of what lasts", () => {
  let bench: GitHubBench;
  let marker: string;
  before(async () => {
    bench = await openGitHubBench("issue");
    marker = markerOf("drift", ["prod"], bench.lab.env);
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const issues = () => bench.lab.world.github.issues;
  const post = (body: string, env: Record<string, string>) =>
    postIssue({ title: "prod drifted", body }, marker, env, bench.say);
  const close = (env: Record<string, string>) =>
    closeIssue("Nothing differs.", marker, env, bench.say);

  it("is opened, brought up to date, left alone, closed, and opened anew when it comes again", async () => {
    const env = await bench.job({ permissions: { issues: "write" } });
    assert.equal(await post("one thing", env), "created");
    assert.equal(await post("one thing", env), "unchanged");
    assert.equal(await post("two things", env), "updated");
    assert.equal(await close(env), "closed");
    assert.equal(await close(env), "none");
    assert.equal(await post("one thing", env), "created");
    assert.deepEqual(
      issues().map(({ number, state, body, comments }) => [
        number,
        state,
        body,
        comments.map((comment) => comment.body),
      ]),
      [
        [
          1,
          "closed",
          `${marker}\ntwo things`,
          ["What differs has changed; see above.", "Nothing differs."],
        ],
        [2, "open", `${marker}\none thing`, []],
      ],
    );
  });

  it("is not a pull request, another stack's, or somebody else's", async () => {
    const env = await bench.job();
    const pullRequest = bench.lab.github.openPullRequest();
    Object.assign(pullRequest, { author: "github-actions[bot]", body: `${marker}\nmine` });
    const other = markerOf("drift", ["test"], env);
    await postIssue({ title: "test drifted", body: "x" }, other, env, bench.say);
    await post("one thing", await bench.job({ login: "mallory" }));
    assert.equal(await close(env), "none");
    assert.equal(await post("one thing", env), "created");
    assert.ok(issues().every(({ state }) => state === "open"));
    assert.equal(issues().length, 4);
  });

  it("is made once when the answer to its creation is lost", async () => {
    const env = await bench.job();
    const match = `POST /api/v3/repos/${env.GITHUB_REPOSITORY}/issues`;
    bench.lab.faults.inject({ where: { service: "github", match }, what: { kind: "replyLost" } });
    assert.equal(await post("one thing", env), "created");
    assert.equal(issues().length, 1);
  });

  it("goes into the summary without the permission, and where issues are disabled", async () => {
    const reader = await bench.job({ permissions: { issues: "read" } });
    assert.equal(await post("one thing", reader), "summary");
    bench.lab.world.github.hasIssues = false;
    assert.equal(await post("two things", await bench.job()), "summary");
    assert.equal(await bench.summary(), "one thing\ntwo things\n");
    assert.deepEqual(issues(), []);
    assert.deepEqual(
      bench.said.map((text) => text.replace(/^.*issue: /, "")),
      [
        'POST /issues: GitHub answers 403 "Resource not accessible by integration"',
        'GET /issues: GitHub answers 410 "Issues are disabled for this repo"',
      ],
    );
  });
});

describe("the label that accepts a change", () => {
  let bench: GitHubBench;
  before(async () => {
    bench = await openGitHubBench("label");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const accepted = (env: Record<string, string>) => acceptedByLabel(env, bench.say);

  it("counts as it is now, not as the event has it", async () => {
    const pullRequest = bench.lab.github.openPullRequest(["docs"]);
    const { number } = pullRequest;
    const stale = await bench.job({ pullRequest: { number, labels: [ACCEPTED] } });
    assert.equal(await accepted(stale), false);
    pullRequest.labels.push(ACCEPTED);
    assert.equal(await accepted(await bench.job({ pullRequest: { number } })), true);
    assert.equal(await accepted(await bench.job()), false);
    assert.deepEqual(bench.writes(), []);
  });

  it("does not accept commits that may be newer than it, and is taken off", async () => {
    const pullRequest = bench.lab.github.openPullRequest(["docs"]);
    const { number } = pullRequest;
    for (const action of ["synchronize", "reopened"]) {
      pullRequest.labels.push(ACCEPTED);
      const pushed = await bench.job({ pullRequest: { number, action } });
      assert.equal(await accepted(pushed), false);
      assert.deepEqual(pullRequest.labels, ["docs"]);
      assert.match(
        bench.said.join(),
        /^the label mail-change-accepted was set before the newest commits/,
      );
    }
    pullRequest.labels.push(ACCEPTED);
    assert.equal(
      await accepted(await bench.job({ pullRequest: { number, action: "labeled" } })),
      true,
    );
  });

  it("counts by the event where the token may not ask", async () => {
    const { number } = bench.lab.github.openPullRequest();
    const labels = [ACCEPTED];
    const ask = async (action: string) =>
      accepted(await bench.job({ pullRequest: { number, action, labels }, permissions: {} }));
    assert.equal(await ask("labeled"), true);
    assert.equal(await ask("synchronize"), false);
    assert.match(bench.said.join(), /403 "Resource not accessible by integration"/);
  });

  it("is an error when GitHub is in trouble", async () => {
    const { number } = bench.lab.github.openPullRequest([ACCEPTED]);
    const env = await bench.job({ pullRequest: { number } });
    const match = `GET /api/v3/repos/${env.GITHUB_REPOSITORY}/issues/${number}`;
    bench.lab.faults.inject({
      where: { service: "github", match },
      what: { kind: "secondaryLimit", status: 429, retryAfter: 3600 },
    });
    const { message } = await thrownBy(() => accepted(env));
    assert.match(
      message,
      /429 "You have exceeded a secondary rate limit\..*"; run the job again later$/,
    );
  });
});
