import { existsSync, globSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheFolder } from "../setup/root.ts";
import { type FoundOracles, type Missing, PACKAGES, SUITE } from "./oracles.ts";

/** Where everything fetched lies: `root` as a file system would have it, `suite`. */
export const debianFolder = join(cacheFolder, "debian");
export const rootFolder = join(debianFolder, "root");
export const suiteFolder = join(debianFolder, "suite");

/** Not the first on PATH: that may be another Python, without the packages of Debian's. */
const SYSTEM_PYTHON = "/usr/bin/python3";
/** How long a suite that could not be fetched is not asked for again. */
const SUITE_MISSING_FOR_MS = 24 * 3_600_000;

/** What a fetch writes last of all, so that an unfinished one is not taken for a whole one. */
interface Stamp {
  wanted: string;
  packages: string[];
  suite: { kind: "found" } | Missing;
}

const STAMP = join(debianFolder, "found.json");
const WANTED = JSON.stringify([PACKAGES, SUITE]);

/** The programs that an earlier run has fetched. */
export function fromCache(): FoundOracles | undefined {
  if (!existsSync(STAMP)) return undefined;
  const stamp: Stamp = JSON.parse(readFileSync(STAMP, "utf8"));
  const age = Date.now() - statSync(STAMP).mtimeMs;
  const mayRetry = stamp.suite.kind === "missing" && age > SUITE_MISSING_FOR_MS;
  return stamp.wanted === WANTED && !mayRetry ? describe(stamp) : undefined;
}

/** Records that everything was fetched. */
export function intoCache(fetched: Omit<Stamp, "wanted">): FoundOracles {
  const stamp = { wanted: WANTED, ...fetched };
  writeFileSync(`${STAMP}.partial`, JSON.stringify(stamp, null, 2));
  renameSync(`${STAMP}.partial`, STAMP);
  return describe(stamp);
}

function describe({ packages, suite }: Stamp): FoundOracles {
  const [namedCheckzone = "named-checkzone"] = inRoot("usr/{s,}bin/named-checkzone");
  return {
    kind: "found",
    python: existsSync(SYSTEM_PYTHON) ? SYSTEM_PYTHON : join(rootFolder, SYSTEM_PYTHON),
    namedCheckzone,
    root: rootFolder,
    clients: join(rootFolder, "usr/bin"),
    env: {
      PYTHONPATH: join(rootFolder, "usr/lib/python3/dist-packages"),
      PYTHONNOUSERSITE: "1",
      PERL5LIB: inRoot("usr/{share,lib/*-linux-*}/{perl5,perl5/5.*,perl/5.*}").join(":"),
      LD_LIBRARY_PATH: [...inRoot("{usr/,}lib/*-linux-*"), ...inRoot("usr/lib")].join(":"),
      ORACLE_ROOT: rootFolder,
    },
    packages,
    suite:
      suite.kind === "found"
        ? { kind: "found", file: join(suiteFolder, basename(SUITE.file)) }
        : suite,
  };
}

function inRoot(pattern: string): string[] {
  return globSync(pattern, { cwd: rootFolder }).map((path) => join(rootFolder, path));
}
