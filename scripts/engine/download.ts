// The engine that Pulumi publishes for the SDK's version, by the Automation API's own installer. It can't be cancelled
// and starts a shell with a download of its own, so it runs in a process group that ends as a whole: after a time, or
// with the parent. That process runs this file: `node download.ts FOLDER`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { say } from "../setup/say.mjs";
import { intoCache } from "./cache.ts";
import { type EngineSearch, sdkVersion } from "./engine.ts";

const LIMIT_MS = 240_000;
const POLL_MS = 500;

/** Downloads the engine into the cache. */
export async function fromDownload(): Promise<EngineSearch> {
  const version = sdkVersion();
  say("engine", `downloading pulumi ${version} …`);
  try {
    return await intoCache(version, "download", download);
  } catch (error) {
    const reason = `download of ${version}: ${(error as Error).message}`;
    say("engine", reason);
    return { kind: "missing", reason };
  }
}

async function download(folder: string): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename, folder], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NODE_USE_ENV_PROXY: "1" },
  });
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (signal !== null) throw new Error("took too long and was stopped");
  if (code !== 0) throw new Error(output.trim().split("\n")[0] || `exit code ${code}`);
}

async function install(folder: string): Promise<void> {
  const endGroup = () => process.kill(-process.pid, "SIGKILL");
  setTimeout(endGroup, LIMIT_MS).unref();
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && endGroup(), POLL_MS).unref();
  try {
    await PulumiCommand.install({ root: folder });
  } catch (error) {
    process.stdout.write((error as Error).message);
    process.exitCode = 1;
  }
}

if (import.meta.main) void install(process.argv[2] as string);
