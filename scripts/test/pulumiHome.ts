import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives the engines of this run a folder of their own for what they keep for a user, with the plugins that the user has.
 * Each start of an engine leaves a log there and looks at every log of the last seven days: a run of the tests would fill
 * the user's folder with thousands, and be slowed down by those of the runs before.
 *
 * @returns takes the folder away
 */
export function ownPulumiHome(): () => void {
  const plugins = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
  const own = mkdtempSync(join(tmpdir(), "m365-pulumi-home-"));
  if (existsSync(plugins)) symlinkSync(plugins, join(own, "plugins"));
  process.env.PULUMI_HOME = own;
  return () => rmSync(own, { recursive: true, force: true });
}
