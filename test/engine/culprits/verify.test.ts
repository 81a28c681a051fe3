// Whatever goes wrong with a sender's mail, the verdict on a test message names what to mend, and after a refusal there is
// no second try.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import Table from "cli-table3";
import { SEED } from "../fixture.ts";
import { judgedOf, openVerifyScene, type VerifyScene, verificationsIn } from "../verifyScene.ts";
import { BY_VERIFY, type Sought } from "./byVerify.ts";
import { inOrderOfSeed } from "./order.ts";

/** All with EXHAUSTIVE=1, else as many as the seed draws in each run: each takes three starts of the engine. */
const DRAWN = process.env.EXHAUSTIVE === "1" ? BY_VERIFY.length : 6;

const table = new Table({ head: ["sabotage", "by", "culprit"], style: { head: [], border: [] } });

describe(`culprits of a test message, seed ${SEED}`, () => {
  let scene: VerifyScene;
  let restore: () => Promise<void>;
  before(async () => {
    scene = await openVerifyScene();
    restore = await scene.fixture.snapshot();
  });
  afterEach(() => restore());
  after(async () => {
    console.log(table.toString());
    await scene.close();
  });

  for (const sabotage of inOrderOfSeed(BY_VERIFY).slice(0, DRAWN)) {
    const { title, sender, change, check, resource, read, reason } = sabotage;
    it(`verify names the culprit when ${title}`, async () => {
      const { lab, there, localAddress } = scene;
      const { to = scene.to, files = scene.files, id } = await soughtBy(change(scene));
      const logged = lab.log.events().length;
      const ended = await scene.verify(
        ...["--to", to, "--sender", sender, "--files", files, "--wait", "1", "--json"],
        ...(sender === "erp" ? ["--local-address", localAddress] : []),
        ...(to === scene.to ? there : []),
        ...(id === undefined ? [] : ["--id", id]),
      );
      assert.equal(ended.code, 7, ended.stderr);
      const verification = verificationsIn(ended).get(sender);
      const failed = verification?.judged.filter(({ outcome }) => outcome === "fail") ?? [];
      const judged = judgedOf(verification, check);
      assert.ok(judged?.outcome === "fail", JSON.stringify(verification?.judged, null, 2));
      table.push([
        title,
        `verify: ${check}`,
        `${judged.resource ?? ""} ${judged.read}`.slice(0, 90),
      ]);
      assert.equal(failed[0]?.check, check, JSON.stringify(failed, null, 2));
      assert.equal(judged.resource, resource?.replace("DOMAIN", lab.world.tenant.domain));
      assert.match(judged.read, read);
      assert.match(judged.reason, reason);
      assert.notEqual(judged.fix, "");
      const tries = lab.log
        .events()
        .slice(logged)
        .filter(({ service, what }) => service !== "mx" && /^(?:AUTH|MAIL)$/.test(what));
      assert.ok(tries.length <= 2, JSON.stringify(tries));
    });
  }
});

/** What a sabotage gives; the objects of a cmdlet are nothing of it. */
async function soughtBy(given: unknown): Promise<Sought> {
  const sought = await given;
  return typeof sought === "object" && sought !== null && !Array.isArray(sought) ? sought : {};
}
