import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.mjs";
import { say } from "./say.mjs";

/**
 * Whether package.json's `engines` accepts the running Node.
 *
 * @param {string} root
 */
export function isNodeRight(root) {
  return satisfies(process.versions.node, readManifest(root).engines.node);
}

/**
 * The path of a Node that package.json's `engines` accepts: the running one, or the one that the
 * package `node` brings (its install script fetches the binary for this platform).
 *
 * @param {string} root
 */
export async function ensureNode(root) {
  if (isNodeRight(root)) return process.execPath;
  const { engines, devDependencies } = readManifest(root);

  const binary = join(root, "node_modules", "node", "bin", "node");
  const packaged = join(root, "node_modules", "node", "package.json");
  if (!existsSync(binary)) await fetchBinary(root, devDependencies.node);
  const { version } = JSON.parse(readFileSync(packaged, "utf8"));
  if (!existsSync(binary) || !satisfies(version, engines.node)) {
    throw new Error(cannotHave(engines.node, `the package node@${version} has no usable binary`));
  }
  return binary;
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

/** @param {string} root */
function readManifest(root) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

/**
 * @param {string} root
 * @param {string} version
 */
async function fetchBinary(root, version) {
  say("node", `this is Node ${process.versions.node}; fetching Node ${version} …`);
  try {
    await npm(root, ["rebuild", "node", "--ignore-scripts=false", "--foreground-scripts"]);
    execFileSync(join(root, "node_modules", "node", "bin", "node"), ["--version"]);
  } catch (error) {
    throw new Error(cannotHave(version, /** @type {Error} */ (error).message));
  }
}

/**
 * @param {string} wanted
 * @param {string} why
 */
function cannotHave(wanted, why) {
  return (
    `Node ${wanted} is needed, this is ${process.versions.node}, and the one from npm could not be had. ` +
    `Install Node 24 and run this again. ${why}`
  );
}
