// Every import rule fails on a file that breaks it, and on none that keeps it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { projectRoot } from "../../../scripts/setup/root.ts";

/** Imports by file: forbidden ones with the rule that says so, allowed ones with none. */
const IMPORTS: [from: string, to: string, rule?: string][] = [
  ["mail/a.ts", "tenant/x.ts", "mail-imports"],
  ["mail/b.ts", "mail/x.ts"],
  ["tenant/a.ts", "mail/x.ts"],
  ["tenant/b.ts", "zone/x.ts", "tenant-imports"],
  ["lab/src/a.ts", "mail/x.ts", "lab-src-imports"],
  ["lab/src/b.ts", "providers/x.ts", "lab-src-imports"],
  ["lab/src/c.ts", "index.ts", "lab-src-imports"],
  ["lab/src/d.ts", "test/x.ts", "lab-src-imports"],
  ["lab/src/e.ts", "lab/story/x.ts", "lab-src-imports"],
  ["lab/plugins/a.ts", "providers/x.ts", "lab-plugins-imports"],
  ["lab/plugins/b.ts", "lab/src/x.ts"],
  ["lab/story/a.ts", "lab/src/x.ts"],
  ["lab/story/b.ts", "index.ts"],
  ["providers/a.ts", "components/x.ts", "providers-imports"],
  ["providers/b.ts", "config/x.ts", "providers-imports"],
  ["providers/c.ts", "lab/src/x.ts", "providers-imports"],
  ["providers/d.ts", "tenant/x.ts"],
  ["components/a.ts", "tenant/x.ts", "components-imports"],
  ["components/b.ts", "providers/x.ts"],
  ["config/a.ts", "tenant/x.ts", "config-imports"],
  ["config/b.ts", "mail/x.ts"],
  ["scripts/engine/d.ts", "config/x.ts"],
  ["index.ts", "mail/x.ts", "index-imports"],
  ["scripts/dns/a.ts", "lab/src/x.ts", "scripts-imports"],
  ["scripts/engine/a.ts", "providers/x.ts", "scripts-imports"],
  ["scripts/adopt/a.ts", "providers/x.ts"],
  ["scripts/adopt/b.ts", "lab/src/x.ts", "scripts-adopt-imports"],
  ["scripts/engine/b.ts", "test/x.ts", "scripts-imports"],
  ["scripts/check/generated.ts", "lab/stack/x.ts"],
  ["scripts/engine/c.ts", "index.ts"],
  ["scripts/dns/b.ts", "tenant/x.ts"],
  ["test/a.ts", "lab/src/x.ts"],
  ["test/b.ts", "components/x.ts"],
  ["test/c.ts", "program.ts", "one-program"],
  ["test/d.ts", "mail/nothing.ts", "resolvable"],
  ["tenant/d.ts", "production-package"],
  ["tenant/e.ts", "development-package", "no-development-package"],
  ["scripts/engine/e.ts", "development-package", "no-development-package"],
  ["scripts/engine/f.ts", "no-such-package", "resolvable"],
  ["scripts/test/a.ts", "development-package"],
  ["mail/circle1.ts", "mail/circle2.ts", "no-circles"],
  ["mail/circle2.ts", "mail/circle1.ts", "no-circles"],
];

/** Not the name of a package. */
const isPath = (target: string) => target.endsWith(".ts");

describe("import rules", () => {
  const folder = mkdtempSync(join(tmpdir(), "imports-"));
  after(() => rmSync(folder, { recursive: true }));
  let broken: { from: string; rule: { name: string }; cycle?: { name: string }[] }[];

  before(async () => {
    const targets = IMPORTS.map(([, to]) => to).filter(
      (to) => to !== "mail/nothing.ts" && isPath(to),
    );
    for (const path of [...targets, ...IMPORTS.map(([from]) => from)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      const to = IMPORTS.find(([from]) => from === path)?.[1];
      const up = "../".repeat(path.split("/").length - 1) || "./";
      const from = to !== undefined && isPath(to) ? `${up}${to}` : to;
      const text = from === undefined ? "export const x = 1;" : `import type {} from "${from}";`;
      writeFileSync(join(folder, path), `${text}\n`);
    }
    for (const name of ["production-package", "development-package"]) {
      const packageFolder = join(folder, "node_modules", name);
      mkdirSync(packageFolder, { recursive: true });
      writeFileSync(
        join(packageFolder, "package.json"),
        JSON.stringify({ name, main: "index.js" }),
      );
      writeFileSync(join(packageFolder, "index.js"), "");
    }
    const manifest = {
      dependencies: { "production-package": "1.0.0" },
      devDependencies: { "development-package": "1.0.0" },
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json"]) {
      copyFileSync(join(projectRoot, file), join(folder, file));
    }
    const cruise = join(projectRoot, "node_modules", ".bin", "depcruise");
    const args = [cruise, "--config", ".dependency-cruiser.mjs", "--output-type", "json", "."];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    broken = JSON.parse(stdout).summary.violations;
  });

  for (const [from, to, rule] of IMPORTS) {
    it(`${rule === undefined ? "allows" : "refuses"} ${from} -> ${to}`, () => {
      // A circle is reported once, for one of its files.
      const names = broken
        .filter((found) => found.from === from || found.cycle?.some(({ name }) => name === from))
        .map((found) => found.rule.name);
      assert.deepEqual(names, rule === undefined ? [] : [rule]);
    });
  }
});
