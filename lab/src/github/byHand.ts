import { type Context, newHexId } from "../context.ts";
import {
  ACTIONS_LOGIN,
  type GitHubIssue,
  type GitHubJob,
  type GitHubPermissions,
} from "../world/github.ts";
import type { Secrets } from "../world/secrets.ts";
import { API_PATH } from "./app.ts";
import { ID_TOKEN_PATH } from "./idToken.ts";
import { addComment, addIssue } from "./write.ts";

/** A job that begins. */
export interface JobOrder {
  /** What its token may do; one of a fork's pull request may write nothing. */
  permissions: GitHubPermissions;
  /** Whom its OIDC tokens name: `repo:owner/name:pull_request`. Only with `id-token: write`. */
  subject?: string;
  /** @default `github-actions[bot]` */
  login?: string;
}

/** What people and GitHub's runners do at GitHub. */
export interface GitHubByHand {
  /** Opens a pull request; gives the live one. */
  openPullRequest(labels?: string[]): GitHubIssue;
  /** Writes a comment as somebody. */
  comment(issue: GitHubIssue, author: string, body: string): void;
  /** Begins a job; gives what the runner puts into its environment. */
  startJob(order: JobOrder): Record<string, string>;
}

/** What people and runners do, on one world. `origin` is where GitHub stands. */
export function gitHubByHand(
  context: Context,
  secrets: Pick<Secrets, "githubJobs">,
  origin: string,
): GitHubByHand {
  const { world } = context;
  return {
    openPullRequest: (labels = []) =>
      addIssue({ title: "A change", author: "anna", isPullRequest: true, labels }, context),
    comment: (issue, author, body) => void addComment(issue, { author, body }, context),
    startJob({ permissions, subject, login = ACTIONS_LOGIN }) {
      const mayRequest = permissions["id-token"] === "write" && subject !== undefined;
      const job: GitHubJob = {
        token: `ghs_${newHexId(world)}${newHexId(world).slice(0, 4)}`,
        login,
        permissions,
        idToken: mayRequest ? { bearer: `run_${newHexId(world)}`, subject } : null,
      };
      secrets.githubJobs.push(job);
      context.changed();
      return jobEnv(job, world.github, origin);
    },
  };
}

/** A job's tokens, and where its repository is, as the runner's environment has them. */
export function jobEnv(
  { token, idToken }: GitHubJob,
  { owner, name }: { owner: string; name: string },
  origin: string,
): Record<string, string> {
  return {
    GITHUB_SERVER_URL: origin,
    GITHUB_API_URL: `${origin}${API_PATH}`,
    GITHUB_REPOSITORY: `${owner}/${name}`,
    GITHUB_TOKEN: token,
    ...(idToken && {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}${ID_TOKEN_PATH}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.bearer,
    }),
  };
}
