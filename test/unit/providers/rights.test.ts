import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { mailboxPermission, sendAs } from "../../../providers/exchange/mailboxRight.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, useProviderFixture } from "./fixture.ts";
import { heldIn, namedLife, OWNER, testNamed } from "./namedLife.ts";
import { reading, unanswered } from "./trouble.ts";

const OBJECT = "bbbbbbbb-2222-4222-8222-222222222222";

for (const { title, kind, noun, right, denial } of [
  {
    title: "the right to send as a mailbox",
    kind: sendAs,
    noun: "RecipientPermission",
    right: { Trustee: OBJECT, AccessRights: ["SendAs"] },
    denial: { AccessControlType: "Deny" },
  },
  {
    title: "full access to a mailbox",
    kind: mailboxPermission,
    noun: "MailboxPermission",
    right: { User: OBJECT, AccessRights: ["FullAccess"] },
    denial: { Deny: true },
  },
]) {
  describe(title, () => {
    const fixture = useProviderFixture(noun);
    beforeEach(() => {
      fixture.lab.admin("New-ServicePrincipal", {
        AppId: "aaaaaaaa-1111-4111-8111-111111111111",
        ObjectId: OBJECT,
      });
    });

    const mailbox = () => `anna@${fixture.domain}`;
    const declare = (change: object = {}) => ({
      ...fixture.tenant,
      owner: OWNER,
      mailbox: mailbox(),
      trustee: OBJECT,
      ...change,
    });
    const one = { fixture, kind, declare };
    const life = () => namedLife(one);
    const byHand = (verb: string) =>
      fixture.lab.admin(`${verb}-${noun}`, { Identity: mailbox(), ...right });

    testNamed({
      ...one,
      makes: `Add-${noun}`,
      removes: `Remove-${noun}`,
      another: { mailbox: "other@contoso.com" },
      removeByHand: () => byHand("Remove"),
    });

    for (const absentPermission of ["warned", "refused"] as const) {
      it(`one that goes while it is removed is done, ${absentPermission}`, async () => {
        fixture.lab.world.settings.absentPermission = absentPermission;
        const before = heldIn(fixture);
        const made = await life().up(declare());
        const faster = namedLife(one, (invoke) => (cmdlet, parameters) => {
          if (cmdlet.startsWith("Remove-")) byHand("Remove");
          return invoke(cmdlet, parameters);
        });
        await faster.destroy(made);
        assert.deepEqual(heldIn(fixture), before);
      });
    }

    it("one that an interrupted run gave is taken over, and removed by delete", async () => {
      const before = heldIn(fixture);
      byHand("Add");
      const made = await life().up(declare());
      assert.equal(made.outs.preexisting, false);
      assert.equal((await life().refresh(made))?.drift, false);
      await life().destroy(made);
      assert.deepEqual(heldIn(fixture), before);
      assert.equal(
        fixture.events().filter(({ service }) => service === "exchange").length > 0,
        true,
      );
    });

    it("one that an adopted mailbox has already is left to it; what the stack gives is removed", async () => {
      const trustee = `postmaster@${fixture.domain}`;
      const adopting = declare({ trustee, trusteeIsAdopted: true });
      const without = heldIn(fixture);
      const lost = namedLife(one, unanswered(`Add-${noun}`));
      const given = await lost.up(adopting);
      assert.equal(given.outs.preexisting, false);
      await life().destroy(given);
      assert.deepEqual(heldIn(fixture), without);

      const [key] = Object.keys(right);
      fixture.lab.admin(`Add-${noun}`, { Identity: mailbox(), ...right, [key ?? ""]: trustee });
      const before = heldIn(fixture);
      const made = await life().up(adopting);
      assert.equal(made.outs.preexisting, true);
      const seen = await life().refresh(made);
      assert.deepEqual([seen?.drift, seen?.outs], [false, made.outs]);
      await life().destroy(made);
      assert.deepEqual(heldIn(fixture), before);
    });

    for (const [entry, change] of [
      ["an entry that denies it", denial],
      ["an inherited entry", { IsInherited: true }],
    ] as const) {
      it(`${entry} is not the right that we gave: it is neither kept in state nor removed`, async () => {
        const made = await life().up(declare());
        const before = heldIn(fixture);
        const granted = namedLife(one, reading([right]));
        assert.equal((await granted.refresh(made))?.id, made.id);
        const other = namedLife(one, reading([{ ...right, ...change }]));
        assert.equal(await other.refresh(made), undefined);
        await other.destroy(made);
        assert.deepEqual(heldIn(fixture), before);
      });
    }

    it("somebody of the tenant's mailboxes can hold it as well", async () => {
      const before = heldIn(fixture);
      const made = await life().up(declare({ trustee: `Postmaster@${fixture.domain}` }));
      assert.equal(made.outs.trustee, `postmaster@${fixture.domain}`);
      assert.equal((await life().refresh(made))?.drift, false);
      await life().destroy(made);
      assert.deepEqual(heldIn(fixture), before);
    });

    it("a mailbox, or somebody, that is not there within a minute is an error of Exchange's", async (t) => {
      const now = Date.now;
      let ahead = 0;
      t.mock.method(Date, "now", () => now() + ahead);
      const missing: Around = (invoke) => async (cmdlet, parameters) => {
        if (cmdlet.startsWith("Add-")) ahead += 61_000;
        return invoke(cmdlet, parameters);
      };
      const before = heldIn(fixture);
      const message = async (change: object) =>
        (await thrownBy(() => namedLife(one, missing).up(declare(change)))).message;
      assert.match(await message({ mailbox: "no@contoso.com" }), /couldn't be found/);
      const nobody = "dddddddd-4444-4444-8444-444444444444";
      assert.match(await message({ trustee: nobody }), /wasn't found/);
      assert.deepEqual(heldIn(fixture), before);
    });

    it("gone with its mailbox, it is gone", async () => {
      const made = await life().up(declare());
      fixture.lab.admin("Remove-Mailbox", { Identity: mailbox() });
      assert.equal(await life().refresh(made), undefined);
      await life().destroy(made);
    });

    it("who can't be given a right is refused without asking", async () => {
      assert.match(
        (await life().refusals(declare({ trustee: "erp" })))[0] ?? "",
        /is neither an address nor an object id \(a GUID\); use the address of a mailbox or/,
      );
    });
  });
}
