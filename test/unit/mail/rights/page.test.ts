// The table of rights in the how-to is that of the data.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { APP_NAMES, rightsOf } from "../../../../mail/rights/rights.ts";
import { needsOf } from "../../../../providers/kinds.ts";
import { projectRoot } from "../../../../scripts/setup/root.ts";
import { configOf, STACKS } from "./stacks.ts";

const titleOf = (name: string, extra: string | undefined): string =>
  extra === undefined ? name : `${name} for --extra ${extra}`;

describe("the how-to", () => {
  it("lists for each app the rights that stacks need, and no others", async () => {
    const page = await readFile(join(projectRoot, "docs/how-to/prepare-the-tenant.md"), "utf8");
    const section = page.split("## What each app needs")[1]?.split("\n## ")[0] ?? "";
    const rows = section.split("\n").filter((line) => /^\| (?!Right|-)/.test(line));
    const told = rows.map((line) => {
      const [, right = "", deploy = "", read = ""] = line.split("|").map((cell) => cell.trim());
      const name = right.replace(/^the right to give /, "give ").replaceAll(/[`*]/g, "");
      const extra = /^`--extra (\S+)`$/.exec(deploy)?.[1];
      const [isOfDeploy, isOfRead] = [deploy, read].map((cell) => cell !== "");
      return { name, extra, deploy: isOfDeploy, read: isOfRead };
    });
    for (const app of APP_NAMES) {
      const needed = Object.values(STACKS).flatMap(({ senders, more }) =>
        rightsOf(configOf(senders, more), needsOf)[app].map(({ kind, name, extra }) =>
          titleOf(kind === "delegating" ? `give ${name}` : name, extra),
        ),
      );
      const listed = told.filter((row) => row[app]).map(({ name, extra }) => titleOf(name, extra));
      assert.deepEqual(listed.toSorted(), [...new Set(needed)].toSorted(), app);
    }
  });

  it("README names no permission that no stack needs", async () => {
    const readme = await readFile(join(projectRoot, "README.md"), "utf8");
    const needed = Object.values(STACKS).flatMap(({ senders, more }) => {
      const { deploy, read } = rightsOf(configOf(senders, more), needsOf);
      return [...deploy, ...read].map(({ name }) => name);
    });
    const named = readme.match(/\b[A-Z][\w-]+\.(?:Read|ReadWrite)\.All\b/g) ?? [];
    assert.deepEqual(
      named.filter((name) => !needed.includes(name)),
      [],
    );
  });
});
