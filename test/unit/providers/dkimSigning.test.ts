import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { addDomains } from "../../../lab/stack/manyDomains.ts";
import { dkimRecords } from "../../../lab/test/unit/zone.ts";
import {
  type DkimSigningInputs,
  type DkimSigningOutputs,
  dkimSigning,
} from "../../../providers/exchange/dkimSigning.ts";
import { dkimSigningConfig } from "../../../providers/exchange/dkimSigningConfig.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import type { ZoneAccess } from "../../../providers/host/zones.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import type { Around } from "./fixture.ts";
import { lifeOf } from "./life.ts";
import { refusedBy } from "./trouble.ts";
import { OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

describe("signing with a domain's own keys", () => {
  const fixture = useZoneFixture("dkim");
  beforeEach(async () => {
    Object.assign(fixture.lab.world.settings, { dkimKeysMs: 0 });
    fixture.lab.admin("New-DkimSigningConfig", {
      DomainName: fixture.domain,
      KeySize: 1024,
      Enabled: false,
    });
    await fixture.lab.settle();
  });
  afterEach(() => fixture.lab.settle());

  type Access = Pick<ZoneAccess, "zoneResolve">;
  const life = (around?: Around, access: Access = fixture.access()) =>
    lifeOf<DkimSigningInputs, DkimSigningOutputs>(() => dkimSigning(fixture.run(around), access));
  const config = () => {
    const found = fixture.lab.world.dkimConfigs.find(({ domain }) => domain === fixture.domain);
    if (!found) throw new Error("the domain has no configuration");
    return found;
  };
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    domain: fixture.domain,
    zone: fixture.domain,
    selector1CNAME: config().selectors[0].cname,
    selector2CNAME: config().selectors[1].cname,
    published: true,
    waitMinutes: 0,
    ...change,
  });
  const publish = (change: object = {}) =>
    fixture.place(...dkimRecords(fixture.lab.world).map((record) => ({ ...record, ...change })));

  it("begins once the CNAMEs are published, and ends with us", async () => {
    publish();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    assert.deepEqual(made.outs, {
      ...declare(),
      enabledBefore: false,
      enabled: true,
      pending: "",
      overdue: "",
    });
    assert.equal(config().enabled, true);
    assert.equal((await refresh(made))?.drift, false);
    assert.equal((await up(declare({ waitMinutes: 9 }), made)).step, "same");
    await destroy(made);
    assert.equal(config().enabled, false);
    await destroy(made);
    assert.equal(fixture.asked("Set-DkimSigningConfig"), 2);
  });

  it("what signed before us is never switched off, whatever happens in between", async () => {
    publish();
    config().enabled = true;
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    assert.deepEqual([made.outs.enabledBefore, made.outs.pending], [true, ""]);
    config().enabled = false;
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    const repaired = await up(declare(), refreshed);
    assert.equal(config().enabled, true);
    await destroy(repaired);
    assert.equal(config().enabled, true);
  });

  it("switched off by hand is drift, reported in words, and corrected", async () => {
    publish();
    const { up, refresh } = life();
    const made = await up(declare());
    config().enabled = false;
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.match(refreshed?.outs.pending ?? "", /Exchange does not sign for/);
    const repaired = await up(declare(), refreshed);
    assert.deepEqual([repaired.step, repaired.outs.pending], ["update", ""]);
    assert.equal(config().enabled, true);
  });

  it("CNAMEs that are gone are drift, reported in words, and waited for; signing stays on", async () => {
    publish();
    const { up, refresh } = life();
    const made = await up(declare());
    for (const { name } of dkimRecords(fixture.lab.world)) fixture.take(name, "CNAME");
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.match(
      refreshed?.outs.pending ?? "",
      /selector1\..* has no CNAME record; publish a CNAME to/,
    );
    const still = await up(declare(), refreshed);
    assert.deepEqual([still.step, still.outs.enabled], ["update", true]);
    assert.match(still.outs.pending, /has no CNAME record/);
    publish();
    const done = await up(declare(), still);
    assert.deepEqual([done.step, done.outs.pending], ["update", ""]);
    assert.equal(config().enabled, true);
    assert.equal(fixture.asked("Set-DkimSigningConfig"), 1);
  });

  it("what it means to publish them no more is said before it is done", async () => {
    publish();
    const { up, checked } = life();
    const made = await up(declare());
    await checked(declare(), made);
    assert.deepEqual(fixture.said, []);
    await checked(declare({ published: false }), made);
    assert.match(
      fixture.said.join(),
      /^this change removes the DKIM CNAME records of .* from Cloudflare/,
    );
    assert.equal((await up(declare({ published: false }), made)).step, "update");
  });

  it("CNAMEs that are missing are pending, signing stays off, and the next update switches it on", async () => {
    const { up, destroy } = life();
    const made = await up(declare({ waitMinutes: 0.0005 }));
    assert.equal(made.outs.enabled, false);
    for (const selector of ["selector1", "selector2"]) {
      assert.match(
        made.outs.pending,
        new RegExp(
          `${selector}\\._domainkey\\.${fixture.domain}: has no CNAME record; publish a CNAME to`,
        ),
      );
    }
    assert.equal(fixture.asked("Set-DkimSigningConfig"), 0);
    const still = await up(declare(), made);
    assert.deepEqual([still.step, still.outs.enabled], ["update", false]);
    publish();
    const done = await up(declare(), still);
    assert.deepEqual([done.step, done.outs.pending, config().enabled], ["update", "", true]);
    await destroy(done);
    assert.equal(config().enabled, false);
  });

  it("name servers that are behind are waited for", async () => {
    fixture.lab.world.settings.dnsDelayMs = 60_000;
    publish();
    let looks = 0;
    const access: Access = {
      async zoneResolve(zone) {
        const resolve = await fixture.access().zoneResolve(zone);
        return async (name, type) => {
          const answer = await resolve(name, type);
          if (name.startsWith("selector1.")) looks += 1;
          await fixture.lab.clock.advance(30_000);
          return answer;
        };
      },
    };
    const made = await life(undefined, access).up(declare({ waitMinutes: 0.02 }));
    assert.deepEqual([looks, made.outs.pending, config().enabled], [2, "", true]);
  });

  it("Exchange's own look at DNS is waited for, and pending after that", async () => {
    fixture.lab.world.settings.dkimSyncMs = 60_000;
    publish();
    const made = await life().up(declare({ waitMinutes: 0.0005 }));
    assert.match(made.outs.pending, /^Exchange does not see the CNAME records of .* yet, which/);
    assert.equal(config().enabled, false);
    const passing: Around = (invoke) => async (cmdlet, parameters) => {
      await fixture.lab.clock.advance(40_000);
      return invoke(cmdlet, parameters);
    };
    const done = await life(passing).up(declare({ waitMinutes: 0.002 }), made);
    assert.deepEqual([done.outs.pending, done.outs.enabledBefore], ["", false]);
    assert.equal(config().enabled, true);
  });

  const hidden: [string, object, RegExp][] = [
    [
      "proxied",
      { proxied: true },
      /is proxied by Cloudflare, so it answers with addresses.*DNS only/,
    ],
    [
      "flattened",
      { settings: { flatten_cname: true } },
      /exists, but not as a CNAME record; publish a CNAME to selector1.*not flattened/,
    ],
    [
      "to another target",
      { content: "selector1.other.example" },
      /"selector1\.other\.example" is not the target that Exchange assigned/,
    ],
  ];
  for (const [how, change, words] of hidden) {
    it(`a CNAME that is ${how} is reported in words`, async () => {
      publish(change);
      const made = await life().up(declare());
      assert.match(made.outs.pending, words);
      assert.equal(config().enabled, false);
    });
  }

  it("name servers that can't be asked leave it to Exchange, and are reported where it refuses", async () => {
    publish();
    fixture.lab.world.settings.dkimSyncMs = 60_000;
    const servfail = { where: { service: "dns" }, what: { kind: "servfail" }, times: 30 } as const;
    const fault = fixture.lab.faults.inject(servfail);
    const made = await life().up(declare());
    assert.match(made.outs.pending, /^Exchange does not .*could not be looked up \(.*ESERVFAIL/);
    assert.equal(config().enabled, false);
    fixture.lab.world.settings.dkimSyncMs = 0;
    const again = await life().up(declare(), made);
    assert.deepEqual([again.outs.pending, config().enabled], ["", true]);
    fixture.lab.faults.remove(fault);
  });

  for (const type of ["ValidationException", "ArgumentException", ""]) {
    it(`a refusal by ${type || "no exception that it names"} is pending while Exchange misses the CNAMEs`, async () => {
      publish();
      fixture.lab.world.settings.dkimSyncMs = 60_000;
      const made = await life(refusedBy(type)).up(declare());
      assert.match(made.outs.pending, /^Exchange does not see the CNAME records of/);
      assert.deepEqual([made.outs.enabled, config().enabled], [false, false]);
    });
  }

  for (const status of [401, 403] as const) {
    it(`a refusal for want of a right (${status}) is an error, and nothing is switched on`, async () => {
      publish();
      const barred: Around = (invoke) => async (cmdlet, parameters) => {
        if (!cmdlet.startsWith("Set-")) return invoke(cmdlet, parameters);
        throw new ExchangeError({ cmdlet, status, type: "", message: "no right" });
      };
      const error = await thrownBy(() => life(barred).up(declare()));
      assert.ok(error instanceof HalfMade);
      const roles =
        "; an Exchange role group with Transport Hygiene is enough in place of the directory role";
      const words = `no right${status === 403 ? roles : ""}`;
      assert.deepEqual([error.message, config().enabled], [words, false]);
    });
  }

  describe("waits for what can come in this run", () => {
    /** Counts how often a run looks at the CNAMEs of the domain. */
    const counting = () => {
      const looks = { count: 0 };
      const access: Access = {
        async zoneResolve(zone) {
          const resolve = await fixture.access().zoneResolve(zone);
          return (name, type) => {
            if (type === "CNAME" && name.startsWith("selector1.")) looks.count += 1;
            return resolve(name, type);
          };
        },
      };
      return { looks, access };
    };
    /** One run that may wait for 1.2 seconds. */
    const run = async (
      change: object,
      made?: Awaited<ReturnType<ReturnType<typeof life>["up"]>>,
    ) => {
      const { looks, access } = counting();
      const before = fixture.asked("Set-DkimSigningConfig");
      const next = await life(undefined, access).up(
        declare({ waitMinutes: 0.02, ...change }),
        made,
      );
      const attempts = fixture.asked("Set-DkimSigningConfig") - before;
      return { made: next, looks: looks.count, attempts };
    };

    it("CNAMEs elsewhere: pending at once, now and in later runs, until they are there", async () => {
      const first = await run({ published: false });
      assert.equal(first.looks, 1);
      assert.match(first.made.outs.pending, /has no CNAME record; publish a CNAME to/);
      const second = await run({ published: false }, first.made);
      assert.deepEqual([second.looks, second.made.step], [1, "update"]);
      publish();
      const third = await run({ published: false }, second.made);
      assert.deepEqual([third.made.outs.pending, config().enabled], ["", true]);
    });

    it("CNAMEs elsewhere that have come: Exchange is waited for, once", async () => {
      fixture.lab.world.settings.dkimSyncMs = 3_600_000;
      const first = await run({ published: false });
      publish();
      const second = await run({ published: false }, first.made);
      assert.match(second.made.outs.pending, /^Exchange does not see the CNAME records/);
      assert.ok(second.attempts > 1, `${second.attempts} attempts`);
      const third = await run({ published: false }, second.made);
      assert.equal(third.attempts, 1);
      await fixture.lab.clock.advance(3_600_000);
      const fourth = await run({ published: false }, third.made);
      assert.deepEqual([fourth.made.outs.pending, config().enabled], ["", true]);
    });

    it("CNAMEs elsewhere that can't be looked up: Exchange is asked once, and not waited for", async () => {
      const servfail = {
        where: { service: "dns" },
        what: { kind: "servfail" },
        times: 99,
      } as const;
      const fault = fixture.lab.faults.inject(servfail);
      const first = await run({ published: false });
      fixture.lab.faults.remove(fault);
      assert.equal(first.attempts, 1);
      assert.match(first.made.outs.pending, /could not be looked up/);
      publish();
      fixture.lab.world.settings.dkimSyncMs = 3_600_000;
      const second = await run({ published: false }, first.made);
      assert.ok(second.attempts > 1, `${second.attempts} attempts`);
    });

    it("CNAMEs of ours that no name server gives: waited for once, and again when they change", async () => {
      const first = await run({});
      assert.ok(first.looks > 1, `${first.looks} looks`);
      const second = await run({}, first.made);
      assert.equal(second.looks, 1);
      const other = await run({ selector1CNAME: "selector1-new.example" }, second.made);
      assert.ok(other.looks > 1, `${other.looks} looks`);
    });

    it("CNAMEs of ours that were taken away since are waited for", async () => {
      publish();
      const made = await life().up(declare());
      for (const { name } of dkimRecords(fixture.lab.world)) fixture.take(name, "CNAME");
      const refreshed = await life().refresh(made);
      assert.ok(refreshed);
      const again = await run({}, { ...refreshed, step: "same" });
      assert.ok(again.looks > 1, `${again.looks} looks`);
    });
  });

  it("another error of Exchange's than missing CNAMEs keeps what was before us", async () => {
    publish();
    const broken: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet.startsWith("Set-")) throw new Error("cut");
      return answer;
    };
    const error = await thrownBy(() => life(broken).up(declare()));
    assert.ok(error instanceof HalfMade);
    const outs = error.properties as unknown as DkimSigningOutputs;
    assert.deepEqual([error.id, outs.enabled, outs.enabledBefore], [fixture.domain, false, false]);
    const inputs = declare();
    const done = await life().up(inputs, { id: error.id, inputs, outs });
    assert.deepEqual([done.outs.enabled, done.outs.enabledBefore], [true, false]);
    await life().destroy(done);
    assert.equal(config().enabled, false);
  });

  it("keys that are not made yet are waited for in the list, not by attempts", async () => {
    publish();
    config().keysAt = new Date(fixture.lab.clock.now().getTime() + 60_000).toISOString();
    const passing: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet.startsWith("Get-")) await fixture.lab.clock.advance(40_000);
      return answer;
    };
    const made = await life(passing).up(declare({ waitMinutes: 0.05 }));
    assert.deepEqual([made.outs.pending, fixture.asked("Set-DkimSigningConfig")], ["", 1]);
  });

  it("eight domains of one run: a New and a Set for each, and a handful of lists for all", async () => {
    const { lab, tenant } = fixture;
    lab.world.settings.dkimEarlyCnames = "shown";
    const domains = addDomains(lab, 8);
    const tenants = fixture.run();
    const access = fixture.access();
    const [keys, signing] = [dkimSigningConfig(tenants), dkimSigning(tenants, access)];
    const made = await Promise.all(
      domains.map((domain) => keys.create({ ...tenant, owner: OWNER, domain, waitMinutes: 1 })),
    );
    await lab.settle();
    for (const domain of domains) {
      lab.editZone(domain, (records) => [...records, ...dkimRecords(lab.world, domain)]);
    }
    const signed = await Promise.all(
      made.map(({ outs }) =>
        signing.create({ ...outs, zone: outs.domain, published: true, waitMinutes: 1 }),
      ),
    );
    assert.ok(signed.every(({ outs: { enabled, pending } }) => enabled && pending === ""));
    const asked = () =>
      ["New", "Set", "Remove"].map((verb) => fixture.asked(`${verb}-DkimSigningConfig`));
    // One of them, and its New, are of the fixture.
    assert.deepEqual(asked(), [9, 8, 0]);
    assert.ok(fixture.asked("Get-DkimSigningConfig") <= 6);

    const before = fixture.asked("Get-DkimSigningConfig");
    const next = fixture.run();
    await Promise.all(made.map(({ id, outs }) => dkimSigningConfig(next).read(id, outs)));
    await Promise.all(signed.map(({ id, outs }) => dkimSigning(next, access).read(id, outs)));
    assert.equal(fixture.asked("Get-DkimSigningConfig"), before + 1);

    const last = fixture.run();
    await Promise.all(signed.map(({ id, outs }) => dkimSigning(last, access).delete(id, outs)));
    await Promise.all(made.map(({ id, outs }) => dkimSigningConfig(last).delete(id, outs)));
    assert.deepEqual(asked(), [9, 16, 8]);
    assert.ok(fixture.asked("Get-DkimSigningConfig") <= before + 7);
    assert.deepEqual(
      lab.world.dkimConfigs.filter(({ domain }) => domains.includes(domain)),
      [],
    );
  });

  it("a configuration that is gone: read says so, update too, delete has nothing to do", async () => {
    publish();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    const inputs = declare({ selector1CNAME: "x.example" });
    fixture.lab.world.dkimConfigs = [];
    assert.equal(await refresh(made), undefined);
    assert.match(
      (await thrownBy(() => up(inputs, made))).message,
      /has no DKIM configuration of .* any more; run pulumi up --refresh/,
    );
    await destroy(made);
  });

  it("check and diff ask nothing; what is not known yet is a change", async () => {
    publish();
    const { up, refusals } = life();
    const made = await up(declare());
    const asked = fixture.events().length;
    assert.equal((await up(declare(), made)).step, "same");
    const kind = dkimSigning(fixture.run(), fixture.access());
    const news = declare({ selector1CNAME: UNKNOWN });
    assert.deepEqual((await kind.check(made.inputs, news)).failures, []);
    assert.deepEqual(await kind.diff(made.id, made.outs, news), { changes: true });
    const other = await kind.diff(made.id, made.outs, declare({ domain: "other.example" }));
    assert.deepEqual(other, { changes: true, replaces: ["domain"] });
    const moved = declare({ tenantId: "11111111-2222-3333-4444-555555555555" });
    assert.match((await refusals(moved, made))[0] ?? "", /^tenantId: is not the tenant/);
    assert.equal(fixture.events().length, asked);
  });
});
