import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import { findSku, type LicenseNeed, licenseProblem } from "../../../../mail/senders/license.ts";

const sku = (skuPartNumber: string, ...servicePlans: string[]) => ({
  skuId: `4b9405b0-7788-4568-add1-${skuPartNumber.length.toString().padStart(12, "0")}`,
  skuPartNumber,
  capabilityStatus: "Enabled",
  servicePlans,
  units: { enabled: 3, warning: 0, suspended: 0, consumed: 1 },
});
const SUBSCRIPTIONS = [
  sku("EXCHANGESTANDARD", "EXCHANGE_S_STANDARD"),
  sku("FLOW_FREE", "EXCHANGE_S_FOUNDATION", "FLOW_P2_VIRAL"),
  sku("SPB", "TEAMS1", "EXCHANGE_S_STANDARD"),
];
const problemOf = (
  name: string,
  subscriptions = SUBSCRIPTIONS,
  need: LicenseNeed = { count: 1 },
) => {
  const problem = licenseProblem("license", name, need, subscriptions);
  return problem && sentence(problem);
};
/** The tenant's SKUs, of which some have other units. */
const withUnits = (change: Record<string, Partial<(typeof SUBSCRIPTIONS)[number]["units"]>>) =>
  SUBSCRIPTIONS.map((one) => ({
    ...one,
    units: { ...one.units, ...change[one.skuPartNumber] },
  }));

describe("the licence of a mailbox", () => {
  it("is any of the tenant's with Exchange, in any letter case", () => {
    for (const name of ["EXCHANGESTANDARD", "exchangeStandard", " SPB "]) {
      assert.equal(problemOf(name), undefined);
    }
    assert.equal(findSku(SUBSCRIPTIONS, "spb"), SUBSCRIPTIONS[2]);
  });

  it("must be one of the tenant's; the error lists those with Exchange", () => {
    assert.equal(
      problemOf("EXCHANGEENTERPRISE"),
      'license: "EXCHANGEENTERPRISE" is not the part number of a SKU that the tenant has; choose one with Exchange Online: the tenant has EXCHANGESTANDARD (2 free), SPB (2 free)',
    );
  });

  it("is named by its part number, which the error says for the id of one", () => {
    const id = SUBSCRIPTIONS[0]?.skuId ?? "";
    assert.equal(
      problemOf(id.toUpperCase()),
      `license: "${id.toUpperCase()}" is the id of SKU EXCHANGESTANDARD, and a licence is named by the part number; use "EXCHANGESTANDARD"`,
    );
    // Another rule would refuse this one.
    const full = withUnits({ EXCHANGESTANDARD: { consumed: 3 } });
    assert.match(problemOf(id, full) ?? "", /is not the part number of .* the tenant has SPB/);
    assert.match(problemOf(SUBSCRIPTIONS[1]?.skuId ?? "") ?? "", /is not the part number of/);
  });

  it("is none that brings no mailbox", () => {
    assert.match(
      problemOf("FLOW_FREE") ?? "",
      /^license: "FLOW_FREE" is a SKU without Exchange Online/,
    );
  });

  it("has to be bought where there is none", () => {
    assert.match(
      problemOf("SPB", []) ?? "",
      /; buy one with Exchange Online .*: the tenant has no free licence of any$/,
    );
  });

  it("that the tenant lacks is not replaced by a SKU without a free licence", () => {
    assert.match(
      problemOf("X", withUnits({ SPB: { consumed: 3 } })) ?? "",
      /the tenant has EXCHANGESTANDARD \(2 free\)$/,
    );
  });

  it("has to be free as often as it is needed; the error counts, and says what helps", () => {
    const two = { count: 2 };
    assert.equal(problemOf("SPB", SUBSCRIPTIONS, two), undefined);
    assert.equal(
      problemOf("spb", withUnits({ SPB: { consumed: 2 } }), { ...two, instead: "do without" }),
      'license: "SPB" has only 1 free licence, but 2 are needed (2 of 3 are assigned); buy 1 more, unassign 1 from other users, choose another SKU: EXCHANGESTANDARD (2 free), or do without',
    );
    assert.equal(
      problemOf("SPB", withUnits({ SPB: { consumed: 3 }, EXCHANGESTANDARD: { consumed: 2 } }), two),
      'license: "SPB" has no free licence, but 2 are needed (3 of 3 are assigned); buy 2 more, or unassign 2 from other users',
    );
  });

  it("counts as free in its grace period, and not when it is suspended", () => {
    const expired = withUnits({ SPB: { enabled: 0, warning: 3 } });
    assert.equal(problemOf("SPB", expired, { count: 2 }), undefined);
    assert.match(
      problemOf("SPB", expired, { count: 3 }) ?? "",
      /"SPB" has only 2 free licences, but 3 are needed \(1 of 3 are assigned\); buy 1 more, or unassign/,
    );
    assert.match(
      problemOf("SPB", withUnits({ SPB: { enabled: 0, suspended: 3 } })) ?? "",
      /"SPB" has no free licence, but 1 is needed \(1 of 0 are assigned, 3 are suspended\); buy 2 more, renew its subscription, or choose another SKU: /,
    );
  });

  it("that becomes free at the end of the run is not free yet; the error says so where it would be enough", () => {
    const full = withUnits({ SPB: { consumed: 3 } });
    assert.match(
      problemOf("SPB", full, { count: 1, leaving: ["old"] }) ?? "",
      /\(3 of 3 are assigned\), and what this run takes from old becomes free at its end; .* run pulumi up without what is new first,/,
    );
    assert.doesNotMatch(
      problemOf("SPB", full, { count: 2, leaving: ["old"] }) ?? "",
      /at its end|without what is new/,
    );
  });

  for (const plan of [
    "EXCHANGE_B_STANDARD",
    "EXCHANGE_L_STANDARD",
    "EXCHANGE_S_DESKLESS",
    "EXCHANGE_S_DESKLESS_GOV",
    "EXCHANGE_S_ENTERPRISE_GOV",
    "EXCHANGE_S_ESSENTIALS",
    "EXCHANGE_S_STANDARD_MIDMARKET",
  ]) {
    it(`a SKU with the plan ${plan} provides a mailbox`, () => {
      assert.equal(problemOf("X", [sku("X", "EXCHANGE_S_ARCHIVE_ADDON", plan)]), undefined);
    });
  }

  for (const plan of [
    "EXCHANGE_ANALYTICS",
    "EXCHANGE_FOUNDATION_GOV",
    "EXCHANGEONLINE_MULTIGEO",
    "EXCHANGE_S_ARCHIVE",
    "EXCHANGE_S_ARCHIVE_ADDON",
    "EXCHANGE_S_ARCHIVE_ADDON_GOV",
    "EXCHANGE_S_FOUNDATION_GOV",
  ]) {
    it(`a SKU whose only plan is ${plan} provides no mailbox`, () => {
      const problem = licenseProblem("license", "X", { count: 0 }, [sku("X", plan)]);
      assert.equal(problem?.rule, "is a SKU without Exchange Online, so it provides no mailbox");
    });
  }
});
