import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArgs } from "node:util";
import { sentence } from "../../../mail/problem.ts";
import { rightsOf } from "../../../mail/rights/rights.ts";
import { needsOf } from "../../../providers/kinds.ts";
import { extrasOf, HELP, misuseOf, options } from "../../../scripts/bootstrap/usage.ts";
import { configOf, SENDERS } from "../mail/rights/stacks.ts";

const misuse = (...args: string[]) => misuseOf(parseArgs({ args, options }).values);

describe("the options of bootstrap", () => {
  for (const args of [
    ["--github", "contoso/relay", "--yes", "--extra", "purge", "--customize-organization"],
    ["--check", "--directory-role", "--json"],
    ["--remove", "--yes", "--dry-run", "--json"],
    ["--adopt", "--tenant", "x", "--dry-run", "--json"],
  ]) {
    it(`go together: ${args.join(" ")}`, () => {
      assert.equal(misuse("--stack", "prod", ...args), undefined);
    });
  }

  it("are refused where they would be ignored", () => {
    const values: Readonly<Record<string, readonly string[]>> = {
      "--check": ["github", "gitlab", "azure-devops", "certificate", "extra", "yes", "dry-run"],
      "--remove": ["github", "certificate", "directory-role", "extra", "customize-organization"],
      "--adopt": ["github", "gitlab", "certificate", "directory-role", "extra", "yes"],
    };
    for (const [mode, names] of Object.entries(values)) {
      for (const name of names) {
        const { type } = options[name as keyof typeof options];
        const said = misuse(
          "--stack",
          "prod",
          mode,
          `--${name}`,
          ...(type === "string" ? ["x"] : []),
        );
        assert.equal(said, `${mode} does not take --${name}; leave one of them out`);
      }
    }
    assert.equal(misuse("--stack", "prod", "--tenant", "x"), "--tenant goes with --adopt");
    assert.match(misuse("--stack", "prod", "--check", "--adopt") ?? "", /exclude each other/);
    assert.equal(misuse("--yes"), "--stack is missing");
  });

  it("are all in the help, and none else is", () => {
    const told = [...HELP.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
    assert.deepEqual(told.toSorted(), Object.keys(options).toSorted());
  });
});

describe("--extra", () => {
  const asked = (senders: readonly object[], ...names: string[]) => {
    const found = extrasOf(names, rightsOf(configOf(senders), needsOf).deploy);
    return [found.names, found.problems.map(sentence)];
  };

  it("takes the rights that the stack has a use for", () => {
    assert.deepEqual(asked([SENDERS.secret], "purge", "sign-in-log"), [
      ["purge", "sign-in-log"],
      [],
    ]);
  });

  it("refuses any other", () => {
    assert.deepEqual(asked([SENDERS.password], "sign-in-log", "x"), [
      [],
      [
        '--extra: "sign-in-log" gives a right that no sender of this stack needs; use purge or policies, or leave it out',
        '--extra: "x" is no such right; use purge or policies, or leave it out',
      ],
    ]);
    assert.deepEqual(asked([SENDERS.connector], "purge"), [
      [],
      [
        '--extra: "purge" gives a right that no sender of this stack needs; leave it out: this stack has no use for any',
      ],
    ]);
  });
});
