import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { openDeadline, reportPause, waitFor } from "../../../providers/host/waiting.ts";

/** What is printed from now on. */
function printed(t: TestContext): string[] {
  const lines: string[] = [];
  t.mock.method(console, "log", (line: string) => void lines.push(line));
  return lines;
}

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

describe("a wait", () => {
  it("is reported every 30 s, with the time that is left", async (t) => {
    const lines = printed(t);
    const now = Date.now;
    let ahead = 0;
    t.mock.method(Date, "now", () => now() + ahead);
    const missing = await waitFor(async () => {
      ahead += 31_000;
      return ahead > 31_000 ? "" : "no keys yet";
    }, 900_000);
    assert.equal(missing, "");
    assert.deepEqual(lines, ["waiting, for 31 s so far and at most 869 s more: no keys yet"]);
  });
});

describe("a pause that a service asks for", () => {
  const reason = "Exchange accepts no more requests for now (HTTP 429)";
  /** A clock that passes the seconds one by one, as a timer may begin another one. */
  const openClock = (t: TestContext) => {
    t.mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
    return (seconds: number) => {
      for (let passed = 0; passed < seconds; passed++) t.mock.timers.tick(1_000);
    };
  };

  it("is reported at once and every 30 s, with the time that is left, until it is over", (t) => {
    const lines = printed(t);
    const pass = openClock(t);
    reportPause(reason, 70_000);
    pass(200);
    assert.deepEqual(
      lines,
      [
        [0, 70],
        [30, 40],
        [60, 10],
      ].map(
        ([past, left]) => `waiting, for ${past} s so far and at most ${left} s more: ${reason}`,
      ),
    );
    reportPause(reason, 5_000);
    pass(5);
    assert.equal(lines.length, 4, "the next pause is another one");
  });

  it("is reported once for all resources, with the longest time", (t) => {
    const lines = printed(t);
    const pass = openClock(t);
    for (const ms of [10_000, 45_000, 20_000]) reportPause(reason, ms);
    reportPause("another reason", 6_000);
    pass(60);
    assert.deepEqual(
      lines.map((line) => /at most (\d+) s more: (\w+)/.exec(line)?.slice(1)),
      [
        ["10", "Exchange"],
        ["6", "another"],
        ["35", "Exchange"],
        ["5", "Exchange"],
      ],
    );
  });

  it("of a few seconds is not worth a line", (t) => {
    const lines = printed(t);
    reportPause(reason, 4_000);
    assert.deepEqual(lines, []);
  });
});
