// The commands that the docs tell people to run, at night too: each script exists and takes the options.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { projectRoot } from "../../../scripts/setup/root.ts";

/** Scripts that read their options in one file: of the lab and of Pulumi others say what they take. */
const ELSEWHERE = ["lab", "test", "pulumi", "mutate"];

const read = (path: string): string => readFileSync(join(projectRoot, path), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** A command up to the end of its line, of its code, or of the clause that it stands in. */
const COMMAND = /npm run (?:--silent )?([a-z-]+)( -- (?:[^`'\n#,]|'[^']*'|,(?=\S))*)?/g;

/** The options that the scripts of a folder declare. */
function optionsIn(folder: string): string[] {
  const files = readdirSync(join(projectRoot, folder)).filter((name) => name.endsWith(".ts"));
  const sources = files.map((name) => read(join(folder, name)));
  const declared = /^ {2}"?([a-z-]+)"?: \{ type: "(?:string|boolean)"/gm;
  return ["help", ...[...sources.join("\n").matchAll(declared)].map(([, option = ""]) => option)];
}

describe("the commands of a page exist, with their options:", () => {
  const names = readdirSync(join(projectRoot, "docs"), { recursive: true, encoding: "utf8" });
  const pages = names.filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  for (const page of [...pages, "README.md", "CONTRIBUTING.md"]) {
    it(page, () => {
      const commands = read(page).matchAll(COMMAND);
      for (const [command, name = "", rest = ""] of commands) {
        const script = scripts[name];
        assert.ok(script, command);
        if (ELSEWHERE.includes(name)) continue;
        const taken = optionsIn(dirname(script.split(" ").at(-1) ?? ""));
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
