// A drawn password is a secret of the engine's: encrypted in state, hidden in output, the same until it is to be another.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Password } from "../../providers/resources.ts";
import { filesIn, withFixture } from "./fixture.ts";

describe("a password on the engine", () => {
  it("stands nowhere in plain text, and changes with its generation alone", () =>
    withFixture(async ({ open, folder, output }) => {
      let generation = 1;
      const drawn: string[] = [];
      const program = async () => {
        const { value } = new Password("printer", { generation });
        value.apply((text) => {
          drawn.push(text);
        });
        return { value, said: value.apply((text) => `password ${text}`) };
      };
      const stack = await open({ program });
      const { outputs } = await stack.up();
      const [first = ""] = drawn;
      assert.equal(first.length, 24);
      assert.deepEqual(outputs, { value: first, said: `password ${first}` });

      assert.deepEqual(await stack.preview(), []);
      assert.deepEqual(await stack.refresh(), []);
      assert.deepEqual((await stack.up()).outputs, outputs);

      generation = 2;
      const { changes } = await stack.up();
      assert.ok(changes.length > 0);
      await stack.destroy();
      const secrets = new Set(drawn);
      assert.equal(secrets.size, 2);
      const places = new Map([
        ["output", output()],
        ["state and history", await filesIn(folder)],
      ]);
      for (const [place, text] of places) {
        assert.notEqual(text, "", `${place} was read`);
        assert.equal([...secrets].filter((one) => text.includes(one)).length, 0, place);
      }
    }));
});
