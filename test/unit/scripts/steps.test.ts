import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NobodyToAsk } from "../../../scripts/steps/ask.ts";
import { type Step, type StepSettings, takeSteps } from "../../../scripts/steps/steps.ts";

function bench(done: readonly string[] = []) {
  const acted: string[] = [];
  const lines: string[] = [];
  const step = (title: string, more: Partial<Step> = {}): Step => ({
    title,
    reason: `${title} is needed`,
    undo: `remove ${title}`,
    isDone: async () => done.includes(title),
    act: async () => void acted.push(title),
    ...more,
  });
  const take = (steps: readonly Step[], settings: Partial<StepSettings> = {}) =>
    takeSteps(steps, {
      script: "bootstrap",
      yes: true,
      dryRun: false,
      onLine: (line) => lines.push(line),
      ...settings,
    });
  return { acted, lines, step, take };
}

describe("takeSteps", () => {
  it("shows each step with its reason and its undo, and takes it", async () => {
    const { acted, lines, step, take } = bench();
    const outcomes = await take([step("app"), step("role")]);
    assert.deepEqual(acted, ["app", "role"]);
    assert.deepEqual(lines.slice(0, 3), [
      "bootstrap: app",
      "  why:  app is needed",
      "  undo: remove app",
    ]);
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ["done", "done"],
    );
  });

  it("passes over what is done already", async () => {
    const { acted, step, take } = bench(["app"]);
    const outcomes = await take([step("app"), step("role")]);
    assert.deepEqual(acted, ["role"]);
    assert.equal(outcomes[0]?.outcome, "was done already");
  });

  it("changes nothing in a dry run", async () => {
    const { acted, step, take } = bench();
    const outcomes = await take([step("app"), step("role")], { dryRun: true });
    assert.deepEqual(acted, []);
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ["would be done", "would be done"],
    );
  });

  it("changes nothing where nobody can be asked", async () => {
    const { acted, step, take } = bench();
    await assert.rejects(take([step("app")], { yes: false }), NobodyToAsk);
    assert.deepEqual(acted, []);
  });

  it("asks for a step of its own even where all others are answered", async () => {
    const { acted, step, take } = bench();
    const alone = { option: "--customize", isGiven: false };
    await assert.rejects(take([step("app"), step("customize", { alone })]), /add --customize/);
    assert.deepEqual(acted, ["app"]);
    await take([step("customize", { alone: { ...alone, isGiven: true } })], { yes: false });
    assert.deepEqual(acted, ["app", "customize"]);
  });
});
