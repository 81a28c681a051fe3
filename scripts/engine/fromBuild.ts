import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { say } from "../setup/say.mjs";
import { intoCache } from "./intoCache.ts";
import { writeLaunchers } from "./launchers.ts";
import { onPath } from "./onPath.ts";
import type { EngineSearch } from "./search.ts";
import { GO_MODULE_FOLDER, moduleVersion } from "./versions.ts";

const COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const PROGRESS_MS = 20_000;
const TAIL_LINES = 10;

/** The engine built from its Go module, as our go.mod and go.sum pin it. */
export async function fromBuild(): Promise<EngineSearch> {
  const version = moduleVersion();
  const go = onPath("go");
  if (go === undefined) return { kind: "missing", reason: "build: no `go` on PATH" };
  try {
    return await intoCache(version, "build", async (folder) => {
      await build(go, version, join(folder, "bin", "pulumi"));
      writeLaunchers(join(folder, "bin"));
    });
  } catch (error) {
    return { kind: "missing", reason: `build of ${version}: ${(error as Error).message}` };
  }
}

async function build(go: string, version: string, output: string): Promise<void> {
  const stopProgress = showProgress(version);
  const ldflags = `-s -w -X ${VERSION_VARIABLE}=v${version}`;
  const args = ["build", "-mod=readonly", "-buildvcs=false", "-ldflags", ldflags];
  const child = spawn(go, [...args, "-o", output, COMMAND], {
    cwd: GO_MODULE_FOLDER,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, GOWORK: "off" },
  });
  const stop = () => child.kill();
  process.once("SIGTERM", stop);
  try {
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    if (code === 0) return;
    const tail = said.trim().split("\n").slice(-TAIL_LINES).join("\n  ");
    throw new Error(`\`go build\` failed:\n  ${tail}`);
  } finally {
    process.off("SIGTERM", stop);
    stopProgress();
  }
}

function showProgress(version: string): () => void {
  const start = Date.now();
  const show = () => {
    const seconds = Math.round((Date.now() - start) / 1000);
    const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const what = `building pulumi ${version} from its Go module`;
    say("engine", `${what}, the first time takes about 4 minutes (${elapsed}) …`);
  };
  show();
  const timer = setInterval(show, PROGRESS_MS);
  return () => clearInterval(timer);
}
