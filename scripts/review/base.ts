import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectRoot } from "../setup/root.ts";
import { configIn, readStackFile, stackFilePath } from "../stack/file.ts";

/**
 * Names of the senders and domains whose entry in a stack's file is the same as at another commit; none where one of the two
 * files is not there, or can't be read as YAML.
 *
 * @param stack the stack's name, without organisation and project
 * @param base a commit, as git names it
 * @param root the project's folder, which may be one of many in its repository
 * @throws Error when there is no such commit
 */
export async function sameOnBase(
  stack: string,
  base: string,
  root = projectRoot,
): Promise<string[]> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)("git", args, { cwd: root })).stdout.trim();
  const commit = await git(
    ...["rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`],
  ).catch((cause: unknown) => {
    const fix = "name a commit that the clone has (git fetch origin main), or leave --base out";
    throw new Error(`--base: "${base}" is not a commit of this clone; ${fix}`, { cause });
  });
  const there = await git("show", `${commit}:./${await stackFilePath(stack, root)}`).catch(
    () => "",
  );
  const [before, now] = [configIn(there), await readStackFile(stack, root)].map(entriesOf);
  return [...(now ?? [])]
    .filter(([name, text]) => before?.get(name) === text)
    .map(([name]) => name);
}

/** Each sender and domain of a stack file as text, by name. */
function entriesOf(config: Readonly<Record<string, unknown>>): Map<string, string> {
  const lists = Object.entries(config)
    .filter(([key]) => /^(?:m365-smtp-relay:)?(?:senders|domains)$/.test(key))
    .flatMap(([, list]) => (Array.isArray(list) ? (list as { name?: unknown }[]) : []));
  return new Map(lists.map((entry) => [String(entry?.name), JSON.stringify(entry)]));
}
