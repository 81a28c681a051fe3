import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { LAB_PASSPHRASE } from "../stack/scene.ts";

/** What `npm run review` wrote, and how it ended. */
export interface Reviewed {
  readonly markdown: string;
  readonly exitCode: number;
}

/**
 * Runs the script of `npm run review` as a pipeline does.
 *
 * @param checkout see `checkOut`
 * @param env beside this process's own: of the lab, of its reader, and `PULUMI_BACKEND_URL`
 * @throws Error with what it wrote to stderr, where it wrote no report
 */
export async function runReview(
  checkout: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Reviewed> {
  const script = join(checkout, "scripts/review/main.ts");
  const run = promisify(execFile)(process.execPath, [script, ...args], {
    cwd: checkout,
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env, PULUMI_CONFIG_PASSPHRASE: LAB_PASSPHRASE },
  });
  return run.then(
    ({ stdout }) => ({ markdown: stdout, exitCode: 0 }),
    ({ stdout, stderr, code }: { stdout: string; stderr: string; code: number }) => {
      if (stdout === "") throw new Error(stderr);
      return { markdown: stdout, exitCode: code };
    },
  );
}
