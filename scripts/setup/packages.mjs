import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { npm } from "./npm.mjs";
import { say } from "./say.mjs";

/** Makes node_modules what package-lock.json says; looks at one small stamp file if it already is. */
export async function ensurePackages(root) {
  if (isStamped(root)) return;
  const lock = join(root, ".cache", "setup.lock");
  const waiting = (pid) => say("packages", `process ${pid} is installing them, waiting (${lock})`);
  await withLock(lock, waiting, async () => {
    if (isStamped(root)) return;
    rmSync(stampPath(root), { force: true });
    if (!isInstalled(root)) await install(root);
    writeFileSync(stampPath(root), fingerprint(root));
  });
}

/** Says whether what npm has installed is what package-lock.json asks for. */
export function isInstalled(root) {
  const installed = readJson(join(root, "node_modules", ".package-lock.json"));
  const wanted = readJson(join(root, "package-lock.json"));
  if (installed === undefined || wanted === undefined) return false;
  return Object.entries(wanted.packages).every(([path, { version, optional, peer }]) => {
    const there = installed.packages[path];
    if (path === "" || (there === undefined && (optional || peer))) return true;
    return there?.version === version && existsSync(join(root, path));
  });
}

/** Installs exactly what the lock file says, and leaves the lock file alone. */
async function install(root) {
  say("packages", "installing from package-lock.json …");
  const start = Date.now();
  try {
    await npm(root, ["ci", "--include=dev"]);
  } catch (error) {
    throw new Error(`the packages could not be installed from npm's registry: ${error.message}`);
  }
  say("packages", `installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** Inside node_modules, so that it goes with them. */
function stampPath(root) {
  return join(root, "node_modules", ".installed-from");
}

function isStamped(root) {
  const stamp = stampPath(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint(root);
}

function fingerprint(root) {
  const hash = createHash("sha256");
  for (const file of ["package-lock.json", "package.json"]) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
