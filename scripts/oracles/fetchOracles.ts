import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { say } from "../setup/say.mjs";
import { openApt } from "./apt.ts";
import { debianFolder, intoCache, rootFolder, suiteFolder } from "./cached.ts";
import { fetchPackages } from "./fetchPackages.ts";
import { fetchSuite } from "./fetchSuite.ts";
import type { OracleSearch } from "./search.ts";
import { CLIENTS } from "./wanted.ts";

/** Fetches the programs into the cache, in place of what is there. Call it with the lock held. */
export async function fetchOracles(): Promise<OracleSearch> {
  const what = `pyspf, dkimpy, authheaders, named-checkzone, ${CLIENTS.join(", ")} from Debian (up to 35 MB)`;
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
    const packages = await fetchPackages(apt, rootFolder).catch((error: Error) => {
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
