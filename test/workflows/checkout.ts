import { execFile } from "node:child_process";
import { cp, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../scripts/setup/root.ts";

/** What is installed or written beside the project's own files. */
const INSTALLED = ["node_modules", ".cache"];
const LEFT_OUT = new Set([...INSTALLED, ".git", ".lab", "docs", "test"]);

/** A clone of the project, as `actions/checkout` leaves it for a pull request; what is installed is shared. */
export interface Checkout {
  readonly folder: string;
  /** Puts another text of a file on the pull request's branch. */
  change(file: string, text: string): Promise<void>;
}

/**
 * Clones the project into a folder that does not exist yet.
 *
 * @param files texts of files that the base branch, `main`, has in place of the project's
 */
export async function checkOut(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Checkout> {
  await cp(projectRoot, folder, {
    recursive: true,
    filter: (source) => source === projectRoot || !LEFT_OUT.has(basename(source)),
  });
  await Promise.all(INSTALLED.map((name) => symlink(join(projectRoot, name), join(folder, name))));
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
