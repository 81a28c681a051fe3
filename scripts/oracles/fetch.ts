import { globSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { say } from "../setup/say.mjs";
import { type Apt, command, openApt } from "./apt.ts";
import { debianFolder, intoCache, rootFolder, suiteFolder } from "./cache.ts";
import { CLIENTS, type Missing, type OracleSearch, PACKAGES, SERVERS, SUITE } from "./oracles.ts";

/** Fetches the programs into the cache, in place of what is there. Call it with the lock held. */
export async function fetchOracles(): Promise<OracleSearch> {
  const programs = [...CLIENTS, ...SERVERS].join(", ");
  const what = `pyspf, dkimpy, authheaders, OpenDMARC, named-checkzone, ${programs} from Debian (up to 40 MB)`;
  say("oracles", `fetching ${what} …`);
  const start = Date.now();
  const aptFolder = join(debianFolder, "apt");
  rmSync(debianFolder, { recursive: true, force: true });
  mkdirSync(aptFolder, { recursive: true });
  try {
    const apt = openApt(aptFolder);
    // A list that fails may be one that is not needed: what is missing then shows below.
    const failed: string[] = [];
    await apt.run(["update"]).catch((error: Error) => failed.push(error.message));
    const packages = await fetchPackages(apt, rootFolder, PACKAGES).catch((error: Error) => {
      throw new Error([...failed, error.message].join("; "));
    });
    const suite = await fetchSuite(apt, suiteFolder);
    rmSync(aptFolder, { recursive: true });
    say("oracles", `fetched in ${Math.round((Date.now() - start) / 1000)} s`);
    return intoCache({ packages, suite });
  } catch (error) {
    rmSync(debianFolder, { recursive: true, force: true });
    return { kind: "missing", reason: (error as Error).message };
  }
}

/**
 * Downloads the packages and what they need, and unpacks them into a folder; nothing is installed.
 *
 * @returns "name version" of each
 * @throws Error with apt's words
 */
export async function fetchPackages(
  apt: Apt,
  root: string,
  packages: readonly string[],
): Promise<string[]> {
  const options = ["--yes", "--download-only", "--no-upgrade", "--no-remove"];
  await apt.run(["install", ...options, "--no-install-recommends", ...packages]);
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

/** Downloads the source package with OpenSPF's suite, and takes the suite and its licence out of it. */
async function fetchSuite(apt: Apt, folder: string): Promise<{ kind: "found" } | Missing> {
  try {
    mkdirSync(folder, { recursive: true });
    await apt.run(["source", "--download-only", "--tar-only", SUITE.source], folder);
    const [tar] = globSync(`${SUITE.source}_*.orig.tar.*`, { cwd: folder });
    if (tar === undefined) throw new Error(`the source package ${SUITE.source} has no tar file`);
    const members = ["--wildcards", `*/${SUITE.file}`, "*/rfc7208-tests.LICENSE"];
    await command("tar", ["-xf", tar, "--strip-components=2", ...members], folder);
    return { kind: "found" };
  } catch (error) {
    return { kind: "missing", reason: (error as Error).message };
  }
}
