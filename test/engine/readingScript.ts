import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { type Fixture, filesIn } from "./fixture.ts";

/** What a script printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface ReadingOptions {
  /** Which of the lab's apps that only read it is. @default "role-group" */
  readonly reader?: string;
  /** The project's folder. @default this one */
  readonly cwd?: string;
  /** Variables beside those of the lab, the app and the stack. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a script that only reads on the fixture's stack `lab`, in a process of its own, as an app that only reads. The world
 * and the state have to be as before.
 *
 * @param script its path from the project's folder
 */
export async function runReading(
  { lab, folder, env: engineEnv }: Fixture,
  { stateFolder }: OpenedStack,
  script: string,
  args: readonly string[],
  { reader = "role-group", cwd = projectRoot, env = {} }: ReadingOptions = {},
): Promise<Ended> {
  const before = [await filesIn(stateFolder), comparableWorld(lab)];
  const options = {
    cwd,
    env: {
      ...process.env,
      ...engineEnv,
      ...lab.readerEnvs[reader],
      PULUMI_BACKEND_URL: `file://${stateFolder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_OPTION_CONFIG_FILE: join(folder, "Pulumi.lab.yaml"),
      ...env,
    },
  };
  const run = promisify(execFile)(process.execPath, [join(cwd, script), ...args], options);
  const ended = await run.then(
    (output) => ({ code: 0, ...output }),
    (error: Ended) => error,
  );
  assert.deepEqual([await filesIn(stateFolder), comparableWorld(lab)], before);
  return ended;
}
