// GitHub's issues and comments, and what it refuses, in its words; after each refusal the world is as it was.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { decodeJwt } from "jose";
import { type Lab, openLab } from "../../src/lab.ts";
import type { GitHubIssue } from "../../src/world/github.ts";
import { type GitHubAnswer, gitHubOf } from "./gitHubClient.ts";

describe("GitHub", () => {
  let lab: Lab;
  let ask: ReturnType<typeof gitHubOf>;
  let pull: GitHubIssue;
  before(async () => {
    lab = await openLab({ seed: "github" });
    ask = gitHubOf(lab);
    pull = lab.github.openPullRequest();
  });
  after(() => lab.close());

  /** Expects a refusal, and a world that is as before. */
  async function refused(
    asked: () => Promise<GitHubAnswer>,
    status: number,
    message: string,
  ): Promise<GitHubAnswer> {
    const world = structuredClone(lab.world.github);
    const answer = await asked();
    assert.deepEqual(
      [answer.status, answer.body.status, answer.body.message],
      [status, String(status), message],
    );
    assert.match(answer.body.documentation_url, /^https:\/\/docs\.github\.com\/rest/);
    assert.deepEqual(lab.world.github, world);
    return answer;
  }

  it("keeps comments of a pull request: made, listed, edited, deleted", async () => {
    const comments = `/issues/${pull.number}/comments`;
    const made = await ask("POST", comments, { body: "one" });
    assert.deepEqual([made.status, made.body.user.login], [201, "github-actions[bot]"]);
    const edited = await ask("PATCH", `/issues/comments/${made.body.id}`, { body: "two" });
    assert.equal(edited.status, 200);
    const listed = await ask("GET", comments);
    assert.deepEqual(
      listed.body.map(({ id, body }: { id: number; body: string }) => [id, body]),
      [[made.body.id, "two"]],
    );
    assert.equal((await ask("DELETE", `/issues/comments/${made.body.id}`)).status, 204);
    assert.deepEqual(pull.comments, []);
  });

  it("links the pages of a list by the repository's id, the last one by none but those before", async () => {
    const talk = lab.github.openPullRequest();
    for (let n = 0; n < 65; n += 1) lab.github.comment(talk, "anna", `${n}`);
    let path = `/issues/${talk.number}/comments`;
    const lengths: number[] = [];
    for (;;) {
      const { body, headers } = await ask("GET", path);
      lengths.push(body.length);
      const [, next] = /<([^>]+)>; rel="next"/.exec(String(headers.link)) ?? [];
      if (next === undefined) break;
      const url = new URL(next);
      assert.match(url.pathname, /^\/api\/v3\/repositories\/\d+\/issues\/\d+\/comments$/);
      path = `${url.pathname}${url.search}`;
    }
    assert.deepEqual(lengths, [30, 30, 5]);
    const most = await ask("GET", `/issues/${talk.number}/comments?per_page=1000`);
    assert.deepEqual([most.body.length, most.headers.link], [65, undefined]);
  });

  it("lists issues by label and state, pull requests among them, the newest first", async () => {
    const first = await ask("POST", "/issues", { title: "a", labels: ["drift"] });
    const second = await ask("POST", "/issues", { title: "b" });
    const closed = { state: "closed", state_reason: "completed" };
    await ask("PATCH", `/issues/${second.body.number}`, closed);
    const numbers = async (query: string) =>
      (await ask("GET", `/issues?${query}`)).body.map(({ number }: GitHubIssue) => number);
    assert.deepEqual(await numbers("labels=drift"), [first.body.number]);
    assert.deepEqual(await numbers("state=closed"), [second.body.number]);
    assert.deepEqual((await numbers("")).at(-1), pull.number);
    const { body } = await ask("GET", `/issues/${pull.number}`);
    assert.ok(body.pull_request);
  });

  it("refuses no token, a wrong one, and one of another repository", async () => {
    const agent = { "user-agent": "test" };
    const path = `/issues/${pull.number}/comments`;
    await refused(() => ask("GET", path, undefined, agent), 404, "Not Found");
    await refused(() => ask("POST", path, { body: "x" }, agent), 401, "Requires authentication");
    const wrong = { ...agent, authorization: "Bearer ghs_wrong" };
    await refused(() => ask("POST", path, { body: "x" }, wrong), 401, "Bad credentials");
    const other = "/api/v3/repos/other/mail-relay/issues/1";
    await refused(() => ask("GET", other), 404, "Not Found");
    await refused(() => ask("POST", "/issues/999/comments", { body: "x" }), 404, "Not Found");
    await refused(() => ask("PATCH", "/issues/comments/999", { body: "x" }), 404, "Not Found");
  });

  it("refuses a token without the permission: a fork's, and one for pull requests alone", async () => {
    const words = "Resource not accessible by integration";
    const path = `/issues/${pull.number}/comments`;
    const fork = gitHubOf(lab, { permissions: { issues: "read", "pull-requests": "read" } });
    assert.equal((await fork("GET", path)).status, 200);
    await refused(() => fork("POST", path, { body: "x" }), 403, words);
    await refused(() => fork("POST", "/issues", { title: "x" }), 403, words);
    const pulls = gitHubOf(lab, { permissions: { "pull-requests": "write" } });
    assert.equal((await pulls("POST", path, { body: "x" })).status, 201);
    await refused(() => pulls("POST", "/issues", { title: "x" }), 403, words);
    await refused(() => gitHubOf(lab, { permissions: {} })("GET", path), 403, words);
  });

  it("refuses issues where there are none, and takes comments on pull requests all the same", async () => {
    lab.world.github.hasIssues = false;
    const words = "Issues are disabled for this repo";
    await refused(() => ask("GET", "/issues"), 410, words);
    await refused(() => ask("POST", "/issues", { title: "x" }), 410, words);
    const comment = await ask("POST", `/issues/${pull.number}/comments`, { body: "x" });
    assert.equal(comment.status, 201);
    lab.world.github.hasIssues = true;
  });

  for (const [limit, fits, tooLong] of [
    ["characters", "\u{1F308}".repeat(65_536), "x".repeat(65_537)],
    ["bytes", "\u{1F308}".repeat(65_536), `${"\u{1F308}".repeat(65_536)}x`],
    ["bytes", "x".repeat(262_144), "x".repeat(262_145)],
  ] as const) {
    it(`takes ${[...fits].length} characters and no more where it counts ${limit}`, async () => {
      lab.world.settings.githubLimit = limit;
      const path = `/issues/${pull.number}/comments`;
      const made = await ask("POST", path, { body: fits });
      assert.equal(made.status, 201);
      const errors = async (asked: () => Promise<GitHubAnswer>) =>
        (await refused(asked, 422, "Validation Failed")).body.errors;
      const message = "Body is too long (maximum is 65536 characters)";
      const error = { resource: "IssueComment", code: "unprocessable", field: "data", message };
      const comment = `/issues/comments/${made.body.id}`;
      assert.deepEqual(await errors(() => ask("POST", path, { body: tooLong })), [error]);
      assert.deepEqual(await errors(() => ask("PATCH", comment, { body: tooLong })), [error]);
      const [issue] = await errors(() => ask("POST", "/issues", { title: "x", body: tooLong }));
      assert.deepEqual([issue.resource, issue.code, issue.field], ["Issue", "custom", "body"]);
    });
  }

  it("refuses what no client should send", async () => {
    const path = `/issues/${pull.number}/comments`;
    await refused(() => ask("POST", path, "{"), 400, "Problems parsing JSON");
    await refused(() => ask("POST", path, { body: " " }), 422, "Validation Failed");
    await refused(() => ask("POST", "/issues", { body: "x" }), 422, "Validation Failed");
    const seen = lab.log.count({ service: "github", refused: true });
    await refused(
      () => ask("GET", "/issues?sorted=up"),
      422,
      "the lab does not know the query parameter 'sorted'",
    );
    assert.equal(lab.log.count({ service: "github", refused: true }), seen + 1);
  });

  it("asks to wait, as often as a fault says so", async () => {
    const path = `/issues/${pull.number}/comments`;
    const where = {
      service: "github",
      match: `POST /api/v3/repos/${lab.env.GITHUB_REPOSITORY}${path}`,
    } as const;
    lab.faults.inject({ where, what: { kind: "secondaryLimit", status: 403, retryAfter: 7 } });
    const words =
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    const { headers } = await refused(() => ask("POST", path, { body: "x" }), 403, words);
    assert.equal(headers["retry-after"], "7");
    lab.faults.inject({ where, what: { kind: "status", status: 502 } });
    const before = pull.comments.length;
    assert.equal((await ask("POST", path, { body: "x" })).status, 502);
    assert.equal(pull.comments.length, before);
    assert.equal((await ask("POST", path, { body: "x" })).status, 201);
  });

  it("gives a job with id-token: write tokens that name it, and no other job", async () => {
    const subject = `repo:${lab.env.GITHUB_REPOSITORY}:pull_request`;
    const order = { subject, permissions: { "id-token": "write" } } as const;
    const env = lab.github.startJob(order);
    const url = new URL(`${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=api://AzureADTokenExchange`);
    const get = (bearer: string | undefined) =>
      ask("GET", `${url.pathname}${url.search}`, undefined, {
        authorization: `Bearer ${bearer}`,
        "user-agent": "runner",
      });
    const { status, body } = await get(env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
    assert.equal(status, 200);
    const { iss, sub, aud } = decodeJwt(body.value);
    assert.deepEqual(
      [iss, sub, aud],
      ["https://token.actions.githubusercontent.com", subject, "api://AzureADTokenExchange"],
    );
    assert.equal((await get(env.GITHUB_TOKEN)).status, 401);
    const fork = lab.github.startJob({ ...order, permissions: {} });
    assert.equal(fork.ACTIONS_ID_TOKEN_REQUEST_URL, undefined);
  });

  it("says whom a token acts as", async () => {
    const query = "{ viewer { login } }";
    const { body } = await ask("POST", "/api/graphql", { query });
    assert.deepEqual(body, { data: { viewer: { login: "github-actions[bot]" } } });
  });

  it("keeps no token in its world, and tells them among its secrets", () => {
    const { GITHUB_TOKEN = "" } = lab.github.startJob({ permissions: {} });
    assert.ok(lab.secrets().includes(GITHUB_TOKEN));
    assert.ok(!JSON.stringify(lab.dump()).includes(GITHUB_TOKEN));
  });
});
