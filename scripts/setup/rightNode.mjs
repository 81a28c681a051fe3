import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.mjs";
import { say } from "./say.mjs";

/**
 * The path of a Node that package.json's `engines` accepts: the running one, else the one of the package `node`, which
 * is among the development packages. Where those are not installed, this package alone is fetched into the cache.
 *
 * @param {string} root
 */
export async function ensureNode(root) {
  const { engines, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (satisfies(process.versions.node, engines.node)) return process.execPath;
  const cache = join(root, ".cache", "node");
  const packaged = nodeIn(root, devDependencies.node) ?? nodeIn(cache, devDependencies.node);
  return packaged ?? fetchNode(cache, devDependencies.node);
}

/**
 * The binary of the package `node` in a folder's node_modules, if it is there in this version.
 *
 * @param {string} folder
 * @param {string} version
 */
function nodeIn(folder, version) {
  const home = join(folder, "node_modules", "node");
  const binary = join(home, "bin", "node");
  if (!existsSync(binary)) return undefined;
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return manifest.version === version ? binary : undefined;
}

/**
 * Says whether a version is at least the one that `range` (">=24.5") names.
 *
 * @param {string} version
 * @param {string} range
 */
export function satisfies(version, range) {
  const least = range.replace(/^>=\s*/, "").split(".");
  const parts = version.split(".");
  for (const [index, part] of least.entries()) {
    const difference = Number(parts[index]) - Number(part);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * @param {string} cache
 * @param {string} version
 */
async function fetchNode(cache, version) {
  say("node", `this is Node ${process.versions.node}; fetching Node ${version} …`);
  mkdirSync(cache, { recursive: true });
  try {
    // The package's install script fetches the binary for this platform.
    await npm(cache, [
      "install",
      "--prefix",
      cache,
      "--no-save",
      "--ignore-scripts=false",
      `node@${version}`,
    ]);
    const binary = nodeIn(cache, version);
    if (binary === undefined) throw new Error(`the package node@${version} has no binary`);
    execFileSync(binary, ["--version"]);
    return binary;
  } catch (error) {
    throw new Error(
      `Node ${version} is needed, but this is Node ${process.versions.node}, and npm could not install the other. ` +
        `Install Node ${version} and run this again. ${/** @type {Error} */ (error).message}`,
    );
  }
}
