// What GitHub Actions tells a job of itself.
import { readFile } from "node:fs/promises";
import { type Problem, sentence } from "../../mail/problem.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** A repository, and how it is asked. */
export interface Repository {
  /** Base URL of the REST API: `https://api.github.com`, or a GitHub Enterprise Server's. */
  readonly apiUrl: string;
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
}

/** A pull request as the event that started the job has it. */
export interface PullRequestEvent {
  readonly number: number;
  /** What happened to it: `opened`, `synchronize`, `labeled`, … */
  readonly action: string;
  /** Names of its labels when it happened. */
  readonly labels: readonly string[];
}

/** GitHub can't be asked or written to, for a reason that the job's owner can change. */
export class NoAccess extends Error {
  override readonly name = "NoAccess";
}

const noAccess = (problem: Problem): NoAccess => new NoAccess(sentence(problem));

/**
 * The repository of the running job.
 *
 * @throws NoAccess when the environment does not name it, or holds no token
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export function repositoryOf(env: Env): Repository {
  const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN } = env;
  const apiUrl = GITHUB_API_URL || "https://api.github.com";
  if (URL.parse(apiUrl)?.protocol !== "https:") {
    throw noAccess({
      key: "GITHUB_API_URL",
      value: apiUrl,
      rule: "is not the URL of GitHub's API, which takes a token over HTTPS alone",
      fix: "let GitHub Actions set it",
    });
  }
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(GITHUB_REPOSITORY ?? "") ?? [];
  if (owner === undefined || repo === undefined) {
    throw noAccess({
      key: "GITHUB_REPOSITORY",
      value: GITHUB_REPOSITORY,
      rule: "does not name a repository",
      fix: "run this in GitHub Actions, or set it to owner/name",
    });
  }
  if (!GITHUB_TOKEN) {
    throw noAccess({
      key: "GITHUB_TOKEN",
      value: undefined,
      rule: "is missing",
      fix: "give the step the variable GITHUB_TOKEN, and the job the permission to write",
    });
  }
  return { apiUrl, owner, repo, token: GITHUB_TOKEN };
}

/**
 * The pull request that started the job; undefined where something else did.
 *
 * @throws Error when the event's file can't be read
 */
export async function pullRequestOf(env: Env): Promise<PullRequestEvent | undefined> {
  const path = env.GITHUB_EVENT_PATH;
  if (!path || !env.GITHUB_EVENT_NAME?.startsWith("pull_request")) return undefined;
  const event = (await readEvent(path)) as {
    action?: string;
    pull_request?: { number?: number; labels?: { name?: string }[] };
  };
  const { number, labels = [] } = event.pull_request ?? {};
  if (!Number.isSafeInteger(number) || number === undefined) return undefined;
  return {
    number,
    action: event.action ?? "",
    labels: labels.flatMap(({ name }) => name ?? []),
  };
}

async function readEvent(path: string): Promise<object> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const problem: Problem = {
      key: "GITHUB_EVENT_PATH",
      value: path,
      rule: "can't be read as JSON",
      fix: "let GitHub Actions set it",
    };
    throw new Error(sentence(problem), { cause });
  }
}
