// The commands that the docs tell people to run, at night too: each script exists and takes the options.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { projectRoot } from "../../../scripts/setup/root.ts";

/** Scripts that read their options in one file: of the lab and of Pulumi others say what they take. */
const ELSEWHERE = ["lab", "test", "pulumi", "mutate"];

const read = (path: string): Promise<string> => readFile(join(projectRoot, path), "utf8");
const { scripts } = JSON.parse(await read("package.json")) as { scripts: Record<string, string> };

/** A command up to the end of its line, of its code, or of the clause that it stands in. */
const COMMAND = /npm run (?:--silent )?([a-z-]+)( -- (?:[^`'\n#,]|'[^']*'|,(?=\S))*)?/g;

/** The options that the scripts of a folder declare. */
async function optionsIn(folder: string): Promise<string[]> {
  const files = (await readdir(join(projectRoot, folder))).filter((name) => name.endsWith(".ts"));
  const sources = await Promise.all(files.map((name) => read(join(folder, name))));
  const declared = /^ {2}"?([a-z-]+)"?: \{ type: "(?:string|boolean)"/gm;
  return ["help", ...[...sources.join("\n").matchAll(declared)].map(([, option = ""]) => option)];
}

describe("the commands of a page exist, with their options:", async () => {
  const names = await readdir(join(projectRoot, "docs"), { recursive: true });
  const pages = names.filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  for (const page of [...pages, "README.md", "CONTRIBUTING.md"]) {
    it(page, async () => {
      const commands = (await read(page)).matchAll(COMMAND);
      for (const [command, name = "", rest = ""] of commands) {
        const script = scripts[name];
        assert.ok(script, command);
        if (ELSEWHERE.includes(name)) continue;
        const taken = await optionsIn(dirname(script.split(" ").at(-1) ?? ""));
        const given = rest.replace(/'[^']*'/g, "").matchAll(/(?<=[\s[])--([a-z-]+)/g);
        const options = [...given].map(([, option = ""]) => option);
        assert.deepEqual(
          options.filter((option) => !taken.includes(option)),
          [],
          command,
        );
      }
    });
  }
});
