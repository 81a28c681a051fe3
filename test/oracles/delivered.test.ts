// What the lab delivers is judged by the lab's receiver (mailauth), and by Debian's pyspf, dkimpy and authheaders over the
// same DNS. Does not prove that Exchange or any receiver outside judges so.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { verify } from "../../lab/src/receiver/verify.ts";
import { findOracles } from "../../scripts/oracles/find.ts";
import { type Judge, openJudge, type Verdict } from "./judge.ts";
import { fieldText, type Results, resultsOf } from "./results.ts";
import { type Arrival, openScene, type Scene } from "./scene.ts";
import { tableOf } from "./table.ts";
import { type MailWorld, WORLDS } from "./worlds.ts";

const oracles = await findOracles();

describe("a delivered message", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  const rows: string[][] = [];
  let scene: Scene;
  let judge: Judge;
  before(async () => {
    assert.ok(oracles.kind === "found");
    judge = openJudge(oracles);
    scene = await openScene(process.env.LAB_SEED ?? "1");
  });
  after(async () => {
    await Promise.all([judge.close(), scene.lab.close()]);
    const head = ["message", "mailauth", "pyspf", "dkimpy", "authheaders", "ends in"];
    console.log(`SPF / DKIM / DMARC as four verifiers see them\n${tableOf(head, rows)}`);
  });

  for (const world of WORLDS) {
    it(`is judged the same by all: ${world.name}`, async () => {
      const arrival = await scene.play(world);
      const field = await fieldOfReceiver(arrival);
      const ours = resultsOf(field);
      const theirs = await judge.ask({
        dns: scene.lab.ports.dns,
        spf: { ip: arrival.clientAddress, from: arrival.sender, helo: arrival.helo },
        message: Buffer.from(arrival.raw, "latin1"),
      });
      rows.push(rowOf(world, ours, theirs, arrival));
      const python = JSON.stringify(theirs, null, 2);
      const report = `receiver: ${fieldText(field)}\nPython: ${python}\n\n${arrival.raw}`;
      const { spf, dkim, dmarc, end } = world.expected;
      assert.deepEqual(ours, { spf, dkim: [dkim], dmarc }, report);
      assert.equal(theirs.spf, spf, report);
      assert.deepEqual(theirs.dkim.map(passed), [passed(dkim)], report);
      assert.equal(theirs.dmarc, dmarc, report);
      assert.equal(arrival.end, dmarc === "fail" ? ENDS[theirs.policy] : "inbox", report);
      assert.equal(arrival.end, end, report);
      const read = { spf: [spf], dkim: [dkim], dmarc: [dmarc] };
      assert.deepEqual(theirs.says, end === "refused" ? null : read, report);
    });
  }

  /** A message with the receiver's results on top, or these alone where it refused the message. */
  async function fieldOfReceiver(arrival: Arrival): Promise<string> {
    if (arrival.end !== "refused") return arrival.raw;
    const { lab } = scene;
    const { fields } = await verify(arrival, lab.world.outside.mxHost, lab.ports.dns);
    return fields;
  }
});

/** What a receiver does as the author's domain asks it to. */
const ENDS: Readonly<Record<string, Arrival["end"]>> = {
  none: "inbox",
  quarantine: "junk",
  reject: "refused",
};

/** dkimpy has a reason of its own for each signature that does not pass. */
const passed = (result: string): boolean => result === "pass";

function rowOf({ name }: MailWorld, ours: Results, theirs: Verdict, { end }: Arrival): string[] {
  const own = `${ours.spf} / ${ours.dkim.join(", ")} / ${ours.dmarc}`;
  const dkim = theirs.dkim.map((words) => words.split(":", 1));
  return [name, own, theirs.spf, dkim.join(", "), theirs.dmarc, end];
}
