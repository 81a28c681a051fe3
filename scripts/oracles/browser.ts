import { execFile } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import which from "which";
import { withLock } from "../setup/lock.mjs";
import { cacheFolder } from "../setup/root.ts";
import { say } from "../setup/say.mjs";
import { openApt } from "./apt.ts";
import { fetchPackages } from "./fetch.ts";
import type { Missing } from "./oracles.ts";

// Debian's Chromium without a window, apart from the other programs: it is larger than all of them.

export interface FoundBrowser {
  kind: "found";
  chromium: string;
  /** Of poppler: takes the text out of a PDF. */
  pdftotext: string;
  /** What both need in their environment. */
  env: Record<string, string>;
  /** As "name version". */
  packages: readonly string[];
}

const PACKAGES = ["chromium-headless-shell", "poppler-utils", "fonts-dejavu-core"];
const TOOLS = ["apt-get", "dpkg-deb"];

const folder = join(cacheFolder, "browser");
const root = join(folder, "root");
const STAMP = join(folder, "found.json");

/** Finds the browser that an earlier run has fetched, else fetches it from Debian's registry into .cache/browser. */
export async function findBrowser(): Promise<FoundBrowser | Missing> {
  const found = fromCache();
  if (found !== undefined) return found;
  const missing = TOOLS.filter((name) => which.sync(name, { nothrow: true }) === null);
  if (missing.length > 0) return { kind: "missing", reason: `no ${missing.join(", ")} on PATH` };
  const lock = join(cacheFolder, "browser.lock");
  const waiting = (pid: number | "unknown") =>
    say("browser", `waiting for process ${pid}, which is fetching Chromium (lock file ${lock})`);
  return withLock(lock, waiting, async () => fromCache() ?? fetchBrowser());
}

async function fetchBrowser(): Promise<FoundBrowser | Missing> {
  say("browser", "fetching Chromium from Debian (about 100 MB) …");
  const start = Date.now();
  const aptFolder = join(folder, "apt");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(aptFolder, { recursive: true });
  try {
    const apt = openApt(aptFolder);
    const failed: string[] = [];
    await apt.run(["update"]).catch((error: Error) => failed.push(error.message));
    const fetched = await fetchPackages(apt, root, PACKAGES).catch((error: Error) => {
      throw new Error([...failed, error.message].join("; "));
    });
    rmSync(aptFolder, { recursive: true });
    const packages = fetched.filter((line) => PACKAGES.some((name) => line.startsWith(`${name} `)));
    const browser = describe(packages);
    // One that lacks a library ends here with its name.
    await promisify(execFile)(browser.chromium, ["--no-sandbox", "--version"], {
      env: { ...process.env, ...browser.env },
    });
    writeFileSync(`${STAMP}.partial`, JSON.stringify({ wanted: PACKAGES, packages }, null, 2));
    renameSync(`${STAMP}.partial`, STAMP);
    say("browser", `fetched in ${Math.round((Date.now() - start) / 1000)} s`);
    return browser;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { kind: "missing", reason: (error as Error).message };
  }
}

function fromCache(): FoundBrowser | undefined {
  if (!existsSync(STAMP)) return undefined;
  const { wanted, packages } = JSON.parse(readFileSync(STAMP, "utf8"));
  return JSON.stringify(wanted) === JSON.stringify(PACKAGES) ? describe(packages) : undefined;
}

/** A program is in the folder, or was on the machine, so that apt fetched none. */
function describe(packages: readonly string[]): FoundBrowser {
  const inRoot = (pattern: string) =>
    globSync(pattern, { cwd: root }).map((path) => join(root, path));
  const [chromium = "/usr/lib/chromium/chromium-headless-shell"] = inRoot(
    "usr/lib/chromium/chromium-headless-shell",
  );
  const [pdftotext = "/usr/bin/pdftotext"] = inRoot("usr/bin/pdftotext");
  const [fonts] = inRoot("etc/fonts");
  return {
    kind: "found",
    chromium,
    pdftotext,
    env: {
      LD_LIBRARY_PATH: inRoot("{usr/,}lib/*-linux-*{,/pulseaudio}").join(":"),
      XDG_DATA_HOME: join(root, "usr/share"),
      ...(fonts !== undefined && { FONTCONFIG_PATH: fonts }),
    },
    packages,
  };
}
