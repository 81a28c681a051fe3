import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../scripts/setup/root.ts";
import type { Fixture } from "./fixture.ts";
import type { Ended } from "./readingScript.ts";

/**
 * Runs a script that writes on the fixture's stack `lab`, in a process of its own, with the identity that deploys.
 *
 * @param script its path from the project's folder
 * @param env variables beside those of the lab and the stack
 */
export function runWriting(
  fixture: Fixture,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const options = { cwd: projectRoot, env: { ...scriptEnv(fixture), ...env } };
  const path = join(projectRoot, script);
  return promisify(execFile)(process.execPath, [path, ...args], options).then(
    (output) => ({ code: 0, ...output }),
    (error: Ended) => error,
  );
}

/** What a script has in its environment that works on the fixture's stack `lab`, with the identity that deploys. */
export const scriptEnv = ({ folder, env }: Pick<Fixture, "folder" | "env">): NodeJS.ProcessEnv => ({
  ...process.env,
  ...env,
  PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_OPTION_CONFIG_FILE: join(folder, "Pulumi.lab.yaml"),
});
