import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDeadline } from "../../../providers/host/waiting.ts";

describe("the deadline of a run", () => {
  it("begins with the first wait, and ends for all of them at once", (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const deadline = openDeadline();
    t.mock.timers.tick(60_000);
    assert.equal(deadline.left(15), 900_000);
    t.mock.timers.tick(600_000);
    assert.equal(deadline.left(15), 300_000);
    assert.equal(deadline.left(0), 0);
    t.mock.timers.tick(600_000);
    assert.equal(deadline.left(15), 0);
    assert.equal(openDeadline().left(15), 900_000);
  });
});
