// How long a client secret should be used.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { longSecretProblem } from "../../../../mail/senders/expiry.ts";

const now = new Date("2026-11-01T12:00:00Z");
/** A time so many days after now. */
const inDays = (days: number) => new Date(now.getTime() + days * 24 * 60 * 60_000);

describe("longSecretProblem", () => {
  const given = (days: number) => ({
    ...{ key: "k", value: undefined },
    rule: `is valid for ${days} days, but 180 is what a secret should be used at most`,
    fix: "issue it for 180 days at most, or sign in with a federated identity or a certificate",
  });
  const old = (days: number) => ({
    ...{ key: "k", value: undefined },
    rule: `was issued ${days} days ago, but 180 is what a secret should be used at most`,
    fix: "raise the sender's credentialGeneration by one, and give it the new secret",
  });
  type Dates = Parameters<typeof longSecretProblem>[1];
  const cases: [title: string, dates: Dates, problem: object | undefined][] = [
    ["one of which nothing is known", {}, undefined],
    ["one that ends in 180 days", { end: inDays(180.9) }, undefined],
    ["one that ends in 181 days", { end: inDays(181) }, given(181)],
    ["one of 180 days", { from: inDays(-100), end: inDays(80) }, undefined],
    ["one of 181 days", { from: inDays(-100), end: inDays(81) }, given(181)],
    ["one that was issued 180 days ago", { from: inDays(-180.9) }, undefined],
    ["one that was issued 181 days ago", { from: inDays(-181) }, old(181)],
    ["one that has ended since", { from: inDays(-300), end: inDays(-200) }, old(300)],
    ["an old one of two years", { from: inDays(-700), end: inDays(30) }, given(730)],
  ];
  for (const [title, dates, problem] of cases) {
    it(`${problem === undefined ? "takes" : "refuses"} ${title}`, () =>
      assert.deepEqual(longSecretProblem("k", dates, now), problem));
  }
});
