// The engine built from its Go module, as our go.mod and go.sum pin it, for machines that can't download one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import which from "which";
import { say } from "../setup/say.mjs";
import { intoCache } from "./cache.ts";
import { type EngineSearch, GO_MODULE_FOLDER, moduleVersion } from "./engine.ts";

const COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const PROGRESS_MS = 10_000;
const TAIL_LINES = 10;

/** The host of dynamic providers: its file name, and the module of @pulumi/pulumi that it is. */
const HOST = "pulumi-resource-pulumi-nodejs";
const HOST_MODULE = "@pulumi/pulumi/cmd/dynamic-provider";

/** Builds the engine into the cache. */
export async function fromBuild(): Promise<EngineSearch> {
  const version = moduleVersion();
  const go = which.sync("go", { nothrow: true });
  if (go === null) return { kind: "missing", reason: "build: no `go` on PATH" };
  try {
    return await intoCache(version, "build", async (folder) => {
      await build(go, version, join(folder, "bin", "pulumi"));
      writeLauncher(join(folder, "bin"));
    });
  } catch (error) {
    return { kind: "missing", reason: `build of ${version}: ${(error as Error).message}` };
  }
}

async function build(go: string, version: string, output: string): Promise<void> {
  const start = Date.now();
  const progress = (what: string) => {
    const seconds = Math.round((Date.now() - start) / 1000);
    const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    say("engine", `${what} (${elapsed})`);
  };
  const every = async <T>(describe: () => string, work: Promise<T>): Promise<T> => {
    const timer = setInterval(() => progress(describe()), PROGRESS_MS);
    return work.finally(() => clearInterval(timer));
  };

  progress(`building pulumi ${version} from its Go module, once; about 4 minutes on two cores`);
  let modules = 0;
  const stale = await every(
    () => `fetching Go modules, ${modules} so far`,
    runGo(
      go,
      ["list", "-mod=readonly", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", COMMAND],
      () => {
        modules += 1;
      },
    ),
  );
  const total = stale.split("\n").filter((line) => line !== "").length;
  let compiled = 0;
  const ldflags = `-s -w -X ${VERSION_VARIABLE}=v${version}`;
  const args = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", ldflags];
  await every(
    () =>
      compiled < total
        ? `compiling, ${compiled} of ${total} packages`
        : `linking, all ${total} packages are compiled`,
    runGo(go, [...args, "-o", output, COMMAND], () => {
      compiled += 1;
    }),
  );
  progress(`built pulumi ${version}`);
}

/**
 * Runs go in the module's folder, and ends it with this process.
 *
 * @param onLine called for each line on stderr: a module that is fetched, a package that is compiled
 * @returns what it wrote to stdout
 */
async function runGo(go: string, args: readonly string[], onLine: () => void): Promise<string> {
  const child = spawn(go, args, {
    cwd: GO_MODULE_FOLDER,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, GOWORK: "off" },
  });
  const stop = () => child.kill();
  process.once("SIGTERM", stop);
  const tail: string[] = [];
  createInterface(child.stderr).on("line", (line) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    onLine();
  });
  try {
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
    if (code === 0) return output;
    throw new Error(`\`go ${args[0]}\` failed:\n  ${tail.join("\n  ")}`);
  } finally {
    process.off("SIGTERM", stop);
  }
}

/**
 * Writes what an engine built from its Go module lacks: the launcher of dynamic providers that a release brings. The engine
 * starts it in the project's folder, whose @pulumi/pulumi it loads; `exec`, so that its signals reach Node.
 */
export function writeLauncher(binFolder: string): void {
  const script = `#!/bin/sh
# The module is looked up from the folder that the engine starts this in.
module=$(node -p 'require.resolve("${HOST_MODULE}")') || exit 1
exec node "$module" "$@"
`;
  writeFileSync(join(binFolder, HOST), script, { mode: 0o755 });
}
