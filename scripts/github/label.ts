// The label by which a person accepts a dangerous change.
import { type Env, NoAccess, pullRequestOf, repositoryOf } from "./actions.ts";
import { openGitHub } from "./client.ts";
import { sayToUser } from "./summary.ts";

/** On a pull request it says: somebody has read what is dangerous about the change, and wants it. */
export const ACCEPTED = "mail-change-accepted";

/** Events by which a pull request may have commits that are newer than its label; a closed one takes some too. */
const MAY_HAVE_COMMITS: ReadonlySet<string> = new Set(["synchronize", "reopened"]);

const ISSUE = "/repos/{owner}/{repo}/issues/{number}";

/**
 * Whether the pull request of the running job bears the label that accepts its changes, as it is now. Where GitHub can't be
 * asked, the event that started the job counts. Commits pushed after the label were not accepted with it: then it is taken
 * off, so that it can be set again.
 *
 * @param say gets what became of a label that does not count
 * @throws Error when GitHub is in trouble
 */
export async function acceptedByLabel(
  env: Env,
  say: (text: string) => void = sayToUser,
): Promise<boolean> {
  const pullRequest = await pullRequestOf(env);
  if (pullRequest === undefined) return false;
  const { number, action, labels: known } = pullRequest;
  try {
    const github = await openGitHub(repositoryOf(env));
    const { labels } = await github.request<{ labels: { name: string }[] }>(`GET ${ISSUE}`, {
      number,
    });
    if (!labels.some(({ name }) => name === ACCEPTED)) return false;
    if (!MAY_HAVE_COMMITS.has(action)) return true;
    say(
      `the label ${ACCEPTED} was set before the newest commits and does not accept them; set it again`,
    );
    await github.request(`DELETE ${ISSUE}/labels/{label}`, { number, label: ACCEPTED });
    return false;
  } catch (error) {
    if (!(error instanceof NoAccess)) throw error;
    say(`the labels are those of the event that started the job: ${error.message}`);
    return !MAY_HAVE_COMMITS.has(action) && known.includes(ACCEPTED);
  }
}
