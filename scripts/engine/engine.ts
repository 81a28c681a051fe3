// What an engine is, which versions of it are meant, and the environment it runs in.
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import which from "which";
import { cacheFolder } from "../setup/root.ts";

/** An engine that can be run. */
export interface FoundEngine {
  kind: "found";
  /** Absolute path of the `pulumi` executable. */
  pulumi: string;
  /** The folder it lies in, with the plugins and launchers that belong to it. */
  binFolder: string;
  version: string;
  from: "PATH" | "cache" | "download" | "build";
  /** Whether it can start a Node program by itself; without, the program runs inline only. */
  languageHost: boolean;
}

export interface MissingEngine {
  kind: "missing";
  /** Each way that was tried, and why it failed. */
  reason: string;
}

/** The result of a search for an engine. */
export type EngineSearch = FoundEngine | MissingEngine;

/** The oldest engine that is known to work with the SDK in use. */
export const MINIMUM_VERSION = "3.250.0";

/** The Go module that the engine can be built from, beside this file. */
export const GO_MODULE_FOLDER = join(import.meta.dirname, "go");

/** The SDK's own version; `PulumiCommand.install` fetches the engine of the same one. */
export function sdkVersion(): string {
  const entry = fileURLToPath(import.meta.resolve("@pulumi/pulumi"));
  const manifest = readFileSync(join(entry, "../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The version that the committed go.mod pins: of the SDK's minor version. */
export function moduleVersion(): string {
  const goMod = readFileSync(join(GO_MODULE_FOLDER, "go.mod"), "utf8");
  const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(goMod)?.[1];
  if (version === undefined) {
    throw new Error("scripts/engine/go/go.mod: it must require github.com/pulumi/pulumi/pkg/v3");
  }
  return version;
}

/** Where the engine of a version is kept. */
export function engineFolder(version: string): string {
  return join(cacheFolder, "engine", version);
}

/** Describes an executable that is known to be an engine of that version. */
export function describeEngine(
  pulumi: string,
  version: string,
  from: FoundEngine["from"],
): FoundEngine {
  const binFolder = dirname(pulumi);
  const path = [binFolder, process.env.PATH ?? ""].join(delimiter);
  const languageHost = which.sync("pulumi-language-nodejs", { path, nothrow: true }) !== null;
  return { kind: "found", pulumi, binFolder, version, from, languageHost };
}

/**
 * Settings of every engine, ours or a user's own: no check for updates; what a resource's change is, is asked for several
 * at a time, which takes a tenth off the preview of 100 domains. An engine may fetch plugins, except in the lab: see
 * lab/stack/plugins.ts.
 */
export const ENGINE_SETTINGS = {
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_PARALLEL_DIFF: "true",
} as const;

/**
 * The environment an engine runs in (for `envVars` of a workspace, or a child's `env`): its own folder and this
 * Node's first on PATH, and ENGINE_SETTINGS.
 */
export function engineEnv(engine: FoundEngine): Record<string, string> {
  const node = dirname(process.execPath);
  // A folder that was on PATH already may hold an older Node; ours in the cache holds none.
  const first = engine.from === "PATH" ? [node, engine.binFolder] : [engine.binFolder, node];
  return {
    PATH: [...first, process.env.PATH ?? ""].join(delimiter),
    ...ENGINE_SETTINGS,
  };
}
