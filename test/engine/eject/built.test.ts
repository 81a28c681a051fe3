// `npm run eject`: the script and the zone files build in one world what `up` builds in its twin.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runScript } from "../../../lab/powershell/run.ts";
import type { Lab } from "../../../lab/src/lab.ts";
import { comparableWorld } from "../../../lab/story/world.ts";
import { comparableRelay } from "../comparableRelay.ts";
import { type Fixture, SEED } from "../fixture.ts";
import { publish } from "../zoneLines.ts";
import { classic, eject, everyKind, openEject, PASSWORD } from "./bench.ts";

describe(`an ejected relay, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openEject();
    ({ lab } = fixture);
    restore = await fixture.snapshot();
  });
  after(() => fixture?.close());

  for (const [title, configOf] of Object.entries({ everyKind, classic })) {
    it(`is built by its script and zone files as by up: ${title}`, async () => {
      await restore();
      const stack = await fixture.open({ config: configOf(lab) });
      await stack.up({ skipPreview: true });
      const folder = join(fixture.folder, `ejected-${title}`);
      const { code, stderr } = await eject(fixture, ["--stack", "lab", "--out", folder]);
      assert.equal(code, 0, stderr);
      const script = await readFile(join(folder, "relay.ps1"), "utf8");
      const zones = await readdir(join(folder, "zones"));
      const zoneTexts = await Promise.all(
        zones.map((name) => readFile(join(folder, "zones", name), "utf8")),
      );
      if (title === "classic") {
        for (const text of zoneTexts) publish(lab, text);
        await stack.up({ skipPreview: true });
      }
      const built = comparableRelay(lab);
      const managed = withoutConsent(lab);
      await assert.rejects(
        runScript(script, lab),
        /was not changed\..* If Pulumi manages it, run forget-marks/,
      );
      assert.deepEqual(withoutConsent(lab), managed);

      await restore();
      const first = await runScript(script, lab, () => PASSWORD);
      const shownOnce = first.printed.filter((line) => line.startsWith("Client secret of app"));
      assert.equal(shownOnce.length, 1, "the new secret is shown to whoever runs the script");
      for (const text of zoneTexts) publish(lab, text);
      const again = () => runScript(script, lab, () => assert.fail("asks again"));
      await again();
      // Exchange sees the CNAME records some time after it was first asked to sign.
      await lab.clock.advance(96 * 3_600_000);
      const { printed } = await again();
      assert.deepEqual(comparableRelay(lab).split("\n"), built.split("\n"));
      const secrets = lab.secrets().filter((secret) => secret.length > 7);
      const shown = [script, ...zoneTexts, ...printed].join("\n");
      assert.deepEqual(
        secrets.filter((secret) => shown.includes(secret)),
        [],
      );
    });
  }

  it("is not built over a mailbox, a user or an app of somebody else's", async () => {
    await restore();
    await fixture.open({ config: everyKind(lab) });
    const folder = join(fixture.folder, "ejected-over");
    const { code, stderr } = await eject(fixture, ["--stack", "lab", "--out", folder]);
    assert.equal(code, 0, stderr);
    const script = await readFile(join(folder, "relay.ps1"), "utf8");
    const { domain } = lab.world.tenant;
    const theirs: Record<string, [() => object | Promise<object>, RegExp]> = {
      mailbox: [
        () => {
          const PrimarySmtpAddress = `app@news.${domain}`;
          lab.admin("New-Mailbox", { Shared: true, Name: "Ann", Alias: "ann", PrimarySmtpAddress });
          return lab.world.mailboxes.find(({ address }) => address === PrimarySmtpAddress) ?? {};
        },
        /app@\S+ is a mailbox that this script did not make/,
      ],
      user: [
        () => {
          const [person] = lab.world.directory.users;
          return Object.assign(person ?? {}, { userPrincipalName: `printer@${domain}` });
        },
        /printer@\S+ is a user that this script did not make/,
      ],
      app: [
        async () => {
          await runScript(script, lab, () => PASSWORD);
          const app = lab.world.directory.applications.find(
            ({ properties: { displayName } }) => displayName === "relay-lab-app",
          );
          assert.ok(app);
          app.properties.notes = "Ann's";
          return app;
        },
        /The app relay-lab-app is not one that this script made/,
      ],
    };
    for (const [what, [plant, refusal]] of Object.entries(theirs)) {
      await restore();
      const planted = await plant();
      const was = structuredClone(planted);
      await assert.rejects(
        runScript(script, lab, () => PASSWORD),
        refusal,
        what,
      );
      assert.deepEqual(planted, was);
    }
  });
});

/** The world, without the consent that whoever runs the script gives. */
function withoutConsent(lab: Lab): unknown {
  const world = JSON.parse(comparableWorld(lab));
  delete world.directory.permissionGrants;
  return world;
}
