import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeClock } from "../../src/clock.ts";

it("advancing runs the timers that became due, oldest first", async () => {
  const clock = makeClock();
  const ran: string[] = [];
  clock.after(3000, () => void ran.push("third"));
  clock.after(1000, () => void ran.push("first"));
  clock.after(9000, () => void ran.push("never"));
  const before = clock.now().getTime();
  await clock.advance(4000);
  assert.deepEqual(ran, ["first", "third"]);
  assert.ok(clock.now().getTime() - before >= 4000);
  clock.close();
});

it("timers fire by real time too", async () => {
  const clock = makeClock();
  let fired = false;
  clock.after(5, () => {
    fired = true;
  });
  await sleep(40);
  assert.equal(fired, true);
});

it("a timer that was taken back does not fire", async () => {
  const clock = makeClock();
  let fired = false;
  const cancel = clock.after(1000, () => {
    fired = true;
  });
  cancel();
  await clock.advance(2000);
  assert.equal(fired, false);
});

it("time does not go back", async () => {
  await assert.rejects(makeClock().advance(-1), /only moves forward/);
});
