// Which secrets of a sender are valid by its credentialGeneration, and what that key can't be.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type CredentialGeneration,
  generationProblem,
  twoPasswordsProblem,
  validGenerations,
} from "../../../../mail/senders/generation.ts";

describe("validGenerations", () => {
  const cases: [written: CredentialGeneration, valid: number[]][] = [
    [1, [1]],
    [2, [2, 1]],
    [3, [3, 2]],
    [[2], [2]],
    [
      [1, 2],
      [2, 1],
    ],
    [
      [10, 9],
      [10, 9],
    ],
    [[], [1]],
  ];
  for (const [written, valid] of cases) {
    it(`takes ${JSON.stringify(written)} for ${JSON.stringify(valid)}`, () =>
      assert.deepEqual(validGenerations(written), valid));
  }
});

describe("generationProblem", () => {
  for (const fine of [1, 2, 40, [1], [7], [1, 2], [3, 2]]) {
    it(`takes ${JSON.stringify(fine)}`, () =>
      assert.equal(generationProblem("k", fine), undefined));
  }

  const number = "use a whole number from 1 on, e.g. 1";
  const ofOne: [value: unknown, rule: string][] = [
    [1.5, "is not a whole number"],
    ["2", "is not a whole number"],
    [true, "is not a whole number"],
    [2 ** 53, "is not a whole number"],
    [{ newest: 2 }, "is not a whole number"],
    [0, "is less than 1"],
    [-1, "is less than 1"],
  ];
  for (const [value, rule] of ofOne) {
    it(`refuses ${JSON.stringify(value)}`, () =>
      assert.deepEqual(generationProblem("k", value), { key: "k", value, rule, fix: number }));
  }
  for (const empty of [null, ""]) {
    it(`calls ${JSON.stringify(empty)} empty, and shows nothing`, () =>
      assert.deepEqual(generationProblem("k", empty), {
        ...{ key: "k", value: undefined, rule: "is empty", fix: number },
      }));
  }

  const follow = "does not list two generations that follow each other";
  const alone = "list the newest one alone, ";
  const ofList: [value: unknown[], rule: string, fix: string][] = [
    [[], "is empty", "list the valid generation, e.g. [2]"],
    [[1, "2"], "has an entry that is not a whole number", "list whole numbers from 1 on"],
    [[0, 1], "has an entry that is less than 1", "list whole numbers from 1 on"],
    [[null], "has an entry that is not a whole number", "list whole numbers from 1 on"],
    [
      [1, 3, 2],
      "lists 3 generations, and two can be valid at most",
      `${alone}[3], or with the one before it, [3, 2]`,
    ],
    [[1, 3], follow, `${alone}[3], or with the one before it, [3, 2]`],
    [[2, 2], follow, `${alone}[2], or with the one before it, [2, 1]`],
    [[1, 1], follow, `${alone}[1]`],
  ];
  for (const [value, rule, fix] of ofList) {
    it(`refuses the list ${JSON.stringify(value)}`, () =>
      assert.deepEqual(generationProblem("k", value), { key: "k", value, rule, fix }));
  }
});

describe("twoPasswordsProblem", () => {
  for (const fine of [1, 2, [2]]) {
    it(`takes ${JSON.stringify(fine)}`, () =>
      assert.equal(twoPasswordsProblem("k", fine), undefined));
  }
  it("refuses two in a list, and proposes the newest", () =>
    assert.deepEqual(twoPasswordsProblem("k", [1, 2]), {
      key: "k",
      value: [1, 2],
      rule: "lists two generations, and a user has one password",
      fix: "list the newest one alone, [2]",
    }));
});
