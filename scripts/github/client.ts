// GitHub's API through Octokit. It is loaded when it is first needed, as most runs need none.
import { randomUUID } from "node:crypto";
import { NoAccess, type Repository } from "./actions.ts";

/** Statuses that say: not with this token, or not in this repository. */
const NO_ACCESS: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** How long a refused request waits for GitHub at most, in seconds, and how often. */
const WAIT = { seconds: 60, times: 2 };

/** GitHub refused a request, or did not answer. */
class GitHubError extends Error {
  override readonly name = "GitHubError";
  /** HTTP status; 500 where there was no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** What the scripts do at GitHub, in one repository. */
export interface GitHub {
  /** One request; `parameters` fill the route, the rest is query or body. Its errors are `GitHubError` or `NoAccess`. */
  request<T>(route: string, parameters?: Record<string, unknown>): Promise<T>;
  /** Every entry of a list, page by page. */
  list<T>(route: string, parameters?: Record<string, unknown>): Promise<T[]>;
  /** Login of whom the token acts as, such as `github-actions[bot]`. */
  login(): Promise<string>;
}

/**
 * A client for a repository. What reads or repeats itself harmlessly is tried again when GitHub is in trouble; a request
 * that creates something is not, as it may have been carried out. Where GitHub asks to wait, it waits.
 */
export async function openGitHub({ apiUrl, owner, repo, token }: Repository): Promise<GitHub> {
  const [{ Octokit }, { paginateRest }, { retry }, { throttling }] = await Promise.all([
    import("@octokit/core"),
    import("@octokit/plugin-paginate-rest"),
    import("@octokit/plugin-retry"),
    import("@octokit/plugin-throttling"),
  ]);
  const waits = (retryAfter: number, _options: object, _octokit: object, count: number) =>
    retryAfter <= WAIT.seconds && count < WAIT.times;
  const options = {
    auth: token,
    baseUrl: apiUrl.replace(/\/+$/, ""),
    userAgent: "m365-smtp-relay",
    log: silent,
    retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
  };
  const Retrying = Octokit.plugin(retry);
  const octokit = new (Retrying.plugin(paginateRest, throttling))({
    ...options,
    throttle: { id: randomUUID(), onRateLimit: waits, onSecondaryRateLimit: waits },
  });
  const asked = (route: string, parameters: Record<string, unknown> = {}) => ({
    owner,
    repo,
    ...parameters,
    ...(route.startsWith("POST ") && { request: { retries: 0 } }),
  });
  return {
    async request(route, parameters) {
      const answer = await octokit.request(route, asked(route, parameters)).catch(explain(route));
      return answer.data;
    },
    async list<T>(route: string, parameters?: Record<string, unknown>) {
      const every = { per_page: 100, ...asked(route, parameters) };
      return (await octokit.paginate(route, every).catch(explain(route))) as T[];
    },
    async login() {
      // Not throttled: a query is a POST, and the next write would wait for a second.
      const { graphql } = new Retrying(options);
      const query = graphql<{ viewer: { login: string } }>("{ viewer { login } }");
      return (await query.catch(explain("who the token acts as"))).viewer.login;
    },
  };
}

/**
 * Creates something that must be there once: after an error by which it may be there all the same, it is looked for and, if
 * it is not, made once more.
 */
export async function createOnce(
  create: () => Promise<unknown>,
  isThere: () => Promise<boolean>,
): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status < 500) throw error;
    if (!(await isThere())) await create();
  }
}

/** Octokit would warn of what is handled here. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Turns Octokit's error, which holds the request with its token, into one sentence without it. */
const explain =
  (route: string) =>
  (error: unknown): never => {
    const { status = 500, response } = error as {
      status?: number;
      response?: { data?: { message?: unknown; errors?: { message?: unknown }[] } };
    };
    const words = [response?.data?.message, ...(response?.data?.errors ?? []).map(messageOf)]
      .filter((text) => typeof text === "string")
      .join(": ");
    const asked = route.replace("/repos/{owner}/{repo}", "");
    if (response === undefined) {
      throw new GitHubError(`${asked}: GitHub does not answer; run the job again`, status);
    }
    const said = `${asked}: GitHub answers ${status}${words === "" ? "" : ` "${words}"`}`;
    if (NO_ACCESS.has(status) && !/rate limit/i.test(words)) throw new NoAccess(said);
    throw new GitHubError(`${said}; run the job again later`, status);
  };

const messageOf = ({ message }: { message?: unknown }): unknown => message;
