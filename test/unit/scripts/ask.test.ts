import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { CTRL_C, CTRL_D, ENTER, NO_TERMINAL, runAtTerminal } from "../../terminal.ts";

const MODULE = pathToFileURL(join(projectRoot, "scripts/steps/ask.ts")).href;

/** Asks at a terminal, and gives what a script gets to hear. */
async function heard(question: string, keys: string) {
  const program = `
    import { ask, askFor, exitCodeOf } from ${JSON.stringify(MODULE)};
    try {
      console.log("answer: " + JSON.stringify(await ${question}));
    } catch (error) {
      console.log("error: " + error.message);
      process.exitCode = exitCodeOf(error);
    }`;
  const args = ["--input-type=module", "--eval", program];
  const { code, shown } = await runAtTerminal(args, [[/(:|\(yes\/no\)) $/, keys]]);
  return { code, last: shown.trim().split(/\r?\n/).at(-1) };
}

describe("a question at a terminal", { skip: NO_TERMINAL }, () => {
  it("takes a text without the spaces at its ends", async () => {
    const { code, last } = await heard('askFor("the id:", "--id")', `  a b ${ENTER}`);
    assert.deepEqual([code, last], [0, 'answer: "a b"']);
  });

  for (const [keys, answer] of Object.entries({
    [`yes${ENTER}`]: true,
    [`Y${ENTER}`]: true,
    [`yes please${ENTER}`]: false,
    [ENTER]: false,
    [CTRL_D]: false,
  })) {
    it(`takes ${JSON.stringify(keys)} for ${answer ? "yes" : "no"}`, async () => {
      const { code, last } = await heard('ask("do it", "--yes")', keys);
      assert.deepEqual([code, last], [0, `answer: ${answer}`]);
    });
  }

  it("ends with 130 at Ctrl-C, and says that nothing was changed since", async () => {
    const { code, last } = await heard('ask("do it", "--yes")', `ye${CTRL_C}`);
    const said =
      'error: interrupted at "do it? (yes/no)"; nothing was changed since; run it again to go on';
    assert.deepEqual([code, last], [130, said]);
  });
});
