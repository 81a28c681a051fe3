import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** As much memory as an engine takes before it looks for what it no longer needs: more than most of them ever want. */
const MEMORY = "256MiB";

/**
 * Sets, for this process and those that it starts, what makes an engine quick that is started some thousand times for a
 * second each.
 *
 * They have a folder of their own for what an engine keeps for its user, with the plugins that the user has: each start
 * leaves a log there and looks at every log of the last seven days, so that a run of the tests would fill the user's folder,
 * and be slowed down by the runs before.
 *
 * @returns takes the folder away
 */
export function prepareEngines(): () => void {
  const plugins = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
  const own = mkdtempSync(join(tmpdir(), "m365-pulumi-home-"));
  if (existsSync(plugins)) symlinkSync(plugins, join(own, "plugins"));
  process.env.PULUMI_HOME = own;
  process.env.GOGC ??= "off";
  process.env.GOMEMLIMIT ??= MEMORY;
  return () => rmSync(own, { recursive: true, force: true });
}
