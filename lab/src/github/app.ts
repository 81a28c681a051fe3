import { Hono, type Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import { respondLogged } from "../web/reply.ts";
import type { GitHubComment, GitHubIssue } from "../world/github.ts";
import type { Secrets } from "../world/secrets.ts";
import { isAllowed } from "./access.ts";
import { apiError, pageOf, succeeded } from "./envelope.ts";
import { makeGuard, READ, WRITE } from "./guard.ts";
import { ID_TOKEN_PATH, issueIdToken } from "./idToken.ts";
import { listIssues } from "./lists.ts";
import { type Places, presentComment, presentIssue } from "./present.ts";
import { addComment, addIssue, commentBody, editIssue, issueDraft } from "./write.ts";

export interface GitHubParts {
  context: Context;
  secrets: Secrets;
  /** Where this server stands. */
  origin: string;
}

/** Path of the API, as GitHub Enterprise Server has it. */
export const API_PATH = "/api/v3";
const REPOSITORY = `${API_PATH}/repos/:owner/:repo`;

/** Builds GitHub's API: issues and comments of one repository, and the OIDC tokens of its jobs. */
export function buildGitHub({ context, secrets, origin }: GitHubParts): Hono {
  const { world } = context;
  const { answer, withIssue, withComment, withBody } = makeGuard(context, secrets);
  const repository = () => world.github;
  const places: Places = { api: `${origin}${API_PATH}`, pages: origin };
  const app = new Hono();

  const shownComment = (comment: GitHubComment, issue: GitHubIssue): object =>
    presentComment(comment, issue, repository(), places);
  const shownIssue = (issue: GitHubIssue): object => presentIssue(issue, repository(), places);

  /** Lists go on at the repository's id. */
  const listUrl = (path: string): string => `${places.api}/repositories/${repository().id}/${path}`;

  const listComments = (c: HonoContext): Promise<Response> =>
    answer(c, "issues/comments#list-issue-comments", (call) =>
      withIssue(call, READ, (issue) => {
        const query = c.req.query();
        const unknown = Object.keys(query).find((key) => !["page", "per_page"].includes(key));
        if (unknown !== undefined)
          return apiError("github.unknown-query", call.docs, { name: unknown });
        const shown = issue.comments.map((comment) => shownComment(comment, issue));
        return pageOf(shown, query, listUrl(`issues/${issue.number}/comments`));
      }),
    );
  const listAll = (c: HonoContext): Promise<Response> =>
    answer(c, "issues/issues#list-repository-issues", ({ job, docs }) => {
      if (!repository().hasIssues) return apiError("github.issues-disabled", docs);
      if (!isAllowed(job.permissions, READ.issue)) return apiError("github.forbidden", docs);
      const found = listIssues(repository().issues, c.req.query(), docs);
      return "reply" in found
        ? found
        : pageOf(found.map(shownIssue), c.req.query(), listUrl("issues"));
    });

  for (const base of [REPOSITORY, `${API_PATH}/repositories/:repository`]) {
    app.get(`${base}/issues`, listAll);
    app.get(`${base}/issues/:number/comments`, listComments);
  }
  app.post(`${REPOSITORY}/issues`, (c) =>
    answer(c, "issues/issues#create-an-issue", (call) => {
      if (!repository().hasIssues) return apiError("github.issues-disabled", call.docs);
      if (!isAllowed(call.job.permissions, WRITE.issue))
        return apiError("github.forbidden", call.docs);
      return withBody(call, (body) => {
        const draft = issueDraft(body, world, call.docs);
        if ("reply" in draft) return draft;
        const { title } = draft;
        if (title === undefined) return apiError("github.no-title", call.docs);
        const author = call.job.login;
        const issue = addIssue({ ...draft, title, author, isPullRequest: false }, context);
        return succeeded("github.issue", shownIssue(issue), 201);
      });
    }),
  );
  app.get(`${REPOSITORY}/issues/:number`, (c) =>
    answer(c, "issues/issues#get-an-issue", (call) =>
      withIssue(call, READ, (issue) => succeeded("github.issue", shownIssue(issue))),
    ),
  );
  app.patch(`${REPOSITORY}/issues/:number`, (c) =>
    answer(c, "issues/issues#update-an-issue", (call) =>
      withIssue(call, WRITE, (issue) =>
        withBody(call, (body) => {
          const draft = issueDraft(body, world, call.docs);
          if ("reply" in draft) return draft;
          editIssue(issue, draft, context);
          return succeeded("github.issue", shownIssue(issue));
        }),
      ),
    ),
  );
  app.delete(`${REPOSITORY}/issues/:number/labels/:label`, (c) =>
    answer(c, "issues/labels#remove-a-label-from-an-issue", (call) =>
      withIssue(call, WRITE, (issue) => {
        const left = issue.labels.filter((label) => label !== c.req.param("label"));
        if (left.length === issue.labels.length) return apiError("github.no-label", call.docs);
        editIssue(issue, { labels: left }, context);
        return succeeded(
          "github.labels",
          left.map((name) => ({ name })),
        );
      }),
    ),
  );
  app.post(`${REPOSITORY}/issues/:number/comments`, (c) =>
    answer(c, "issues/comments#create-an-issue-comment", (call) =>
      withIssue(call, WRITE, (issue) =>
        withBody(call, (body) => {
          const text = commentBody(body, world, call.docs);
          if (typeof text !== "string") return text;
          const comment = addComment(issue, { body: text, author: call.job.login }, context);
          return succeeded("github.comment", shownComment(comment, issue), 201);
        }),
      ),
    ),
  );
  app.patch(`${REPOSITORY}/issues/comments/:comment`, (c) =>
    answer(c, "issues/comments#update-an-issue-comment", (call) =>
      withComment(call, (issue, comment) =>
        withBody(call, (body) => {
          const text = commentBody(body, world, call.docs);
          if (typeof text !== "string") return text;
          comment.body = text;
          comment.updatedAt = context.clock.now().toISOString();
          context.changed();
          return succeeded("github.comment", shownComment(comment, issue));
        }),
      ),
    ),
  );
  app.delete(`${REPOSITORY}/issues/comments/:comment`, (c) =>
    answer(c, "issues/comments#delete-an-issue-comment", (call) =>
      withComment(call, (issue, comment) => {
        issue.comments.splice(issue.comments.indexOf(comment), 1);
        context.changed();
        return succeeded("github.deleted", null, 204);
      }),
    ),
  );
  app.post("/api/graphql", (c) =>
    answer(c, "", (call) =>
      withBody(call, ({ query }) =>
        typeof query === "string" &&
        /^\s*(query\s*)?\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*$/.test(query)
          ? succeeded("github.viewer", { data: { viewer: { login: call.job.login } } })
          : apiError("github.unknown-field", "", { name: "query" }),
      ),
    ),
  );
  app.get(ID_TOKEN_PATH, async (c) => {
    const reply = await issueIdToken(c, { context, secrets });
    return respondLogged(c, context, "github", reply);
  });
  app.all("*", (c) => answer(c, "", () => apiError("github.unknown-route", "")));
  return app;
}
