import { makeRandom } from "../random.ts";

/** The customer's repository at GitHub, private. */
export interface GitHubRepository {
  id: number;
  owner: string;
  name: string;
  /** Whether the repository has issues; pull requests it has in any case. */
  hasIssues: boolean;
  /** Issues and pull requests by number, oldest first. */
  issues: GitHubIssue[];
}

/** An issue or a pull request: to GitHub's API both are issues. */
export interface GitHubIssue {
  id: number;
  number: number;
  isPullRequest: boolean;
  title: string;
  body: string;
  state: "open" | "closed";
  /** Names. */
  labels: string[];
  /** Login of its author. */
  author: string;
  /** Oldest first. */
  comments: GitHubComment[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface GitHubComment {
  id: number;
  body: string;
  /** Login of its author. */
  author: string;
  createdAt: string;
  updatedAt: string;
}

/** Who the token of a job of GitHub Actions acts as. */
export const ACTIONS_LOGIN = "github-actions[bot]";

/** What a job's token may do, as `permissions:` of a workflow has it; what is not named is `none`. */
export interface GitHubPermissions {
  issues?: "read" | "write";
  "pull-requests"?: "read" | "write";
  "id-token"?: "write";
}

/** A job of GitHub Actions, known by its tokens. It belongs to the secrets. */
export interface GitHubJob {
  /** The job's `GITHUB_TOKEN`. */
  token: string;
  login: string;
  permissions: GitHubPermissions;
  /** What it requests an OIDC token with, and that token's subject. */
  idToken: { bearer: string; subject: string } | null;
}

/** Draws the repository of a world's customer, whose domain this is; it has no issue yet. */
export function drawRepository(seed: string, domain: string): GitHubRepository {
  const random = makeRandom(`${seed}/github`);
  const [owner = ""] = domain.split(".");
  return {
    id: random.integer(100_000_000, 999_999_999),
    owner,
    name: "mail-relay",
    hasIssues: true,
    issues: [],
  };
}

/** The job that the lab's own environment speaks for; it follows from the seed, so that older worlds get it too. */
export function drawOwnJob(seed: string): GitHubJob {
  return {
    token: `ghs_${makeRandom(`${seed}/github token`).hex(36)}`,
    login: ACTIONS_LOGIN,
    permissions: { issues: "write", "pull-requests": "write" },
    idToken: null,
  };
}
