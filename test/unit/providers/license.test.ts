import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import {
  type LicenseInputs,
  type LicenseOutputs,
  license,
  surveyedSku,
} from "../../../providers/entra/license.ts";
import type { Tenants } from "../../../providers/host/tenants.ts";
import type { Graph } from "../../../tenant/graph.ts";
import { thrownBy } from "../tenant/bench.ts";
import { useProviderFixture } from "./fixture.ts";
import { hurried } from "./hurried.ts";
import { lifeOf } from "./life.ts";
import { UNKNOWN } from "./namedLife.ts";

const PLAN_1 = { skuId: "4b9405b0-7788-4568-add1-99614e613b69", skuPartNumber: "EXCHANGESTANDARD" };
const PLAN_2 = {
  skuId: "19ec0d23-8335-4cbd-94ac-6050e30712fa",
  skuPartNumber: "EXCHANGEENTERPRISE",
};
const NOBODY = "11111111-2222-4333-8444-555555555555";

describe("a licence", () => {
  const fixture = useProviderFixture("license");
  let user: string;
  beforeEach(() => {
    const { lab, domain } = fixture;
    const sku = (one: typeof PLAN_1, servicePlanName: string) => ({
      ...one,
      enabled: 3,
      consumed: 1,
      servicePlans: [{ servicePlanId: "9aaf7827-d63c-4b61-89c3-182f06f82e5c", servicePlanName }],
    });
    lab.world.tenant.skus = [
      ...lab.world.tenant.skus.slice(0, 1),
      sku(PLAN_1, "EXCHANGE_S_STANDARD"),
      sku(PLAN_2, "EXCHANGE_S_ENTERPRISE"),
    ];
    lab.admin("New-Mailbox", { Shared: true, Name: "shop", PrimarySmtpAddress: `shop@${domain}` });
    user = lab.world.directory.users.at(-1)?.id ?? "";
  });

  /** A run of which Graph is asked through something else. */
  const through = (around: (graph: Graph) => Partial<Graph>): Tenants => {
    const run = fixture.run();
    return {
      ...run,
      graph: async (tenant) => {
        const graph = await run.graph(tenant);
        return { ...graph, ...around(graph) };
      },
    };
  };
  const life = (tenants = fixture.run()) =>
    lifeOf<LicenseInputs, LicenseOutputs>(() => license(tenants));
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    user,
    sku: PLAN_1.skuPartNumber,
    ...change,
  });
  const held = () => fixture.lab.world.directory.users.find(({ id }) => id === user);
  const sku = (name = PLAN_1.skuPartNumber) => {
    const found = fixture.lab.world.tenant.skus.find((one) => one.skuPartNumber === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const state = () => structuredClone([fixture.lab.world.directory, fixture.lab.world.tenant.skus]);
  /** What create refuses: since the check of the inputs the tenant may have changed. */
  const refusalOf = async (news: LicenseInputs, tenants?: Tenants): Promise<string> => {
    const before = state();
    const { message } = await thrownBy(() => life(tenants).create(news));
    assert.deepEqual(state(), before, "nothing was changed");
    return message;
  };

  it("is given with its mailbox alone: other plans of the SKU are disabled", async () => {
    const teams = "57ff2da0-773e-42df-b2af-ffb7a2317929";
    const sharePoint = "c7699d2e-19aa-44de-8edf-1736da088ca1";
    sku().servicePlans.push(
      { servicePlanId: teams, servicePlanName: "TEAMS1" },
      { servicePlanId: sharePoint, servicePlanName: "SHAREPOINTSTANDARD" },
    );
    const made = await life().up(declare());
    assert.deepEqual(held()?.disabledPlans, { [PLAN_1.skuId]: [teams, sharePoint] });
    assert.equal((await life().up(declare(), made)).step, "same");
    await life().destroy(made);
    assert.deepEqual([held()?.licenses, held()?.disabledPlans], [[], undefined]);
  });

  it("that was given with all its plans, by hand or by an older version, stays as it is", async () => {
    sku().servicePlans.push({ servicePlanId: NOBODY, servicePlanName: "TEAMS1" });
    held()?.licenses.push(PLAN_1.skuId);
    const before = state();
    const made = await life().up(declare());
    assert.equal(made.outs.preexisting, true);
    assert.equal((await life().refresh(made))?.drift, false);
    assert.deepEqual(held()?.disabledPlans, undefined);
    assert.deepEqual(state(), before);
  });

  it("is given with the organisation's country, read, and taken away", async () => {
    const before = state();
    const made = await life().up(declare({ sku: "exchangestandard" }));
    assert.deepEqual(
      [held()?.licenses, held()?.properties.usageLocation, sku().consumed],
      [[PLAN_1.skuId], "NL", 2],
    );
    assert.deepEqual(made.outs, { ...made.inputs, skuId: PLAN_1.skuId, preexisting: false });
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs, seen?.inputs], [false, made.outs, made.inputs]);
    await life().destroy(made);
    const account = held();
    if (account) account.properties.usageLocation = null;
    assert.deepEqual(state(), before, "but for the country");
    await life().destroy(made);
  });

  it("a country that the user has stays", async () => {
    const account = held();
    if (account) account.properties.usageLocation = "DE";
    await life().up(declare());
    assert.equal(held()?.properties.usageLocation, "DE");
    assert.equal(fixture.asked("GET /v1.0/organization"), 0);
  });

  it("no country anywhere: the error says where to set it", async () => {
    fixture.lab.world.tenant.countryLetterCode = null;
    assert.match(
      await refusalOf(declare()),
      /^user: .* has no usage location, .*; set the user's usage location in the Microsoft 365 admin/,
    );
  });

  it("one that the user has already is never taken away", async () => {
    const [anna] = fixture.lab.world.directory.users;
    const own = fixture.lab.world.tenant.skus[0]?.skuPartNumber;
    const before = state();
    const made = await life().up(declare({ user: anna?.id, sku: own }));
    assert.equal(made.outs.preexisting, true);
    await life().destroy(made);
    assert.deepEqual(state(), before);
  });

  it("an unknown SKU is refused, with those that hold Exchange", async () => {
    const names = fixture.lab.world.tenant.skus
      .map(
        ({ skuPartNumber, enabled, consumed }) => `${skuPartNumber} (${enabled - consumed} free)`,
      )
      .join(", ");
    const message = await refusalOf(declare({ sku: "SPE_E3" }));
    assert.ok(
      message.startsWith('license: "SPE_E3" is not the part number of a SKU that'),
      message,
    );
    assert.ok(message.endsWith(`the tenant has ${names}; nothing was changed`), message);
  });

  it("no free unit: the error says how many are assigned, and which SKUs have some", async () => {
    sku().consumed = 3;
    for (const one of fixture.lab.world.tenant.skus.slice(0, 1)) one.consumed = one.enabled;
    assert.match(
      await refusalOf(declare()),
      /^license: "EXCHANGESTANDARD" has no free licence, but 1 is needed \(3 of 3 are assigned\); buy 1 more, .*, or choose another SKU: EXCHANGEENTERPRISE \(2 free\); nothing/,
    );
    sku(PLAN_2.skuPartNumber).consumed = 3;
    assert.match(
      await refusalOf(declare()),
      /; buy 1 more, or unassign 1 from other users; nothing was/,
    );
  });

  it("a unit that goes to somebody else in the meantime: the error says what helps, with Graph's words", async () => {
    const taken = (shown: boolean) =>
      through((graph) => ({
        changeLicenses: (id, change) => {
          sku().consumed = 3;
          return graph.changeLicenses(id, change).finally(() => {
            if (!shown) sku().consumed = 1;
          });
        },
      }));
    const words =
      "(Graph POST /users/\\S+/assignLicense: Subscription with SKU \\S+ does not have any available licenses\\.)";
    for (const [shown, says] of [
      [
        true,
        "has no free licence, but 1 is needed (3 of 3 are assigned); buy 1 more, unassign 1 from other users, or choose another SKU: .*",
      ],
      [
        false,
        "has no licence that Graph assigns, though it counts some as free; buy 1 more, or wait .*",
      ],
    ] as const) {
      sku().consumed = 1;
      const { message } = await thrownBy(() => life(taken(shown)).up(declare()));
      const escaped = `${says} ${words}`.replace(/[()]/g, "\\$&");
      assert.match(message, new RegExp(`^license: "EXCHANGESTANDARD" ${escaped}$`));
      assert.deepEqual(held()?.licenses, []);
    }
    assert.equal((await life().up(declare())).outs.preexisting, false, "one is free again");
  });

  it("that is not given yet is asked for in check, with all that the run needs, unless the survey has asked", async (t) => {
    sku().consumed = 2;
    const run = fixture.run();
    const kind = license(run);
    const refusals = async (news: object, olds: object = {}) =>
      (await kind.check(olds, { ...declare(), ...news })).failures.map(({ reason }) => reason);
    assert.deepEqual(await refusals({}), []);
    assert.deepEqual(await refusals({}), [], "for the same user once");
    const [second] = await refusals({ user: UNKNOWN });
    assert.match(second ?? "", /^license: "EXCHANGESTANDARD" has only 1 free licence, but 2 are/);
    const said = t.mock.method(console, "log", () => {});
    const news = { ...declare({ user: UNKNOWN }), retire: true };
    assert.deepEqual(await kind.check({}, news), {
      inputs: declare({ user: UNKNOWN }),
      failures: [],
    });
    assert.match(
      String(said.mock.calls[0]?.arguments[0]),
      /are needed .* with retire: true: run pulumi up --continue-on-error/,
    );
    const [other] = await refusals({ sku: "NOTHERE" }, declare());
    assert.match(other ?? "", /^license: "NOTHERE" is not the part number of a SKU/);
    assert.deepEqual(await refusals({ sku: "exchangestandard", user: UNKNOWN }, declare()), []);
    run.claims(fixture.tenant).set(surveyedSku("ExchangeStandard"), "project/stack/sender");
    assert.deepEqual(await refusals({ user: UNKNOWN }), []);
  });

  it("that the user has already needs no free one", async () => {
    sku().consumed = 3;
    const account = held();
    account?.licenses.push(PLAN_1.skuId);
    assert.deepEqual(await life().refusals(declare()), []);
  });

  it("an account that shows late, and not everywhere at once, is searched for again", async () => {
    let [reads, writes] = [0, 0];
    const late = through((graph) => ({
      user: async (id) => (reads++ < 2 ? undefined : graph.user(id)),
      changeLicenses: async (id, change) =>
        writes++ === 0 ? false : graph.changeLicenses(id, change),
    }));
    await life(late).up(declare());
    assert.deepEqual([held()?.licenses, writes], [[PLAN_1.skuId], 2]);
  });

  it("an account that never shows is an error that says so", async (t) => {
    const now = Date.now;
    let ahead = 0;
    t.mock.method(Date, "now", () => now() + ahead);
    const never = through(() => ({
      user: async () => {
        ahead += 61_000;
        return undefined;
      },
    }));
    assert.match(
      await refusalOf(declare({ user: NOBODY }), never),
      /^user: Graph did not return the user 11111111-.* within a minute; run pulumi up again/,
    );
  });

  it("one that was given or taken although no answer came is", async () => {
    const lost = () =>
      through((graph) => ({
        changeLicenses: async (id, change) => {
          await graph.changeLicenses(id, change);
          throw new Error("cut");
        },
      }));
    const made = await life(lost()).up(declare());
    assert.deepEqual([made.outs.preexisting, held()?.licenses], [false, [PLAN_1.skuId]]);
    await life(lost()).destroy(made);
    assert.deepEqual(held()?.licenses, []);
  });

  it("a write that failed is an error, and done again by the next run", async (t) => {
    hurried(t);
    const { faults } = fixture.lab;
    const match = `/v1.0/users/${user}/assignLicense`;
    const strike = () =>
      faults.inject({
        where: { service: "graph", match },
        what: { kind: "status", status: 500 },
      });
    strike();
    const { message } = await thrownBy(() => life().up(declare()));
    assert.match(
      message,
      /^Graph POST \/users\/.*\/assignLicense: injected by the lab; run it again$/,
    );
    const made = await life().up(declare());
    assert.equal(made.outs.preexisting, false);
    strike();
    await thrownBy(() => life().destroy(made));
    assert.deepEqual(held()?.licenses, [PLAN_1.skuId]);
  });

  it("a user or a licence that does not exist any more is removed from state; a failed read is an error", async () => {
    const { lab } = fixture;
    const made = await life().up(declare());
    lab.faults.inject({ where: { service: "graph" }, what: { kind: "status", status: 500 } });
    await thrownBy(() => life().refresh(made));
    const account = held();
    if (account) account.licenses = [];
    assert.equal(await life().refresh(made), undefined);
    lab.admin("Remove-Mailbox", { Identity: `shop@${fixture.domain}` });
    assert.equal(await life().refresh(made), undefined);
    const after = state();
    await life().destroy(made);
    assert.deepEqual(state(), after);
  });

  it("another SKU takes the first one's place in one request", async () => {
    const made = await life().up(declare());
    const before = fixture.asked(`POST /v1.0/users/${user}/assignLicense`);
    const next = await life().up(declare({ sku: PLAN_2.skuPartNumber }), made);
    assert.deepEqual(
      [next.step, next.outs.skuId, held()?.licenses, sku().consumed],
      ["update", PLAN_2.skuId, [PLAN_2.skuId], 1],
    );
    assert.equal(fixture.asked(`POST /v1.0/users/${user}/assignLicense`), before + 1);
    await life().destroy(next);
    assert.deepEqual(held()?.licenses, []);
  });

  it("one whose SKU has got another name stays when the stack file follows, and is taken away in the end", async () => {
    const made = await life().up(declare());
    sku().skuPartNumber = "EXCHANGE_PLAN_1";
    const [before, asked] = [state(), fixture.asked(`POST /v1.0/users/${user}/assignLicense`)];
    const next = await life().up(declare({ sku: "EXCHANGE_PLAN_1" }), made);
    assert.deepEqual(next.outs, { ...made.outs, sku: "EXCHANGE_PLAN_1" });
    assert.deepEqual(state(), before);
    assert.equal(fixture.asked(`POST /v1.0/users/${user}/assignLicense`), asked);
    await life().destroy(next);
    assert.deepEqual(held()?.licenses, []);
  });

  it("one that the user had before stays when the SKU changes, and is preexisting again when it changes back", async () => {
    const graph = await fixture.run().graph(fixture.tenant);
    await graph.setUsageLocation(user, "NL");
    await graph.changeLicenses(user, { add: [PLAN_1.skuId] });
    const found = await life().up(declare());
    const next = await life().up(declare({ sku: PLAN_2.skuPartNumber }), found);
    assert.deepEqual(held()?.licenses, [PLAN_1.skuId, PLAN_2.skuId]);
    assert.equal(next.outs.preexisting, false);
    const back = await life().up(declare(), next);
    assert.deepEqual([back.outs.preexisting, held()?.licenses], [true, [PLAN_1.skuId]]);
  });

  it("one that a group gives as well is taken back without an error, and the group's stays", async () => {
    const made = await life().up(declare());
    const account = held();
    assert.ok(account);
    account.groupLicenses = [PLAN_1.skuId];
    await life().destroy(made);
    assert.deepEqual([account.licenses, account.groupLicenses], [[], [PLAN_1.skuId]]);
  });

  it("one that is a group's alone by now is left, by destroy and by a change of the SKU", async () => {
    const made = await life().up(declare());
    const account = held();
    assert.ok(account);
    Object.assign(account, { licenses: [], groupLicenses: [PLAN_1.skuId] });
    assert.equal((await life().refresh(made))?.drift, false);
    const next = await life().up(declare({ sku: PLAN_2.skuPartNumber }), made);
    assert.deepEqual([account.licenses, next.outs.preexisting], [[PLAN_2.skuId], false]);
    await life().destroy(next);
    const before = state();
    await life().destroy(made);
    assert.deepEqual(state(), before);
  });

  it("one that a group gives is not the stack's", async () => {
    const account = held();
    assert.ok(account);
    account.groupLicenses = [PLAN_1.skuId];
    const before = state();
    const made = await life().up(declare());
    assert.equal(made.outs.preexisting, true);
    await life().destroy(made);
    assert.deepEqual(state(), before);
  });

  it("another user is a replacement, and check and diff ask nothing", async () => {
    const made = await life().up(declare());
    const asked = fixture.events().length;
    assert.equal((await life().up(declare({ sku: "exchangestandard" }), made)).step, "same");
    const kind = license(fixture.run());
    for (const next of [NOBODY, UNKNOWN]) {
      // One that is not known yet may be the same, and replacing what is protected stops an `up`.
      const replaces = next === NOBODY ? ["user"] : [];
      const other = { changes: true, replaces, deleteBeforeReplace: true };
      const news = declare({ user: next });
      assert.deepEqual(await kind.check(made.inputs, news), { inputs: news, failures: [] });
      assert.deepEqual(await kind.diff(made.id, made.outs, news), other);
    }
    const moved = declare({ tenantId: NOBODY });
    assert.match((await life().refusals(moved, made))[0] ?? "", /^tenantId: is not the tenant/);
    assert.match(
      (await life().refusals(declare({ user: "shop" })))[0] ?? "",
      /^user: is not an object id/,
    );
    assert.equal(fixture.events().length, asked);
  });

  it("a missing permission is named, and nothing changes", async () => {
    const all = fixture.lab.world.deployer.appRoles.graph;
    for (const [left, right] of [
      ["User.Read.All", "User.ReadWrite.All"],
      ["LicenseAssignment.ReadWrite.All", "User.Read.All, to deploy User.ReadWrite.All,"],
    ] as const) {
      fixture.lab.world.deployer.appRoles.graph = [
        ...all.filter((role) => /^Organization/.test(role)),
        left,
      ];
      const account = held();
      if (account) account.properties.usageLocation = "NL";
      fixture.signOut();
      const message = await refusalOf(declare(), fixture.run());
      assert.ok(message.includes(`grant the app ${right} (Microsoft Graph`), message);
      fixture.signOut();
    }
  });
});
