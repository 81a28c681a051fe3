import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { RightState } from "../../../mail/rights/compare.ts";
import { APP_NAMES, type Right, rightsOf } from "../../../mail/rights/rights.ts";
import { needsOf } from "../../../providers/kinds.ts";
import { proofOf, proofsOf, UNPROVED } from "../../../scripts/bootstrap/proofs.ts";
import { configOf, STACKS } from "../mail/rights/stacks.ts";
import { openTenantBench, type TenantBench } from "../tenant/bench.ts";

/** Every right that some stack needs, but for those of Cloudflare's tokens, which `checkToken` tries. */
const rights: readonly Right[] = Object.values(STACKS)
  .flatMap(({ senders, more }) => {
    const all = rightsOf(configOf(senders, more), needsOf);
    return APP_NAMES.flatMap((app) => all[app]);
  })
  .filter(({ kind }) => kind !== "zone");

describe("every right that a stack can need", () => {
  it("has a call that shows it, or a reason why it has none", () => {
    for (const right of rights) {
      const isUnproved = proofOf(right) === undefined;
      assert.equal(UNPROVED[right.name] !== undefined, isUnproved, `${right.kind} ${right.name}`);
    }
    const unproved = rights.filter((right) => proofOf(right) === undefined);
    assert.deepEqual(
      [...new Set(unproved.map(({ name }) => name))].toSorted(),
      Object.keys(UNPROVED).toSorted(),
    );
  });
});

describe("the calls that show rights", () => {
  let bench: TenantBench;
  before(async () => {
    bench = await openTenantBench(process.env.LAB_SEED ?? "proofs");
  });
  after(() => bench.lab.close());
  beforeEach(() => bench.reset());

  const states = rights.map((right): RightState => ({ ...right, state: "held" }));
  const shown = async () => {
    const proofs = await proofsOf(await bench.connect(), bench.lab.world.deployer.clientId, states);
    const all = [...proofs.values()].filter((right) => proofOf(right) !== undefined);
    return {
      roles: new Set(
        all.filter(({ kind }) => ["role", "cmdlet"].includes(kind)).map((right) => right.shown),
      ),
      permissions: new Set(all.filter((one) => one.kind === "permission").map((one) => one.shown)),
    };
  };

  it("are answered to an app that has all of them", async () => {
    bench.lab.world.deployer.appRoles.graph = rights.map(({ name }) => name);
    const called = new Set(["called"]);
    assert.deepEqual(await shown(), { roles: called, permissions: called });
  });

  it("are refused to an app that has none of them, and change nothing", async () => {
    const { deployer } = bench.lab.world;
    deployer.directoryRoles = [];
    deployer.appRoles.graph = [];
    const before = structuredClone(bench.lab.world);
    const refused = new Set(["refused"]);
    assert.deepEqual(await shown(), { roles: refused, permissions: refused });
    assert.deepEqual({ ...bench.lab.world, drawn: 0 }, { ...before, drawn: 0 });
  });
});
