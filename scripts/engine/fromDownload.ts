import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { say } from "../setup/say.mjs";
import { intoCache } from "./intoCache.ts";
import type { EngineSearch } from "./search.ts";
import { sdkVersion } from "./versions.ts";

/** The engine that Pulumi publishes for the SDK's version, by the Automation API's own installer. */
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
  const script = join(import.meta.dirname, "download.ts");
  const child = spawn(process.execPath, [script, folder], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NODE_USE_ENV_PROXY: "1" },
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (signal !== null) throw new Error("took too long and was stopped");
  if (code !== 0) throw new Error(said.trim().split("\n")[0] || `exit code ${code}`);
}
