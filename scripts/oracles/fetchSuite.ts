import { globSync, mkdirSync } from "node:fs";
import type { Apt } from "./apt.ts";
import { command } from "./command.ts";
import type { Missing } from "./search.ts";
import { SUITE } from "./wanted.ts";

/** Downloads the source package with OpenSPF's suite, and takes the suite and its licence out of it. */
export async function fetchSuite(apt: Apt, folder: string): Promise<{ kind: "found" } | Missing> {
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
