import type { GitHubComment, GitHubIssue, GitHubRepository } from "../world/github.ts";

/** Where GitHub stands: its API and its pages. */
export interface Places {
  api: string;
  pages: string;
}

const userOf = (login: string) => ({
  login,
  type: login.endsWith("[bot]") ? "Bot" : "User",
});

const repositoryUrl = ({ owner, name }: GitHubRepository, base: string): string =>
  `${base}/${owner}/${name}`;

/** A comment as the API shows it. */
export function presentComment(
  comment: GitHubComment,
  { number }: GitHubIssue,
  repository: GitHubRepository,
  { api, pages }: Places,
): object {
  const url = repositoryUrl(repository, `${api}/repos`);
  return {
    id: comment.id,
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${repositoryUrl(repository, pages)}/issues/${number}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${number}`,
    user: userOf(comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
}

/** An issue or a pull request as the API shows it among issues. */
export function presentIssue(
  issue: GitHubIssue,
  repository: GitHubRepository,
  { api, pages }: Places,
): object {
  const { number } = issue;
  const url = repositoryUrl(repository, `${api}/repos`);
  const page = `${repositoryUrl(repository, pages)}/${issue.isPullRequest ? "pull" : "issues"}/${number}`;
  return {
    id: issue.id,
    number,
    url: `${url}/issues/${number}`,
    html_url: page,
    comments_url: `${url}/issues/${number}/comments`,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    labels: issue.labels.map((name) => ({ name })),
    user: userOf(issue.author),
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    ...(issue.isPullRequest && { pull_request: { url: `${url}/pulls/${number}`, html_url: page } }),
  };
}
