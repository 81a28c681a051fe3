import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkOut } from "../../lab/review/checkout.ts";

/** A clone of the project, as `actions/checkout` leaves it for a pull request. */
export interface Clone {
  readonly folder: string;
  /** Puts another text of a file on the pull request's branch. */
  change(file: string, text: string): Promise<void>;
}

/**
 * Clones the project into a folder that does not exist yet.
 *
 * @param files texts of files that the base branch, `main`, has in place of the project's
 */
export async function cloneProject(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Clone> {
  await checkOut(folder);
  const git = async (...args: string[]): Promise<void> => {
    const settings = ["user.name=anna", "user.email=anna@contoso.example", "commit.gpgsign=false"];
    const all = [...settings.flatMap((setting) => ["-c", setting]), ...args];
    await promisify(execFile)("git", all, { cwd: folder });
  };
  const commit = async (): Promise<void> => {
    await git("add", "--all", ".");
    await git("commit", "--quiet", "--allow-empty", "--message", "A change");
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  await git("init", "--quiet", "--initial-branch", "main");
  await commit();
  await git("update-ref", "refs/remotes/origin/main", "HEAD");
  await git("checkout", "--quiet", "-b", "change");
  return {
    folder,
    async change(file, text) {
      await writeFile(join(folder, file), text);
      await commit();
    },
  };
}
