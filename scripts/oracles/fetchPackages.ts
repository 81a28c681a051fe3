import { globSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Apt } from "./apt.ts";
import { command } from "./command.ts";
import { PACKAGES } from "./wanted.ts";

/**
 * Downloads the packages and what they need, and unpacks them into a folder; nothing is installed.
 *
 * @returns "name version" of each
 * @throws Error with apt's words
 */
export async function fetchPackages(apt: Apt, root: string): Promise<string[]> {
  const options = ["--yes", "--download-only", "--no-upgrade", "--no-remove"];
  await apt.run(["install", ...options, "--no-install-recommends", ...PACKAGES]);
  mkdirSync(root, { recursive: true });
  const files = globSync("*.deb", { cwd: apt.archives }).sort();
  for (const file of files) await command("dpkg-deb", ["-x", join(apt.archives, file), root], root);
  return files.map(nameAndVersion);
}

/** "name_1%3a2.0-3_all.deb". */
function nameAndVersion(file: string): string {
  const [name, version] = basename(file).split("_");
  return `${name} ${decodeURIComponent(version ?? "")}`;
}
