// How kinds of named objects meet what goes wrong, on the example of one; what is the same for all is in namedLife.ts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { managementScope } from "../../../providers/exchange/managementScope.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, namedLife, OWNER } from "./namedLife.ts";
import { following, reading, unanswered } from "./trouble.ts";

const NAME = "relay-test-erp";

describe("a named object", () => {
  const fixture = useProviderFixture("named");

  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    name: NAME,
    address: "erp@contoso.com",
    ...change,
  });
  const life = (around?: Around) => namedLife({ fixture, kind: managementScope }, around);
  const filter = () => fixture.lab.world.managementScopes[0]?.recipientFilter;
  const byHand = (address: string) =>
    fixture.lab.admin("New-ManagementScope", {
      Name: NAME,
      RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${address}'`,
    });
  const notFound = (cmdlet: string) =>
    new ExchangeError({
      cmdlet,
      status: 404,
      type: "ManagementObjectNotFoundException",
      message: `${cmdlet}: none`,
    });
  /** Hides the object from so many reads after it was made. */
  const hidden = (reads: number): Around => {
    let left = 0;
    return (invoke) => async (cmdlet, parameters) => {
      if (cmdlet.startsWith("Get-") && left-- > 0) throw notFound(cmdlet);
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet.startsWith("New-")) left = reads;
      return answer;
    };
  };

  it("that shows late is waited for", async () => {
    const made = await life(hidden(2)).up(declare());
    assert.equal(made.outs.ready, true);
    assert.equal(fixture.asked("New-ManagementScope"), 1);
  });

  it("that Exchange does not return in time is taken over by the next run", async (t) => {
    const slow = passTime(t, 21_000);
    const never = hidden(99);
    const error = await thrownBy(() => life((invoke) => slow(never(invoke))).up(declare()));
    assert.match(
      error.message,
      /^Exchange accepted management scope "relay-test-erp" but does not return it yet; run pulumi up again, which takes/,
    );
    assert.equal((await life().up(declare())).outs.preexisting, false);
    assert.equal(fixture.asked("New-ManagementScope"), 1);
  });

  it("that was not made, and nobody answered, is the error of its New- cmdlet", async (t) => {
    const before = heldIn(fixture);
    const slow = passTime(t, 21_000);
    const lost: Around = (invoke) => async (cmdlet, parameters) => {
      if (!cmdlet.startsWith("New-")) return invoke(cmdlet, parameters);
      throw new ExchangeError({ cmdlet, status: 0, type: "", message: "no answer" });
    };
    const error = await thrownBy(() => life((invoke) => slow(lost(invoke))).up(declare()));
    assert.equal(error.message, "no answer");
    assert.deepEqual(heldIn(fixture), before);
  });

  it("that somebody else created in between is refused, and left alone", async () => {
    let world: object = {};
    const faster: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet === "New-ManagementScope") {
        byHand("anna@contoso.com");
        world = heldIn(fixture);
      }
      return invoke(cmdlet, parameters);
    };
    const error = await thrownBy(() => life(faster).up(declare()));
    assert.match(error.message, /exists already and is not ours .*; nothing was changed$/);
    assert.deepEqual(heldIn(fixture), world);
  });

  it("that somebody else created when no answer came is refused as well", async () => {
    const lost: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet !== "New-ManagementScope") return invoke(cmdlet, parameters);
      byHand("anna@contoso.com");
      throw new ExchangeError({ cmdlet, status: 0, type: "", message: "no answer" });
    };
    const error = await thrownBy(() => life(lost).up(declare()));
    assert.match(error.message, /exists already and is not ours/);
  });

  it("that Exchange stores differently from what was sent stays in state, half made", async (t) => {
    const slow = passTime(t, 61_000);
    const otherwise: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      const value = answer.value.map((one) => ({ ...one, RecipientFilter: "(x -eq 'y')" }));
      return { ...answer, value };
    };
    const inputs = await life().checked(declare());
    const error = await thrownBy(() => life((invoke) => slow(otherwise(invoke))).create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    assert.match(
      error.message,
      /^Exchange stored recipientFilter "\(x -eq 'y'\)" of management scope "relay-test-erp" instead of the value that was sent/,
    );
    const { ready, pending, preexisting } = error.properties;
    assert.deepEqual([ready, pending, preexisting], [false, error.message, false]);
    const half = { id: error.id, inputs, outs: { ...error.properties } };
    const finished = await life().up(declare(), half);
    assert.deepEqual([finished.step, finished.outs.ready], ["update", true]);
  });

  it("whose update was not answered is half made, and finished by the next", async () => {
    const made = await life().up(declare());
    const news = declare({ address: "crm@contoso.com" });
    const inputs = await life().checked(news, made);
    const error = await thrownBy(() => life(unanswered("Set-ManagementScope")).up(news, made));
    assert.ok(error instanceof HalfMade, error.message);
    const half = { id: error.id, inputs, outs: { ...error.properties } };
    const finished = await life().up(news, half);
    assert.deepEqual([finished.step, finished.outs.ready], ["update", true]);
    assert.equal(filter(), "((PrimarySmtpAddress -eq 'crm@contoso.com'))");
  });

  it("that is gone right after an update is half made", async (t) => {
    const made = await life().up(declare());
    const slow = passTime(t, 61_000);
    const gone = following("Set-ManagementScope", () =>
      fixture.lab.admin("Remove-ManagementScope", { Identity: NAME }),
    );
    const news = declare({ address: "crm@contoso.com" });
    const error = await thrownBy(() => life((invoke) => slow(gone(invoke))).up(news, made));
    assert.ok(error instanceof HalfMade, error.message);
    assert.equal(error.properties.ready, false);
  });

  it("that is gone can't be updated, and the error says how to go on", async () => {
    const made = await life().up(declare());
    fixture.lab.admin("Remove-ManagementScope", { Identity: NAME });
    const error = await thrownBy(() => life().up(declare({ address: "crm@contoso.com" }), made));
    assert.match(
      error.message,
      /is not in Exchange any more; run pulumi up --refresh to create it again$/,
    );
    assert.deepEqual(fixture.lab.world.managementScopes, []);
  });

  it("that changes its owner alone is written to state, not to Exchange", async () => {
    const made = await life().up(declare());
    const updated = await life().up(declare({ owner: "relay/test/crm" }), made);
    assert.deepEqual([updated.step, updated.outs.owner], ["update", "relay/test/crm"]);
    assert.equal(fixture.asked("Set-ManagementScope"), 0);
  });

  it("that Exchange still returns after it was removed is an error", async (t) => {
    const made = await life().up(declare());
    const slow = passTime(t, 61_000);
    const stale: Around = (invoke) => async (cmdlet, parameters) =>
      cmdlet.startsWith("Remove-") ? { value: [], warnings: [] } : invoke(cmdlet, parameters);
    const error = await thrownBy(() => life((invoke) => slow(stale(invoke))).destroy(made));
    assert.match(
      error.message,
      /^Exchange still returns .* a minute after it was removed; run it again$/,
    );
  });

  it("that shows a little longer is waited for", async () => {
    const made = await life().up(declare());
    let kept: readonly Readonly<Record<string, unknown>>[] = [];
    let left = 0;
    const slow: Around = (invoke) => async (cmdlet, parameters) => {
      if (left-- > 0) return { value: kept, warnings: [] };
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet.startsWith("Get-")) kept = answer.value;
      if (cmdlet.startsWith("Remove-")) left = 2;
      return answer;
    };
    await life(slow).destroy(made);
    assert.deepEqual(fixture.lab.world.managementScopes, []);
  });

  it("an answer that holds another object is never absent", async () => {
    const made = await life().up(declare());
    const world = heldIn(fixture);
    const value = [{ Guid: "x", Name: "other" }];
    const words = /Exchange answered with "other" when asked for/;
    assert.match((await thrownBy(() => life(reading(value)).refresh(made))).message, words);
    assert.match((await thrownBy(() => life(reading(value)).destroy(made))).message, words);
    assert.match((await thrownBy(() => life(reading(value)).up(declare()))).message, words);
    assert.deepEqual(heldIn(fixture), world);
  });

  it("costs a look, New and one read where the read shows it as wanted", async () => {
    await life().up(declare());
    const asked = fixture.events().filter(({ service }) => service === "exchange");
    assert.deepEqual(
      asked.map(({ what }) => what),
      ["Get-ManagementScope", "New-ManagementScope", "Get-ManagementScope"],
    );
  });

  it("an answer that holds nothing, or an object without a name or id, is absent", async () => {
    const made = await life().up(declare());
    for (const value of [[], [{ IsValid: true }], [{ Guid: null, Name: null }]]) {
      assert.equal(await life(reading(value)).refresh(made), undefined);
    }
  });

  it("a failure right after it was made keeps it in state", async () => {
    const failing: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet.startsWith("Set-")) {
        throw new ExchangeError({ cmdlet, status: 500, type: "", message: "broken" });
      }
      const answer = await invoke(cmdlet, parameters);
      const value = answer.value.map((object) => ({ ...object, RecipientFilter: "not yet" }));
      return { ...answer, value };
    };
    const error = await thrownBy(() => life(failing).up(declare()));
    assert.ok(error instanceof HalfMade, error.message);
    assert.equal(error.message, "broken; run pulumi up again");
    assert.equal(error.id, fixture.lab.world.managementScopes[0]?.guid);
  });
});
