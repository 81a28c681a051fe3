// One comment on the pull request, edited in place.
import { type Env, NoAccess, pullRequestOf, repositoryOf } from "./actions.ts";
import { createOnce, type GitHub, openGitHub } from "./client.ts";
import { orSummary, sayToUser } from "./summary.ts";
import { bears, marked, sameText } from "./text.ts";

/** What became of a comment; `summary`: the job's summary has its text instead. */
export type Posted = "created" | "updated" | "unchanged" | "summary";

interface Comment {
  readonly id: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}

const COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments";
const COMMENT = "/repos/{owner}/{repo}/issues/comments/{id}";

/**
 * Puts a text on the pull request of the running job: into the comment that bears the marker and has the same author, else
 * into a new one. Two runs at the same time can leave two comments; then all but the first are removed. Where the job may not
 * comment, or runs for no pull request, the text is written into the job's summary.
 *
 * @param body Markdown
 * @param marker a line with an HTML comment, see `markerOf`
 * @param say gets the reason when the text goes into the summary
 * @throws Error when the text is too long, GitHub is in trouble, or there is no summary either
 */
export async function postComment(
  body: string,
  marker: string,
  env: Env,
  say: (text: string) => void = sayToUser,
): Promise<Posted> {
  const text = marked(marker, body);
  return orSummary(
    body,
    "the report is in the job's summary, not in a comment",
    env,
    say,
    async () => {
      const pullRequest = await pullRequestOf(env);
      if (pullRequest === undefined) throw new NoAccess("the job runs for no pull request");
      const github = await openGitHub(repositoryOf(env));
      return writeComment(github, pullRequest.number, marker, text);
    },
  );
}

async function writeComment(
  github: GitHub,
  number: number,
  marker: string,
  text: string,
): Promise<Posted> {
  const login = await github.login();
  const find = async (): Promise<Comment[]> => {
    const comments = await github.list<Comment>(`GET ${COMMENTS}`, { number });
    return comments.filter(({ body, user }) => user?.login === login && bears(marker, body));
  };
  const [first, ...more] = await find();
  for (const { id } of more) await github.request(`DELETE ${COMMENT}`, { id });
  if (first === undefined) {
    await createOnce(
      () => github.request(`POST ${COMMENTS}`, { number, body: text }),
      async () => (await find()).length > 0,
    );
    return "created";
  }
  if (sameText(first.body ?? "", text)) return "unchanged";
  await github.request(`PATCH ${COMMENT}`, { id: first.id, body: text });
  return "updated";
}
