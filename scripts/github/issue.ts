// One open issue that tells of something that lasts, such as drift, and is closed when it is over.
import { type Env, repositoryOf } from "./actions.ts";
import { createOnce, type GitHub, openGitHub } from "./client.ts";
import { orSummary, sayToUser } from "./summary.ts";
import { bears, marked, sameText } from "./text.ts";

export type IssuePosted = "created" | "updated" | "unchanged" | "summary";
export type IssueClosed = "closed" | "none" | "summary";

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly pull_request?: object;
}

const ISSUES = "/repos/{owner}/{repo}/issues";
const ISSUE = `${ISSUES}/{number}`;

/**
 * Opens an issue under a marker, or brings the open one up to date, with a comment for those who follow it. A closed issue
 * stays closed: what comes back gets a new one. Where the job may not write issues, the text is written into its summary.
 *
 * @throws Error when the text is too long, GitHub is in trouble, or there is no summary either
 */
export async function postIssue(
  { title, body }: { title: string; body: string },
  marker: string,
  env: Env,
  say: (text: string) => void = sayToUser,
): Promise<IssuePosted> {
  const text = marked(marker, body);
  return withAccess(env, say, body, async (github) => {
    const [issue, ...more] = await openIssues(github, marker);
    for (const { number } of more)
      await close(github, number, "An older open issue says the same.");
    if (issue === undefined) {
      await createOnce(
        () => github.request(`POST ${ISSUES}`, { title, body: text }),
        async () => (await openIssues(github, marker)).length > 0,
      );
      return "created";
    }
    if (issue.title === title && sameText(issue.body ?? "", text)) return "unchanged";
    const { number } = issue;
    await github.request(`PATCH ${ISSUE}`, { number, title, body: text });
    await github.request(`POST ${ISSUE}/comments`, {
      number,
      body: "What differs has changed; see above.",
    });
    return "updated";
  });
}

/**
 * Closes the open issue under a marker, with a comment that says why.
 *
 * @throws Error as postIssue does
 */
export async function closeIssue(
  comment: string,
  marker: string,
  env: Env,
  say: (text: string) => void = sayToUser,
): Promise<IssueClosed> {
  return withAccess(env, say, comment, async (github) => {
    const issues = await openIssues(github, marker);
    for (const { number } of issues) await close(github, number, comment);
    return issues.length === 0 ? "none" : "closed";
  });
}

const withAccess = <T>(
  env: Env,
  say: (text: string) => void,
  body: string,
  act: (github: GitHub) => Promise<T>,
): Promise<T | "summary"> =>
  orSummary(body, "this is in the job's summary, not in an issue", env, say, async () =>
    act(await openGitHub(repositoryOf(env))),
  );

/** The open issues of ours under a marker, oldest first. */
async function openIssues(github: GitHub, marker: string): Promise<Issue[]> {
  const login = await github.login();
  const issues = await github.list<Issue>(`GET ${ISSUES}`, { state: "open" });
  return issues
    .filter(({ pull_request }) => pull_request === undefined)
    .filter(({ body, user }) => user?.login === login && bears(marker, body))
    .toSorted((a, b) => a.number - b.number);
}

async function close(github: GitHub, number: number, comment: string): Promise<void> {
  await github.request(`POST ${ISSUE}/comments`, { number, body: comment });
  await github.request(`PATCH ${ISSUE}`, { number, state: "closed", state_reason: "completed" });
}
