import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { authenticationPolicy } from "../../../providers/exchange/authenticationPolicy.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, namedLife, OWNER, refusalOf, testDehydrated, testNamed } from "./namedLife.ts";
import { following } from "./trouble.ts";

const NAME = "relay-test-erp";

const NOBODY = "11111111-2222-3333-4444-555555555555";

describe("an authentication policy", () => {
  const fixture = useProviderFixture("authentication policy");

  const user = () => `anna@${fixture.domain}`;
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    name: NAME,
    user: idOf(user()),
    ...change,
  });
  const one = { fixture, kind: authenticationPolicy, declare };
  const life = (around?: Around) => namedLife(one, around);
  const held = () => fixture.lab.world.authenticationPolicies.find(({ name }) => name === NAME);
  const policyOf = (address: string) =>
    fixture.lab.world.mailboxes.find((mailbox) => mailbox.address === address)
      ?.authenticationPolicy;
  const idOf = (address: string) =>
    fixture.lab.world.mailboxes.find((mailbox) => mailbox.address === address)
      ?.externalDirectoryObjectId;
  const give = (policy: string | null) =>
    fixture.lab.admin("Set-User", { Identity: user(), AuthenticationPolicy: policy });

  testNamed({
    ...one,
    makes: "New-AuthenticationPolicy",
    removes: "Remove-AuthenticationPolicy",
    another: { user: NOBODY },
    renamed: { name: "relay-renamed-erp" },
    keepsName: true,
    removeByHand: () => {
      give(null);
      fixture.lab.admin("Remove-AuthenticationPolicy", { Identity: NAME });
    },
  });
  testDehydrated(one);

  it("allows SMTP alone, and is the user's", async () => {
    const { outs } = await life().up(declare());
    assert.deepEqual([held()?.allowBasicAuthSmtp, policyOf(user())], [true, NAME]);
    assert.deepEqual([outs.guid, outs.allows, outs.earlierPolicy], [held()?.guid, ["Smtp"], ""]);
  });

  it("the user's earlier policy comes back in the end", async () => {
    fixture.lab.admin("New-AuthenticationPolicy", { Name: "strict" });
    give("strict");
    const before = heldIn(fixture);
    const made = await life().up(declare());
    assert.equal(made.outs.earlierPolicy, "strict");
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs.earlierPolicy], [false, "strict"]);
    await life().destroy(made);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("an earlier policy that is gone by then leaves the default", async (t) => {
    const said = t.mock.method(console, "log", () => {});
    fixture.lab.admin("New-AuthenticationPolicy", { Name: "strict" });
    give("strict");
    const made = await life().up(declare());
    fixture.lab.admin("Remove-AuthenticationPolicy", { Identity: "strict" });
    await life().destroy(made);
    assert.deepEqual([policyOf(user()), held()], [null, undefined]);
    assert.match(
      String(said.mock.calls[0]?.arguments[0]),
      /"strict" of user [0-9a-f-]{36} does not exist any more/,
    );
  });

  it("a failure of Set-User keeps the earlier policy in state", async () => {
    fixture.lab.admin("New-AuthenticationPolicy", { Name: "strict" });
    give("strict");
    const before = heldIn(fixture);
    const failing: Around = (invoke) => (cmdlet, parameters) => {
      if (cmdlet !== "Set-User") return invoke(cmdlet, parameters);
      throw new ExchangeError({ cmdlet, status: 400, type: "X", message: "Set-User: no" });
    };
    const inputs = await life().checked(declare());
    const error = await thrownBy(() => life(failing).create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    assert.equal(error.properties.earlierPolicy, "strict");
    const half = { id: error.id, inputs, outs: { ...error.properties } };
    const finished = await life().up(declare(), half);
    assert.deepEqual([finished.step, finished.outs.earlierPolicy], ["update", "strict"]);
    assert.equal(policyOf(user()), NAME);
    await life().destroy(finished);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("one that a killed run left unassigned is taken over", async () => {
    const before = heldIn(fixture);
    const killed = following("New-AuthenticationPolicy", () => {
      throw new Error("killed");
    });
    await thrownBy(() => life(killed).up(declare()));
    const made = await life().up(declare());
    assert.equal(policyOf(user()), NAME);
    await life().destroy(made);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("another policy of the user's, and SMTP switched off, are drift and set right", async () => {
    const made = await life().up(declare());
    give(null);
    fixture.lab.admin("Set-AuthenticationPolicy", { Identity: NAME, AllowBasicAuthSmtp: false });
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs.allows, seen?.outs.policyOfUser], [true, [], ""]);
    await life().up(declare(), seen);
    assert.deepEqual([held()?.allowBasicAuthSmtp, policyOf(user())], [true, NAME]);
  });

  it("a user who has another policy by now keeps it", async () => {
    const made = await life().up(declare());
    fixture.lab.admin("New-AuthenticationPolicy", { Name: "strict" });
    give("strict");
    await life().destroy(made);
    assert.deepEqual([policyOf(user()), held()], ["strict", undefined]);
  });

  it("another user is a replacement, and the first gets the earlier policy back", async () => {
    const made = await life().up(declare());
    const other = `postmaster@${fixture.domain}`;
    assert.equal((await life().up(declare({ user: idOf(other) }), made)).step, "replace");
    assert.deepEqual([policyOf(user()), policyOf(other)], [null, NAME]);
  });

  it("one of the name that allows something else is refused", async () => {
    fixture.lab.admin("New-AuthenticationPolicy", { Name: NAME });
    assert.match(
      await refusalOf(one, declare()),
      /is the name of an authentication policy that exists already and is not ours/,
    );
  });

  it("a user whose mailbox is so new that Get-User does not show it yet is waited for", async () => {
    const mailbox = fixture.lab.world.mailboxes.find(({ address }) => address === user());
    assert.ok(mailbox);
    const known = mailbox.whenCreated;
    mailbox.whenCreated = "2099-01-01T00:00:00.000Z";
    fixture.lab.world.settings.replicationMs = { User: 1 };
    let looks = 0;
    const counting: Around = (invoke) => (cmdlet, parameters) => {
      if (cmdlet === "Get-User" && ++looks === 3) mailbox.whenCreated = known;
      return invoke(cmdlet, parameters);
    };
    const made = await life(counting).up(declare());
    assert.deepEqual([made.outs.ready, policyOf(user())], [true, NAME]);
    assert.ok(looks > 2);
  });

  it("a user who is not in Exchange is refused", async (t) => {
    const inputs = await life().checked(declare({ user: NOBODY }));
    const before = heldIn(fixture);
    const { message } = await thrownBy(() => life(passTime(t, 61_000)).create(inputs));
    assert.deepEqual(heldIn(fixture), before, "nothing was changed");
    assert.match(
      message,
      /^user: "[0-9a-f-]+" is not in Exchange; create the user's mailbox first$/,
    );
  });
});
