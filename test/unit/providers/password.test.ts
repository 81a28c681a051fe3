import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  drawPassword,
  type PasswordInputs,
  type PasswordOutputs,
  password,
} from "../../../providers/entra/password.ts";
import { handler } from "../../../providers/kinds.ts";
import { lifeOf } from "./life.ts";
import { UNKNOWN } from "./namedLife.ts";

describe("a password", () => {
  const life = () => lifeOf<PasswordInputs, PasswordOutputs>(password);

  it("has 24 characters of the three kinds that Entra asks for, and none that looks like another", () => {
    const drawn = Array.from({ length: 200 }, drawPassword);
    for (const one of drawn) {
      assert.match(one, /^(?=.*[a-z])(?=.*[A-Z])(?=.*[2-9])[a-zA-Z2-9]{24}$/);
      assert.doesNotMatch(one, /[lIO]/);
    }
    assert.equal(new Set(drawn).size, drawn.length);
    assert.equal(new Set(drawn.join("")).size, 57, "every character comes up");
  });

  it("stays what it is until its generation changes", async (t) => {
    const said = t.mock.method(console, "log", () => {});
    const { up, refresh, destroy } = life();
    const made = await up({ generation: 1 });
    assert.equal(made.id.includes(made.outs.value), false);
    assert.equal((await up({ generation: 1 }, made)).step, "same");
    const seen = await refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs, seen?.inputs], [false, made.outs, made.inputs]);
    const next = await up({ generation: 2 }, made);
    assert.equal(next.step, "update");
    assert.notEqual(next.outs.value, made.outs.value);
    await destroy(next);
    assert.equal(said.mock.callCount(), 0);
  });

  it("a generation that is not known yet is another one", async () => {
    const made = await life().up({ generation: 1 });
    const news = { generation: UNKNOWN as never };
    assert.deepEqual(await password().diff(made.id, made.outs, news), { changes: true });
  });

  it("is what state loads by its name", async () => {
    const made = await handler("Password").create({ generation: 3 });
    assert.equal(made.outs?.value.length, 24);
  });
});
