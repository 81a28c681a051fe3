import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { summarize } from "../../../mail/problem.ts";

const problem = (key: string, rule = "is odd", fix = "fix it", value?: unknown) => ({
  key,
  value,
  rule,
  fix,
});
const many = (count: number, rule?: string) =>
  Array.from({ length: count }, (_, index) => problem(`d${index}`, rule));

describe("summarize", () => {
  it("gives forty problems a sentence each, in their order, with their values", () => {
    const problems = [problem("a", "is odd", "fix it", ["x"]), ...many(39)];
    const lines = summarize(problems);
    assert.equal(lines.length, 40);
    assert.deepEqual(lines.slice(0, 2), ['a: ["x"] is odd; fix it', "d0: is odd; fix it"]);
    assert.deepEqual(summarize([]), []);
  });

  it("tells the same thing once", () => {
    assert.deepEqual(summarize([problem("a"), problem("b"), problem("a")]), [
      "a: is odd; fix it",
      "b: is odd; fix it",
    ]);
    assert.equal(summarize([...many(40), ...many(40)]).length, 40);
  });

  it("puts together what is alike of forty-one, with eight of the keys", () => {
    assert.deepEqual(summarize([...many(40), ...many(40), problem("x", "is late")]), [
      "d0, d1, d2, d3, d4, d5, d6, d7, 32 more (40 in all): each is odd; fix it",
      "x: is late; fix it",
    ]);
  });

  it("lists eight of eight, and nothing more", () => {
    const kinds = Array.from({ length: 5 }, (_, index) => many(8, `is odd ${index}`)).flat();
    const lines = summarize([...kinds, problem("x", "is late")]);
    assert.equal(lines.length, 6);
    assert.equal(lines[0], "d0, d1, d2, d3, d4, d5, d6, d7 (8 in all): each is odd 0; fix it");
  });

  it("tells alike by rule and fix, not by value", () => {
    const problems = Array.from({ length: 41 }, (_, index) =>
      problem("a", "is odd", `fix ${index % 2}`, index),
    );
    const lines = summarize(problems);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /\(21 in all\): each is odd; fix 0$/);
  });

  it("never takes more than forty lines, and says how many kinds are left", () => {
    const kinds = (count: number) =>
      Array.from({ length: count }, (_, index) => problem("a", `is odd ${index}`));
    const lines = summarize(kinds(60));
    assert.equal(lines.length, 40);
    assert.equal(lines.at(-2), "a: is odd 38; fix it");
    assert.equal(lines.at(-1), "and 21 more kinds of problem; fix these first");
    assert.equal(summarize([...kinds(40), problem("b", "is odd 0")]).length, 40);
    assert.doesNotMatch(summarize([...kinds(40), problem("b", "is odd 0")]).join(), /more kinds/);
  });
});
