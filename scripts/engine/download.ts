// Run by fromDownload.ts as a process group of its own: `node download.ts FOLDER` installs the
// engine of the SDK's version there. PulumiCommand.install can't be cancelled and starts a shell
// with a download of its own, so the whole group ends here: after a time, or with the parent.
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const LIMIT_MS = 240_000;
const POLL_MS = 500;

const endGroup = () => process.kill(-process.pid, "SIGKILL");
setTimeout(endGroup, LIMIT_MS).unref();
const parent = process.ppid;
setInterval(() => process.ppid !== parent && endGroup(), POLL_MS).unref();

try {
  await PulumiCommand.install({ root: process.argv[2] as string });
} catch (error) {
  process.stdout.write((error as Error).message);
  process.exitCode = 1;
}
