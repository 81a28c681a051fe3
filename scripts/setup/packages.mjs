import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { npm } from "./npm.mjs";
import { say } from "./say.mjs";

/** @typedef {{ version?: string, link?: boolean, dev?: boolean, optional?: boolean, peer?: boolean, devOptional?: boolean }} Locked */

/**
 * Makes node_modules what package-lock.json says; looks at one small stamp file if it already is.
 *
 * @param {string} root
 * @param {{ dev: boolean }} options whether the development packages are needed as well
 */
export async function ensurePackages(root, { dev }) {
  if (isStamped(root, dev)) return;
  const lock = join(root, ".cache", "setup.lock");
  const waiting = (/** @type {number | "unknown"} */ pid) =>
    say(
      "packages",
      `waiting for process ${pid}, which is installing the packages (lock file ${lock})`,
    );
  await withLock(lock, waiting, async () => {
    if (isStamped(root, dev)) return;
    rmSync(stampPath(root), { force: true });
    if (!isInstalled(root, dev)) await install(root, dev);
    writeFileSync(stampPath(root), stampOf(root, dev));
  });
}

/**
 * Says whether npm has installed what package-lock.json asks for, with or without the development packages.
 *
 * @param {string} root
 * @param {boolean} dev
 */
export function isInstalled(root, dev) {
  const installed = readJson(join(root, "node_modules", ".package-lock.json"));
  const locked = readJson(join(root, "package-lock.json"));
  if (installed === undefined || locked === undefined) return false;
  const wanted = Object.entries(locked.packages).filter(
    ([path, { link, dev: isDev }]) => path.includes("node_modules/") && !link && (dev || !isDev),
  );
  return wanted.every(([path, { version, optional, peer, devOptional }]) => {
    const there = installed.packages[path];
    if (there === undefined) return optional || peer || (devOptional && !dev);
    return there.version === version && existsSync(join(root, path));
  });
}

/**
 * Installs exactly what the lock file says, and leaves the lock file alone.
 *
 * @param {string} root
 * @param {boolean} dev
 */
async function install(root, dev) {
  const what = dev ? "" : " what a deployment needs";
  say("packages", `installing${what} from package-lock.json …`);
  const start = Date.now();
  try {
    await npm(root, ["ci", dev ? "--include=dev" : "--omit=dev"]);
  } catch (error) {
    throw new Error(
      `the packages could not be installed from npm's registry: ${/** @type {Error} */ (error).message}`,
    );
  }
  say("packages", `installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

/**
 * Inside node_modules, so that it goes with them.
 *
 * @param {string} root
 */
function stampPath(root) {
  return join(root, "node_modules", ".installed-from");
}

/**
 * @param {string} root
 * @param {boolean} dev
 */
function isStamped(root, dev) {
  const stamp = stampPath(root);
  if (!existsSync(stamp)) return false;
  const text = readFileSync(stamp, "utf8");
  return text === stampOf(root, true) || (!dev && text === stampOf(root, false));
}

/**
 * @param {string} root
 * @param {boolean} dev
 */
function stampOf(root, dev) {
  const hash = createHash("sha256");
  for (const file of ["package-lock.json", "package.json", "lab/package.json"]) {
    hash.update(readFileSync(join(root, file)));
  }
  return `${hash.digest("hex")} ${dev ? "all" : "without dev"}`;
}

/**
 * @param {string} path
 * @returns {{ packages: Record<string, Locked> } | undefined}
 */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
