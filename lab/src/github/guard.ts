import type { Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { GitHubComment, GitHubIssue, GitHubJob } from "../world/github.ts";
import type { Secrets } from "../world/secrets.ts";
import { callerOf, isAllowed, type Need, refuseCaller } from "./access.ts";
import { apiError, apiFault, secondaryLimit } from "./envelope.ts";
import type { Body } from "./write.ts";

export type Answer = Sourced<HttpReply>;

/** A request whose token is good. */
export interface Call {
  c: HonoContext;
  job: GitHubJob;
  /** Page that a refusal names. */
  docs: string;
}

/** What a product that works right never gets to see. */
const REFUSALS = [
  "bad-json",
  "bad-labels",
  "bad-state",
  "bad-text",
  "no-body",
  "no-title",
  "no-user-agent",
  "unknown-field",
  "unknown-query",
  "unknown-route",
].map((name) => `github.${name}`);

/** What reading and writing need, of an issue and of a pull request. */
export const READ = {
  issue: ["issues=read"],
  pull: ["issues=read", "pull-requests=read"],
} as const;
export const WRITE = {
  issue: ["issues=write"],
  pull: ["issues=write", "pull-requests=write"],
} as const;

/** What stands before every route of the API: each act gets only what its request may see and write. */
export function makeGuard(context: Context, { githubJobs }: Pick<Secrets, "githubJobs">) {
  const { world, faults } = context;
  const repository = () => world.github;

  /** Guards a route: faults, client, token, repository; then `act` answers. */
  async function answer(
    c: HonoContext,
    docs: string,
    act: (call: Call) => Answer | Promise<Answer>,
  ): Promise<Response> {
    const fault = faults.take("github", `${c.req.method} ${c.req.path}`, [
      "status",
      "secondaryLimit",
      "replyLost",
    ]);
    const reply =
      fault?.kind === "status"
        ? apiFault(fault.status, fault.retryAfter)
        : fault?.kind === "secondaryLimit"
          ? secondaryLimit(fault.status, fault.retryAfter)
          : await judge(c, docs, act);
    return respondLogged(c, context, "github", reply, {
      refused: REFUSALS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  }

  async function judge(
    c: HonoContext,
    docs: string,
    act: (call: Call) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    if (!c.req.header("user-agent")) return apiError("github.no-user-agent", docs);
    const job = callerOf(c.req.header("authorization"), githubJobs);
    if (typeof job === "string") return refuseCaller(job, c.req.method, docs);
    const { owner, repo, repository: id } = c.req.param() as Record<string, string | undefined>;
    const { owner: ours, name, id: ourId } = repository();
    const isOurs =
      (owner === undefined || owner.toLowerCase() === ours) &&
      (repo === undefined || repo.toLowerCase() === name) &&
      (id === undefined || id === String(ourId));
    return isOurs ? act({ c, job, docs }) : apiError("github.not-found", docs);
  }

  function withIssue(
    { c, job, docs }: Call,
    needs: { issue: Need; pull: Need },
    act: (issue: GitHubIssue) => Answer | Promise<Answer>,
  ): Answer | Promise<Answer> {
    const issue = repository().issues.find(
      ({ number }) => String(number) === c.req.param("number"),
    );
    if (issue === undefined) return apiError("github.not-found", docs);
    if (!repository().hasIssues && !issue.isPullRequest)
      return apiError("github.issues-disabled", docs);
    return isAllowed(job.permissions, issue.isPullRequest ? needs.pull : needs.issue)
      ? act(issue)
      : apiError("github.forbidden", docs);
  }

  function withComment(
    { c, job, docs }: Call,
    act: (issue: GitHubIssue, comment: GitHubComment) => Answer | Promise<Answer>,
  ): Answer | Promise<Answer> {
    for (const issue of repository().issues) {
      const comment = issue.comments.find(({ id }) => String(id) === c.req.param("comment"));
      if (comment === undefined) continue;
      return isAllowed(job.permissions, issue.isPullRequest ? WRITE.pull : WRITE.issue)
        ? act(issue, comment)
        : apiError("github.forbidden", docs);
    }
    return apiError("github.not-found", docs);
  }

  async function withBody({ c, docs }: Call, act: (body: Body) => Answer): Promise<Answer> {
    const body = await readBody(c);
    return body ? act(body) : apiError("github.bad-json", docs);
  }

  return { answer, withIssue, withComment, withBody };
}

/** The JSON object of a request; undefined for anything else. */
async function readBody(c: HonoContext): Promise<Body | undefined> {
  try {
    const body: unknown = JSON.parse(await c.req.text());
    const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
    return isObject ? (body as Body) : undefined;
  } catch {
    return undefined;
  }
}
