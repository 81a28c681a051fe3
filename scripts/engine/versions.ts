import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../setup/root.ts";

/** The oldest engine we know to work with the SDK in use. */
export const MINIMUM_VERSION = "3.250.0";

/** The Go module the engine can be built from, beside this file. */
export const GO_MODULE_FOLDER = join(import.meta.dirname, "go");

/** The SDK's own version; `PulumiCommand.install` fetches the engine of the same one. */
export function sdkVersion(): string {
  const entry = fileURLToPath(import.meta.resolve("@pulumi/pulumi"));
  const manifest = readFileSync(join(entry, "../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The version that the committed go.mod pins. */
export function moduleVersion(): string {
  const goMod = readFileSync(join(GO_MODULE_FOLDER, "go.mod"), "utf8");
  const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(goMod)?.[1];
  if (version === undefined) {
    throw new Error("scripts/engine/go/go.mod: it must require github.com/pulumi/pulumi/pkg/v3");
  }
  return version;
}

/** Says whether a release version ("3.259.0") is at least another one. */
export function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) >= 0;
}

/** Where the engine of a version is kept. */
export function engineFolder(version: string): string {
  return join(cacheFolder, "engine", version);
}
