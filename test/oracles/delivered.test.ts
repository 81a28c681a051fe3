// What the lab delivers is judged by the lab's receiver (mailauth), and by Debian's pyspf, dkimpy, authheaders and OpenDMARC
// over the same DNS; and what `npm run verify` reads in the message is what they say. Does not prove that Exchange or any
// receiver outside judges so.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { verify } from "../../lab/src/receiver/verify.ts";
import type { Expected } from "../../mail/message/reading.ts";
import { findOracles } from "../../scripts/oracles/find.ts";
import { type Comparison, compare } from "./agreement.ts";
import { drawWorlds } from "./drawnWorlds.ts";
import { type Judge, openJudge, type Verdict } from "./judge.ts";
import { fieldText, type Results, resultsOf } from "./results.ts";
import { type Arrival, openScene, type Scene } from "./scene.ts";
import { DIFFERENCES } from "./skipList.ts";
import { tableOf } from "./table.ts";
import { type DrawnWorld, type MailWorld, WORLDS } from "./worlds.ts";

const SEED = process.env.LAB_SEED ?? "1";
const DRAWN = 24;

const oracles = await findOracles();

describe("a delivered message", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  const rows: string[][] = [];
  const compared: (Comparison & { world: DrawnWorld })[] = [];
  let scene: Scene;
  let judge: Judge;
  before(async () => {
    assert.ok(oracles.kind === "found");
    judge = openJudge(oracles);
    scene = await openScene(SEED);
  });
  after(async () => {
    await Promise.all([judge.close(), scene.lab.close()]);
    const head = ["message", "mailauth", "pyspf", "dkimpy", "authheaders", "OpenDMARC", "ends in"];
    console.log(`SPF / DKIM / DMARC as five verifiers see them\n${tableOf(head, rows)}`);
    const agreement = tableOf(
      ["verdict", "oracle", "agreed", "known differences", "compared"],
      tally(),
    );
    console.log(`What verify says, and what they say\n${agreement}`);
  });

  for (const world of WORLDS) {
    it(`is judged the same by all: ${world.name}`, async () => {
      const arrival = await scene.play(world);
      const field = await fieldOfReceiver(arrival);
      const ours = resultsOf(field);
      const theirs = await ask(arrival);
      rows.push(rowOf(world, ours, theirs, arrival));
      const python = JSON.stringify(theirs, null, 2);
      const report = `receiver: ${fieldText(field)}\nPython: ${python}\n\n${arrival.raw}`;
      const { spf, dkim, dmarc, end } = world.expected;
      assert.deepEqual(ours, { spf, dkim: [dkim], dmarc }, report);
      assert.equal(theirs.spf, spf, report);
      assert.deepEqual(theirs.dkim.map(passed), [passed(dkim)], report);
      if (!mayDiffer(world, "authheaders")) assert.equal(theirs.dmarc, dmarc, report);
      if (!mayDiffer(world, "OpenDMARC")) assert.equal(theirs.opendmarc, dmarc, report);
      if (theirs.dmarc === dmarc) {
        assert.equal(arrival.end, dmarc === "fail" ? ENDS[theirs.policy] : "inbox", report);
      }
      assert.equal(arrival.end, end, report);
      const read = { spf: [spf], dkim: [dkim], dmarc: [dmarc] };
      assert.deepEqual(theirs.says, end === "refused" ? null : read, report);
      agree(world, arrival, theirs);
    });
  }

  it("shows each difference that is known", () => {
    const unseen = DIFFERENCES.filter(
      ({ oracle, when }) =>
        !compared.some(
          (one) => one.oracle === oracle && one.ours !== one.theirs && when(one.world),
        ),
    );
    assert.deepEqual(unseen, []);
  });

  it(`is what verify says of it, in ${DRAWN} worlds that are drawn`, async () => {
    for (const world of drawWorlds(SEED, DRAWN)) {
      const arrival = await scene.play(world);
      assert.notEqual(arrival.end, "refused");
      agree(world, arrival, await ask(arrival));
    }
  });

  function ask({ clientAddress: ip, sender, helo, raw }: Arrival): Promise<Verdict> {
    const message = Buffer.from(raw, "latin1");
    return judge.ask({ dns: scene.lab.ports.dns, spf: { ip, from: sender, helo }, message });
  }

  /** What verify says of a delivered message is what the oracles say, or a difference that is known. */
  function agree(world: DrawnWorld, { raw, end }: Arrival, theirs: Verdict): void {
    if (end === "refused") return;
    const found = compare(raw, theirs, expected());
    compared.push(...found.map((one) => ({ ...one, world })));
    const wrong = found.filter((one) => one.ours !== one.theirs && !mayDiffer(world, one.oracle));
    assert.deepEqual(wrong, [], `${world.name}\n${JSON.stringify(theirs, null, 2)}\n\n${raw}`);
  }

  function expected(): Expected {
    const { tenant, addresses } = scene.lab.world;
    const sender = {
      ...{ name: "erp", from: [`*@${tenant.domain}`], authentication: ["staticIp" as const] },
      ...{ egress: [addresses.customer[0]], adoptMailbox: false, requireTls: true },
      ...{ restrictToDomains: false, fence: false, credentialGeneration: [1], retire: false },
    };
    return { stack: "prod", tenantId: tenant.id, sender, domains: [] };
  }

  function tally(): (string | number)[][] {
    const kinds = Map.groupBy(compared, ({ check, oracle }) => `${check} ${oracle}`);
    return [...kinds.values()].map((ones) => {
      const agreed = ones.filter(({ ours, theirs }) => ours === theirs).length;
      const [{ check = "", oracle = "" } = {}] = ones;
      return [check, oracle, agreed, ones.length - agreed, ones.length];
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

/** Whether an oracle is known to say something else of a message than the RFC does. */
const mayDiffer = (world: DrawnWorld, oracle: Comparison["oracle"]): boolean =>
  DIFFERENCES.some((one) => one.oracle === oracle && one.when(world));

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
  return [name, own, theirs.spf, dkim.join(", "), theirs.dmarc, theirs.opendmarc, end];
}
