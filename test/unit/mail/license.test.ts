import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../mail/problem.ts";
import { findSku, licenseProblem } from "../../../mail/senders/license.ts";

const sku = (skuPartNumber: string, ...servicePlans: string[]) => ({
  skuPartNumber,
  capabilityStatus: "Enabled",
  servicePlans,
});
const SUBSCRIPTIONS = [
  sku("EXCHANGESTANDARD", "EXCHANGE_S_STANDARD"),
  sku("FLOW_FREE", "EXCHANGE_S_FOUNDATION", "FLOW_P2_VIRAL"),
  sku("SPB", "TEAMS1", "EXCHANGE_S_STANDARD"),
];
const problemOf = (name: string, subscriptions = SUBSCRIPTIONS) => {
  const problem = licenseProblem("license", name, subscriptions);
  return problem && sentence(problem);
};

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
      'license: "EXCHANGEENTERPRISE" is not the part number of a SKU that the tenant has; choose one with Exchange Online: the tenant has EXCHANGESTANDARD, SPB',
    );
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
      /; buy one with Exchange Online .*: the tenant has none$/,
    );
  });

  for (const plan of [
    "EXCHANGE_S_ARCHIVE",
    "EXCHANGE_S_ARCHIVE_ADDON",
    "EXCHANGE_S_ARCHIVE_ADDON_GOV",
    "EXCHANGE_S_FOUNDATION_GOV",
  ]) {
    it(`a SKU whose only plan is ${plan} provides no mailbox`, () => {
      const problem = licenseProblem("license", "X", [sku("X", plan)]);
      assert.equal(problem?.rule, "is a SKU without Exchange Online, so it provides no mailbox");
    });
  }
});
