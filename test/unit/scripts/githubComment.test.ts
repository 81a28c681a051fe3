// The comment on a pull request, over the wire, against the lab's GitHub.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import { inspect } from "node:util";
import { postComment } from "../../../scripts/github/comment.ts";
import { LONGEST_TEXT, markerOf } from "../../../scripts/github/text.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type GitHubBench, openGitHubBench } from "./gitHubBench.ts";

describe("the comment on a pull request", () => {
  let bench: GitHubBench;
  let marker: string;
  before(async () => {
    bench = await openGitHubBench("comment");
    marker = markerOf("review", ["test", "prod"], bench.lab.env);
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const post = async (body: string, env: Record<string, string>) =>
    postComment(body, marker, env, bench.say);
  const open = () => bench.lab.github.openPullRequest();
  const path = (rest: string) => `/api/v3/repos/${bench.lab.env.GITHUB_REPOSITORY}/${rest}`;

  it("is created once, edited in place, and left alone when nothing changed", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    assert.equal(await post("one", env), "created");
    assert.equal(await post("two", env), "updated");
    assert.equal(await post("two", env), "unchanged");
    assert.deepEqual(
      pullRequest.comments.map(({ body }) => body),
      [`${marker}\ntwo`],
    );
    assert.equal(bench.writes().length, 2);
    assert.equal(await bench.summary(), "");
  });

  it("is found on the second page of a hundred comments", async () => {
    const pullRequest = open();
    for (let n = 0; n < 130; n += 1) bench.lab.github.comment(pullRequest, "anna", `talk ${n}`);
    const env = await bench.job({ pullRequest });
    await post("one", env);
    assert.equal(await post("two", env), "updated");
    assert.equal(pullRequest.comments.length, 131);
  });

  it("is not what somebody else wrote under the same marker", async () => {
    const pullRequest = open();
    bench.lab.github.comment(pullRequest, "mallory", `${marker}\nnothing dangerous`);
    const env = await bench.job({ pullRequest });
    assert.equal(await post("dangerous", env), "created");
    assert.deepEqual(
      pullRequest.comments.map(({ author, body }) => [author, body]),
      [
        ["mallory", `${marker}\nnothing dangerous`],
        ["github-actions[bot]", `${marker}\ndangerous`],
      ],
    );
  });

  it("is another one for other stacks", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    await post("both", env);
    await postComment("one", markerOf("review", ["test"], env), env, bench.say);
    assert.equal(pullRequest.comments.length, 2);
  });

  it("stays one when two runs at once have left two", async () => {
    const pullRequest = open();
    for (const body of ["old", "older"])
      bench.lab.github.comment(pullRequest, "github-actions[bot]", `${marker}\n${body}`);
    assert.equal(await post("new", await bench.job({ pullRequest })), "updated");
    assert.deepEqual(
      pullRequest.comments.map(({ body }) => body),
      [`${marker}\nnew`],
    );
  });

  it("is made once when the answer to its creation is lost", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    const match = `POST ${path(`issues/${pullRequest.number}/comments`)}`;
    bench.lab.faults.inject({ where: { service: "github", match }, what: { kind: "replyLost" } });
    assert.equal(await post("one", env), "created");
    assert.equal(pullRequest.comments.length, 1);
    assert.deepEqual(bench.lab.faults.list(), []);
  });

  it("comes when GitHub was in trouble, or asked to wait", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    const comments = path(`issues/${pullRequest.number}/comments`);
    const fault = (match: string, what: Parameters<typeof bench.lab.faults.inject>[0]["what"]) =>
      bench.lab.faults.inject({ where: { service: "github", match }, what });
    fault(`GET ${comments}`, { kind: "status", status: 502 });
    fault(`POST ${comments}`, { kind: "secondaryLimit", status: 403, retryAfter: 1 });
    assert.equal(await post("one", env), "created");
    assert.deepEqual(bench.lab.faults.list(), []);
    assert.equal(pullRequest.comments.length, 1);
  });

  it("is an error when GitHub stays in trouble: an old comment would be read as the newest", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    const match = `POST ${path(`issues/${pullRequest.number}/comments`)}`;
    bench.lab.faults.inject({
      where: { service: "github", match },
      what: { kind: "status", status: 503 },
      times: 2,
    });
    const error = await thrownBy(() => post("one", env));
    assert.ok(!inspect(error, { depth: 9 }).includes(env.GITHUB_TOKEN ?? ""), "the token is told");
    assert.equal(
      error.message,
      'POST /issues/{number}/comments: GitHub answers 503 "injected by the lab"; run the job again later',
    );
    assert.deepEqual(pullRequest.comments, []);
    assert.equal(await bench.summary(), "");
  });

  for (const [who, permissions, because] of [
    [
      "a fork's job",
      { issues: "read", "pull-requests": "read" },
      /403 "Resource not accessible by integration"$/,
    ],
    ["a job without permissions", {}, /403 "Resource not accessible by integration"$/],
  ] as const) {
    it(`goes into the summary of ${who}, and it is said why`, async () => {
      const pullRequest = open();
      const env = await bench.job({ pullRequest, permissions });
      assert.equal(await post("one", env), "summary");
      assert.equal(await bench.summary(), "one\n");
      assert.deepEqual(pullRequest.comments, []);
      assert.match(bench.said.join(), /^the report is in the job's summary, not in a comment: /);
      assert.match(bench.said.join(), because);
    });
  }

  it("goes into the summary with a wrong token, without one, and without a pull request", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    const { GITHUB_TOKEN: _, ...without } = env;
    const wrong = { ...env, GITHUB_TOKEN: "ghs_wrongwrongwrongwrong" };
    const missing = { ...env, GITHUB_REPOSITORY: "else/where" };
    for (const other of [wrong, without, missing])
      assert.equal(await post("one", other), "summary");
    assert.equal(await post("one", await bench.job()), "summary");
    assert.deepEqual(pullRequest.comments, []);
    assert.ok(!bench.said.join().includes(wrong.GITHUB_TOKEN));
    assert.deepEqual(
      bench.said.map((text) => text.replace(/^.*comment: /, "")),
      [
        'who the token acts as: GitHub answers 401 "Bad credentials"',
        "GITHUB_TOKEN: is missing; give the step the variable GITHUB_TOKEN, and the job the permission to write",
        'GET /issues/{number}/comments: GitHub answers 404 "Not Found"',
        "the job runs for no pull request",
      ],
    );
  });

  it("goes into the summary where GitHub's API is no HTTPS, and the token goes nowhere", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    for (const GITHUB_API_URL of [env.GITHUB_API_URL?.replace("https:", "http:") ?? "", "api"]) {
      assert.equal(await post("one", { ...env, GITHUB_API_URL }), "summary");
    }
    assert.match(bench.said.join(), /GITHUB_API_URL: "http:.*" is not the URL of GitHub's API/);
    assert.deepEqual([bench.writes(), pullRequest.comments], [[], []]);
  });

  it("is refused when it is too long, and nothing is written", async () => {
    const pullRequest = open();
    const env = await bench.job({ pullRequest });
    const longest = "x".repeat(LONGEST_TEXT - marker.length - 1);
    const { message } = await thrownBy(() => post(`${longest}x`, env));
    assert.equal(message, "comment: is 65537 characters long, and GitHub takes 65536; shorten it");
    assert.deepEqual(bench.writes(), []);
    assert.equal(await bench.summary(), "");
    for (const githubLimit of ["characters", "bytes"] as const) {
      bench.lab.world.settings.githubLimit = githubLimit;
      pullRequest.comments.splice(0);
      assert.equal(await post(longest, env), "created");
    }
  });

  it("is an error when the summary has no room, which GitHub would drop as a whole", async () => {
    const env = await bench.job();
    await writeFile(bench.summaryFile, "x".repeat(1024 * 1024 - 4));
    const { message } = await thrownBy(() => post("four", env));
    assert.equal(
      message,
      "GITHUB_STEP_SUMMARY: has no room left: GitHub takes 1048576 bytes a step; write it in a step of its own",
    );
    assert.equal((await bench.summary()).length, 1024 * 1024 - 4);
    assert.equal(await post("fou", env), "summary");
  });
});
