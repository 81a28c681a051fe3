// Whatever goes wrong with a relay, doctor names what to mend, and calls nothing else wrong.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import Table from "cli-table3";
import { SEED } from "../fixture.ts";
import { type Bench, openBench, type Told } from "./bench.ts";
import { BY_DOCTOR } from "./byDoctor.ts";
import { inOrderOfSeed } from "./order.ts";

const table = new Table({ head: ["sabotage", "by", "culprit"], style: { head: [], border: [] } });

describe(`culprits, seed ${SEED}`, () => {
  let bench: Bench;

  before(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.restore());
  after(async () => {
    console.log(table.toString());
    await bench.close();
  });

  it("are none while all is well", async () => {
    assert.deepEqual(await bench.doctor(), []);
  });

  for (const { title, change, named, consequences = [] } of inOrderOfSeed(BY_DOCTOR)) {
    it(`doctor names the culprit when ${title}`, async () => {
      await change(bench);
      const told = await bench.doctor();
      const [check, resource, words] = named;
      const [first] = told;
      assert.ok(first !== undefined && first.severity !== "ok", "nothing is told");
      table.push([title, `doctor: ${check}`, first.what.slice(0, 90)]);
      assert.deepEqual(
        [...new Set(told.map((one) => one.check))],
        [check, ...consequences],
        told.map(line).join("\n"),
      );
      assert.ok(first.resource.startsWith(resource), first.resource);
      assert.match(first.what, words);
      assert.notEqual(first.fix, "");
      for (const one of told) assert.ok("fix" in one && namesStack(one.fix), line(one));
    });
  }

  // The last one: the lab's time does not go back.
  it("doctor names the culprit when the clock is off", async () => {
    await bench.lab.clock.advance(10 * 60_000);
    const told = await bench.doctor();
    assert.deepEqual([...new Set(told.map(({ check }) => check))], ["clock"]);
    assert.match(told[0]?.what ?? "", /10 min behind/);
    table.push(["the clock is off", "doctor: clock", told[0]?.what.slice(0, 90) ?? ""]);
  });
});

/** Whether each command in a fix can be run as it is. */
const namesStack = (fix: string): boolean =>
  fix
    .split("npm run ")
    .slice(1)
    .every((command) => /^[^;,]*--stack lab\b/.test(command));

const line = ({ severity, check, what }: Told): string => `${severity} ${check}: ${what}`;
