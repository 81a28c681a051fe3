import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

const LIMIT_MS = 240_000;
const SHOWN_LINES = 4;

/** Runs a command; where it fails, the error has the first of its words. */
export async function command(name: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(name, args, {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C.UTF-8", DEBIAN_FRONTEND: "noninteractive" },
    timeout: LIMIT_MS,
  });
  const stop = () => child.kill();
  process.once("SIGTERM", stop);
  const [said, [code, signal]] = await Promise.all([text(child.stderr), once(child, "close")]);
  process.off("SIGTERM", stop);
  if (code === 0) return;
  const words = said.trim().split("\n").slice(0, SHOWN_LINES).join(" ");
  const verb = args.find((arg) => /^[a-z]+$/.test(arg)) ?? "";
  throw new Error(`\`${name} ${verb}\` ended with ${code ?? signal}: ${words || "no words"}`);
}
