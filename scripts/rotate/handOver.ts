import { spawn } from "node:child_process";

/**
 * Runs a command that gets a secret on its standard input, without a line break behind it, and nowhere else. What it prints
 * goes to stderr.
 *
 * @param command as typed in a shell
 * @throws Error when it does not end with 0
 */
export async function handOver(command: string, secret: string): Promise<void> {
  const child = spawn(command, { shell: true, stdio: ["pipe", 2, 2] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("error", reject);
  child.once("close", (code, signal) => {
    if (code === 0) resolve();
    else reject(new Error(`the command of --run ended with ${signal ?? `exit code ${code}`}`));
  });
  // A command that does not read it may be gone by then.
  child.stdin?.on("error", () => {});
  child.stdin?.end(secret);
  await promise;
}
