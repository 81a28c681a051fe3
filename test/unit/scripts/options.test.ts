// What every script says of options that can't be meant.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";

const PROGRAM = `
  import { readOptions } from "./scripts/setup/options.ts";
  const options = { sender: { type: "string" }, stack: { type: "string", multiple: true }, yes: { type: "boolean" } };
  console.log(JSON.stringify(readOptions("script", "the help", options)));`;

function run(...args: string[]) {
  const node = ["--input-type=module", "--eval", PROGRAM, "--", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { encoding: "utf8" });
  return { status, stdout, first: stderr.split("\n")[0] };
}

describe("options of a script", () => {
  it("are read, those that may be repeated each time", () => {
    const { status, stdout } = run("--sender", "crm", "--stack", "a", "--stack", "b", "--yes");
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), { sender: "crm", stack: ["a", "b"], yes: true });
  });

  it("let a pipe be closed before everything is written", () => {
    const much = `${PROGRAM}\n  process.stdout.write("x\\n".repeat(1_000_000));`;
    const command = `"$0" --input-type=module --eval "$1" | head -1; exit "\${PIPESTATUS[0]}"`;
    const { status, stderr } = spawnSync("bash", ["-c", command, process.execPath, much], {
      encoding: "utf8",
    });
    assert.deepEqual([status, stderr], [0, ""]);
  });

  for (const [what, args, says] of [
    ["given twice where one counts", ["--sender", "a", "--sender", "b"], /--sender is given twice/],
    ["without a value", ["--sender", ""], /--sender has no value/],
    ["with nothing but spaces", ["--stack=  "], /--stack has no value/],
    ["unknown", ["--sendr", "a"], /Unknown option '--sendr'/],
  ] as const) {
    it(`${what} end with 2, the sentence and the help`, () => {
      const { status, stdout, first } = run(...args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(first ?? "", says);
    });
  }
});
