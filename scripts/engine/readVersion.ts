import { execFile } from "node:child_process";
import { promisify } from "node:util";

const TIMEOUT_MS = 20_000;

/** Asks a `pulumi` executable for its version ("3.259.0"). */
export async function readVersion(pulumi: string): Promise<string> {
  const { stdout } = await promisify(execFile)(pulumi, ["version"], {
    timeout: TIMEOUT_MS,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
  if (version === undefined) throw new Error(`\`pulumi version\` says "${stdout.trim()}"`);
  return version;
}
