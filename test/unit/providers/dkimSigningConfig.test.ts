import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  type DkimSigningConfigInputs,
  type DkimSigningConfigOutputs,
  dkimSigningConfig,
} from "../../../providers/exchange/dkimSigningConfig.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { openDeadline } from "../../../providers/host/waiting.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import type { Around } from "./fixture.ts";
import { lifeOf } from "./life.ts";
import { refusedBy, unanswered } from "./trouble.ts";
import { OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

describe("a domain's DKIM configuration", () => {
  const fixture = useZoneFixture("dkim");
  beforeEach(() => {
    Object.assign(fixture.lab.world.settings, { dkimEarlyCnames: "shown", dkimKeysMs: 0 });
  });
  // A key that is being made is for the world of its test.
  afterEach(() => fixture.lab.settle());

  const life = (around?: Around) =>
    lifeOf<DkimSigningConfigInputs, DkimSigningConfigOutputs>(() =>
      dkimSigningConfig(fixture.run(around), openDeadline(), 0),
    );
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    domain: fixture.domain,
    waitMinutes: 0,
    ...change,
  });
  const held = () => fixture.lab.world.dkimConfigs.find(({ domain }) => domain === fixture.domain);
  const byHand = (parameters: object = {}) =>
    fixture.lab.admin("New-DkimSigningConfig", {
      DomainName: fixture.domain,
      Enabled: false,
      ...parameters,
    });
  /** The configurations, but for when Exchange looked last. */
  const configs = () =>
    structuredClone(fixture.lab.world.dkimConfigs).map(({ lastChecked: _, ...config }) => ({
      ...config,
      selectors: config.selectors.map(({ publicKey: __, ...selector }) => selector),
    }));

  /** A configuration as a refresh sees it once Exchange has made its keys. */
  async function withKeys() {
    const made = await life().up(declare());
    await fixture.lab.settle();
    await fixture.lab.clock.advance(fixture.lab.world.settings.dkimKeysMs);
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs.publicKeys.length], [false, 2]);
    return seen ?? made;
  }

  it("leaves one alone that somebody made in the place of ours", async () => {
    const { destroy } = life();
    const made = await withKeys();
    fixture.lab.admin("Remove-DkimSigningConfig", { Identity: fixture.domain });
    byHand();
    const theirs = held()?.guid;
    await destroy(made);
    assert.equal(held()?.guid, theirs);
  });

  it("is made disabled, with keys of 2048 bits and our mark, and removed", async () => {
    const before = configs();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    const config = held();
    assert.deepEqual(
      [config?.enabled, config?.selectors.map(({ keySize }) => keySize), config?.adminDisplayName],
      [false, [2048, 2048], `Managed by Pulumi: ${OWNER}. Changes made by hand are undone.`],
    );
    const [first, second] = config?.selectors ?? [];
    assert.deepEqual(made.outs, {
      ...declare(),
      selector1CNAME: first?.cname,
      selector2CNAME: second?.cname,
      keySize: 2048,
      publicKeys: made.outs.publicKeys,
      preexisting: false,
      marked: true,
      ready: true,
    });
    const seen = await refresh(made);
    // The keys come when they are made.
    assert.deepEqual({ ...seen?.outs, publicKeys: [] }, { ...made.outs, publicKeys: [] });
    assert.equal(seen?.drift, false);
    assert.equal((await up(declare({ waitMinutes: 9 }), made)).step, "same");
    await destroy(made);
    assert.deepEqual(configs(), before);
    await destroy(made);
  });

  it("an unchanged check, and a diff, ask nothing; what is not known yet is a change", async () => {
    const kind = dkimSigningConfig(fixture.run());
    const { outs, inputs } = await life().up(declare());
    const asked = fixture.events().length;
    assert.equal((await life().up(declare(), { id: fixture.domain, inputs, outs })).step, "same");
    const news = declare({ domain: UNKNOWN });
    assert.deepEqual(await kind.check(inputs, news), { inputs: news, failures: [] });
    assert.deepEqual(await kind.diff(fixture.domain, outs, news), { changes: true });
    assert.equal(fixture.events().length, asked);
  });

  for (const enabled of [false, true]) {
    it(`one that was there, ${enabled ? "signing" : "disabled"}, is used as it is and never removed`, async () => {
      byHand({ KeySize: 1024, AdminDisplayName: "the agency's" });
      const config = held();
      if (config) config.enabled = enabled;
      const before = configs();
      const { up, refresh, destroy } = life();
      const made = await up(declare());
      assert.deepEqual(
        [made.outs.preexisting, made.outs.keySize, made.outs.ready],
        [true, 1024, true],
      );
      assert.equal((await refresh(made))?.drift, false);
      await destroy(made);
      assert.deepEqual(configs(), before);
      const written = ["Set", "Remove", "Rotate"].map((verb) =>
        fixture.asked(`${verb}-DkimSigningConfig`),
      );
      assert.deepEqual(written, [0, 0, 0]);
    });
  }

  it("one that Exchange shows without having it is made", async () => {
    const before = configs();
    const shown = { Domain: fixture.domain, Enabled: false, Status: "NoDKIMKeys" };
    const listing: Around = (invoke) => async (cmdlet, parameters) =>
      cmdlet.startsWith("Get-") && held() === undefined
        ? { value: [shown], warnings: [] }
        : invoke(cmdlet, parameters);
    const made = await life(listing).up(declare());
    assert.deepEqual([made.outs.preexisting, made.outs.ready], [false, true]);
    await life().destroy(made);
    assert.deepEqual(configs(), before);
  });

  it("one of another stack is refused, and nothing changes", async () => {
    byHand({ AdminDisplayName: "Managed by Pulumi: relay/prod. Changes made by hand are undone." });
    const before = configs();
    const error = await thrownBy(() => life().up(declare()));
    assert.match(error.message, /belongs to the stack relay\/prod, which created its DKIM config/);
    assert.deepEqual(configs(), before);
  });

  it("one of another stack that was faster is refused, too", async () => {
    const faster: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet === "New-DkimSigningConfig") {
        byHand({
          AdminDisplayName: "Managed by Pulumi: relay/prod. Changes made by hand are undone.",
        });
      }
      return invoke(cmdlet, parameters);
    };
    const error = await thrownBy(() => life(faster).up(declare()));
    assert.match(error.message, /belongs to the stack relay\/prod/);
  });

  it("one that somebody made in between without a mark is theirs", async () => {
    const faster: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet === "New-DkimSigningConfig") byHand();
      return invoke(cmdlet, parameters);
    };
    const made = await life(faster).up(declare());
    assert.equal(made.outs.preexisting, true);
    await life().destroy(made);
    assert.ok(held());
  });

  it("a mark that is lost or edited is drift, and is put back", async () => {
    const before = configs();
    const made = await life().up(declare());
    for (const AdminDisplayName of ["", "ask Piet", `x ${held()?.adminDisplayName}`]) {
      const marked = held()?.adminDisplayName;
      fixture.lab.admin("Set-DkimSigningConfig", { Identity: fixture.domain, AdminDisplayName });
      const seen = await life().refresh(made);
      assert.equal(seen?.drift, true);
      assert.equal((await life().up(declare(), seen)).step, "update");
      assert.equal(held()?.adminDisplayName, marked);
    }
    await life().destroy(made);
    assert.deepEqual(configs(), before);
  });

  it("one that has lost its mark is removed by its keys, and not where these are not known", async () => {
    const before = configs();
    const made = await withKeys();
    fixture.lab.admin("Set-DkimSigningConfig", { Identity: fixture.domain, AdminDisplayName: "" });
    const outs = { ...made.outs, publicKeys: [] };
    const { message } = await thrownBy(() => life().destroy({ ...made, outs }));
    assert.match(
      message,
      /is not marked as ours any more, so it was not removed; run pulumi up --ref/,
    );
    assert.ok(held());
    await life().destroy(made);
    assert.deepEqual(configs(), before);
  });

  it("of a renamed stack is marked anew, and is not where another stack has it by now", async () => {
    const before = configs();
    const made = await life().up(declare());
    const renamed = declare({ owner: "relay/renamed" });
    const updated = await life().up(renamed, made);
    assert.equal(updated.step, "update");
    assert.match(held()?.adminDisplayName ?? "", /^Managed by Pulumi: relay\/renamed\. /);
    assert.equal((await life().up(renamed, updated)).step, "same");
    const AdminDisplayName = "Managed by Pulumi: relay/prod. Changes made by hand are undone.";
    fixture.lab.admin("Set-DkimSigningConfig", { Identity: fixture.domain, AdminDisplayName });
    const error = await thrownBy(() => life().up(declare(), updated));
    assert.match(error.message, /belongs to the stack relay\/prod/);
    await life().destroy(updated);
    assert.equal(held()?.adminDisplayName, AdminDisplayName);
    fixture.lab.admin("Set-DkimSigningConfig", {
      Identity: fixture.domain,
      AdminDisplayName: "Managed by Pulumi: relay/renamed. Changes made by hand are undone.",
    });
    await life().destroy(updated);
    assert.deepEqual(configs(), before);
  });

  it("one that somebody made in the place of ours is theirs, and is not marked", async () => {
    const made = await withKeys();
    fixture.lab.admin("Remove-DkimSigningConfig", { Identity: fixture.domain });
    byHand();
    assert.equal(await life().refresh(made), undefined);
    const error = await thrownBy(() => life().up(declare({ owner: "relay/renamed" }), made));
    assert.match(error.message, /that this stack created is not in Exchange any more/);
    assert.equal(held()?.adminDisplayName, "");
  });

  it("keys that are late leave it half made, and the next update finishes", async () => {
    Object.assign(fixture.lab.world.settings, { dkimEarlyCnames: "null", dkimKeysMs: 60_000 });
    const before = configs();
    const { checked, refresh, destroy } = life();
    const inputs = await checked(declare({ waitMinutes: 0.001 }));
    const error = await thrownBy(() => life().create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    assert.match(error.message, /has not created the DKIM keys of .* yet; run pulumi up again/);
    const outs = error.properties as unknown as DkimSigningConfigOutputs;
    assert.deepEqual(
      [error.id, outs],
      [
        fixture.domain,
        {
          ...inputs,
          selector1CNAME: "",
          selector2CNAME: "",
          keySize: 2048,
          publicKeys: [],
          preexisting: false,
          marked: true,
          ready: false,
        },
      ],
    );
    const half = { id: error.id, inputs, outs };
    assert.equal((await refresh(half))?.drift, true);
    assert.ok((await thrownBy(() => life().up(inputs, half))) instanceof HalfMade);
    await fixture.lab.settle();
    await fixture.lab.clock.advance(60_000);
    const updated = await life().up(inputs, half);
    assert.equal(updated.step, "update");
    const [first] = held()?.selectors ?? [];
    assert.deepEqual(
      [updated.outs.selector1CNAME, updated.outs.ready, updated.outs.preexisting],
      [first?.cname, true, false],
    );
    await destroy(updated);
    assert.deepEqual(configs(), before);
  });

  it("keys that come in time are waited for", async () => {
    Object.assign(fixture.lab.world.settings, { dkimEarlyCnames: "null", dkimKeysMs: 60_000 });
    const later: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet === "New-DkimSigningConfig") await fixture.lab.settle();
      else await fixture.lab.clock.advance(60_000);
      return answer;
    };
    const made = await life(later).up(declare({ waitMinutes: 5 }));
    assert.equal(made.outs.ready, true);
  });

  for (const there of [true, false]) {
    it(`where none can be removed, ours stays disabled${there ? "" : ", or gone"}`, async () => {
      const { up, destroy } = life();
      const made = await up(declare());
      fixture.lab.world.settings.dkimRemovable = false;
      if (!there) fixture.lab.world.dkimConfigs = [];
      const before = configs();
      await destroy(made);
      assert.deepEqual(configs(), before);
      if (there)
        assert.match(
          fixture.said.join("\n"),
          /DKIM configuration of .* could not be removed and stays disabled: /,
        );
    });
  }

  it("where none can be removed, one that signs is an error", async () => {
    const { up, destroy } = life();
    const made = await up(declare());
    fixture.lab.world.settings.dkimRemovable = false;
    const config = held();
    if (config) config.enabled = true;
    await thrownBy(() => destroy(made));
    assert.equal(held()?.enabled, true);
  });

  it("one that was made although no answer came is ours", async () => {
    const before = configs();
    const made = await life(unanswered("New-DkimSigningConfig")).up(declare());
    assert.deepEqual([made.outs.preexisting, made.outs.ready], [false, true]);
    await life().destroy(made);
    assert.deepEqual(configs(), before);
  });

  for (const type of ["ADObjectAlreadyExistsException", "ValidationException", ""]) {
    it(`one of ours whose keys are not made yet is taken over, though ${type || "no exception that it names"} refuses a second one`, async () => {
      Object.assign(fixture.lab.world.settings, { dkimKeysMs: 60_000 });
      await life().up(declare());
      const again = await life(refusedBy(type)).up(declare());
      assert.deepEqual([again.outs.preexisting, configs().length], [false, 2]);
      assert.equal(fixture.asked("New-DkimSigningConfig"), 2);
    });
  }

  it("a refusal where there is none is an error in Exchange's words, and nothing is made", async () => {
    const before = configs();
    const refusing: Around = (invoke) => async (cmdlet, parameters) => {
      if (!cmdlet.startsWith("New-")) return invoke(cmdlet, parameters);
      throw new ExchangeError({ cmdlet, status: 400, type: "x", message: "no such domain" });
    };
    const error = await thrownBy(() => life(refusing).up(declare()));
    assert.equal(error.message, "no such domain");
    assert.deepEqual(configs(), before);
  });

  it("one that was made although no answer came is ours, also where the list says so later", async () => {
    let reads = 0;
    const late: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      if (!cmdlet.startsWith("Get-") || held() === undefined || reads++ > 0) return answer;
      const shown = { Domain: fixture.domain, Enabled: false, Status: "NoDKIMKeys" };
      return { ...answer, value: [shown] };
    };
    const lost = unanswered("New-DkimSigningConfig");
    const made = await life((invoke) => late(lost(invoke))).up(declare());
    assert.deepEqual([made.outs.preexisting, made.outs.ready], [false, true]);
  });

  it("one of ours that state does not know is taken over", async () => {
    await life().up(declare());
    const again = await life().up(declare());
    assert.equal(again.outs.preexisting, false);
    assert.equal(fixture.asked("New-DkimSigningConfig"), 1);
  });

  it("gone by hand: read says so", async () => {
    const made = await life().up(declare());
    fixture.lab.admin("Remove-DkimSigningConfig", { Identity: fixture.domain, Confirm: false });
    assert.equal(await life().refresh(made), undefined);
  });

  it("a failed read is never absent", async () => {
    const made = await life().up(declare());
    const broken: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet.startsWith("Get-")) throw new Error("cut");
      return invoke(cmdlet, parameters);
    };
    assert.equal((await thrownBy(() => life(broken).refresh(made))).message, "cut");
    assert.equal((await thrownBy(() => life(broken).up(declare()))).message, "cut");
  });

  it("is looked for in the list, as Exchange answers no error for the identity of an absent one", async () => {
    const before = configs();
    const asked: object[] = [];
    const empty: Around = (invoke) => async (cmdlet, parameters) => {
      if (!cmdlet.startsWith("Get-")) return invoke(cmdlet, parameters);
      asked.push(parameters);
      return "Identity" in parameters ? { value: [{}], warnings: [] } : invoke(cmdlet, parameters);
    };
    const { up, refresh, destroy } = life(empty);
    const made = await up(declare());
    assert.equal((await refresh(made))?.drift, false);
    await destroy(made);
    assert.deepEqual(configs(), before);
    assert.equal(await refresh(made), undefined);
    assert.ok(asked.every((parameters) => Object.keys(parameters).length === 0));
  });

  it("a list in which the domain is written otherwise has it all the same", async () => {
    byHand();
    await fixture.lab.settle();
    const loud: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      const value = answer.value.map((object) =>
        "Domain" in object ? { ...object, Domain: String(object.Domain).toUpperCase() } : object,
      );
      return { ...answer, value };
    };
    const made = await life(loud).up(declare());
    assert.equal(made.outs.preexisting, true);
    const written = fixture
      .events()
      .filter(({ service, what }) => service === "exchange" && !what.startsWith("Get-"));
    assert.deepEqual(written, []);
  });

  it("costs one New and one list where Exchange says the targets at once", async () => {
    await life().up(declare());
    const asked = fixture.events().filter(({ service }) => service === "exchange");
    assert.deepEqual(
      asked.map(({ what }) => what),
      ["Get-DkimSigningConfig", "New-DkimSigningConfig"],
    );
  });

  it("another tenant, and a name that is no domain, are refused", async () => {
    const made = await life().up(declare());
    const other = declare({ tenantId: "11111111-2222-3333-4444-555555555555" });
    assert.match((await life().refusals(other, made))[0] ?? "", /^tenantId: is not the tenant/);
    assert.match(
      (await life().refusals(declare({ domain: "x" })))[0] ?? "",
      /^domain: is not a dom/,
    );
  });

  it("another domain is a replacement", async () => {
    const made = await life().up(declare());
    const kind = dkimSigningConfig(fixture.run());
    const diff = await kind.diff(made.id, made.outs, { ...made.inputs, domain: "other.example" });
    assert.deepEqual(diff, { changes: true, replaces: ["domain"] });
  });
});
