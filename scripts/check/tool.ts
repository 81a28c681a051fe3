import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { projectRoot } from "../setup/root.ts";

/** Runs the command line of an npm package in the project's folder: its output if it fails. */
export async function runTool(name: string, args: readonly string[]): Promise<string | undefined> {
  const bin = join(projectRoot, "node_modules", ".bin", name);
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code === 0) return undefined;
  return `${stdout}${stderr}`.trim() || `${name} ended with ${code ?? signal}`;
}
