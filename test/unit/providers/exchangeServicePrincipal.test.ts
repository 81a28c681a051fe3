import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exchangeServicePrincipal } from "../../../providers/exchange/servicePrincipal.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { type Around, useProviderFixture } from "./fixture.ts";
import { heldIn, namedLife, OWNER, refusalOf, testNamed } from "./namedLife.ts";

const APP = "aaaaaaaa-1111-4111-8111-111111111111";
const OBJECT = "bbbbbbbb-2222-4222-8222-222222222222";
const OTHER = "cccccccc-3333-4333-8333-333333333333";

describe("a service principal in Exchange", () => {
  const fixture = useProviderFixture("service principal");

  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    appId: APP,
    objectId: OBJECT,
    displayName: "relay-test-erp",
    ...change,
  });
  const one = { fixture, kind: exchangeServicePrincipal, declare };
  const byHand = (parameters: object = {}) =>
    fixture.lab.admin("New-ServicePrincipal", { AppId: APP, ObjectId: OBJECT, ...parameters });

  testNamed({
    ...one,
    makes: "New-ServicePrincipal",
    removes: "Remove-ServicePrincipal",
    another: { objectId: OTHER },
    renamed: { displayName: "relay-renamed-erp" },
    removeByHand: () => fixture.lab.admin("Remove-ServicePrincipal", { Identity: APP }),
  });

  it("has both ids in lower case, and the display name", async () => {
    const { outs } = await namedLife(one).up(declare({ appId: APP.toUpperCase() }));
    const [held] = fixture.lab.world.exchangeServicePrincipals;
    assert.partialDeepStrictEqual(held, {
      guid: outs.guid,
      appId: APP,
      objectId: OBJECT,
      displayName: "relay-test-erp",
    });
  });

  it("another app is a replacement; another display name is an update", async () => {
    const made = await namedLife(one).up(declare());
    const renamed = await namedLife(one).up(declare({ displayName: "ERP" }), made);
    assert.equal(renamed.step, "update");
    assert.equal(fixture.lab.world.exchangeServicePrincipals[0]?.displayName, "ERP");
    const other = await namedLife(one).up(declare({ displayName: "ERP", appId: OTHER }), renamed);
    assert.equal(other.step, "replace");
    assert.deepEqual(
      fixture.lab.world.exchangeServicePrincipals.map(({ appId }) => appId),
      [OTHER],
    );
  });

  it("a display name that was changed by hand is drift", async () => {
    const made = await namedLife(one).up(declare());
    fixture.lab.admin("Set-ServicePrincipal", { Identity: APP, DisplayName: "x" });
    const seen = await namedLife(one).refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs.displayName], [true, "x"]);
  });

  /** Somebody makes one with the same ids right before us; then New-ServicePrincipal is refused, or its answer is lost. */
  const preceded =
    (outcome: Around): Around =>
    (invoke) =>
    async (cmdlet, parameters) => {
      if (cmdlet !== "New-ServicePrincipal") return invoke(cmdlet, parameters);
      byHand({ DisplayName: "by hand" });
      return outcome(invoke)(cmdlet, parameters);
    };
  const noAnswer: Around = () => (cmdlet) => {
    throw new ExchangeError({ cmdlet, status: 0, type: "", message: "no answer" });
  };
  for (const [title, outcome] of [
    ["in between", (invoke) => invoke],
    ["while the answer to ours was lost", noAnswer],
  ] satisfies [string, Around][]) {
    it(`one that somebody made with the same ids ${title} is used as it is, and stays`, async () => {
      const made = await namedLife(one, preceded(outcome)).up(declare());
      assert.equal(made.outs.preexisting, true);
      const before = heldIn(fixture);
      await namedLife(one).destroy(made);
      assert.deepEqual(heldIn(fixture), before);
    });
  }

  it("one that somebody made with the same ids is used as it is, and stays", async () => {
    byHand({ DisplayName: "by hand" });
    const before = heldIn(fixture);
    const made = await namedLife(one).up(declare());
    assert.equal(made.outs.preexisting, true);
    assert.equal((await namedLife(one).refresh(made))?.drift, false);
    assert.equal((await namedLife(one).up(declare({ displayName: "ERP" }), made)).step, "update");
    await namedLife(one).destroy(made);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("one of the app with another object id is refused, with both and what it must be", async () => {
    byHand({ ObjectId: OTHER, DisplayName: "relay-test-erp" });
    assert.match(
      await refusalOf(one, declare()),
      new RegExp(
        `\\("relay-test-erp"\\) of app ${APP} with the object id ${OTHER} instead of ${OBJECT} of app ${APP}: .* the object id must be that of the enterprise application, not of the app registration; let whoever made it take it back, then run pulumi up --refresh; or rename the sender, which gives it another app; nothing was changed$`,
      ),
    );
  });

  it("one of another app with the object id is refused, too", async () => {
    byHand({ AppId: OTHER });
    assert.match(await refusalOf(one, declare()), new RegExp(`of app ${OTHER} with the object id`));
  });

  it("what is no id is refused without asking", async () => {
    const refused = await namedLife(one).refusals(declare({ appId: "x", objectId: "{y}" }));
    assert.deepEqual(
      refused.map((reason) => reason.split(";")[0]),
      ["appId: is not an object id (a GUID)", "objectId: is not an object id (a GUID)"],
    );
    assert.deepEqual(fixture.events(), []);
  });
});
