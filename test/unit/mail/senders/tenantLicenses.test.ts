import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SubscribedSku } from "../../../../mail/senders/license.ts";
import { mailLicenses } from "../../../../mail/senders/tenantLicenses.ts";

const sku = (
  skuId: string,
  enabled: number,
  change: Partial<SubscribedSku> = {},
): SubscribedSku => ({
  ...{ skuId, skuPartNumber: skuId.toUpperCase(), capabilityStatus: "Enabled" },
  servicePlans: ["EXCHANGE_S_STANDARD"],
  units: { enabled, warning: 0, suspended: 0, consumed: 0 },
  ...change,
});
const bought = (skuId: string) => ({ skuId, isTrial: false });
const tried = (skuId: string) => ({ skuId, isTrial: true });

const two = [sku("a1", 5), sku("b2", 20)];
const teams = sku("c3", 40, { servicePlans: ["TEAMS1"] });
const ended = sku("d4", 80, { capabilityStatus: "Suspended" });

type Row = readonly [
  title: string,
  given: Parameters<typeof mailLicenses>,
  active: string[],
  isTrial: boolean,
  paid: number,
];

const ROWS: readonly Row[] = [
  ["nothing at all", [[]], [], false, 0],
  ["nothing that is known of trials", [two], ["a1", "b2"], false, 25],
  ["what is bought", [two, [bought("a1"), bought("b2")]], ["a1", "b2"], false, 25],
  ["a trial beside it", [two, [bought("a1"), tried("b2")]], ["a1", "b2"], false, 5],
  ["a trial, and nothing known of the other", [two, [tried("a1")]], ["a1", "b2"], false, 20],
  ["trials alone", [two, [tried("a1"), tried("b2")]], ["a1", "b2"], true, 0],
  ["a trial whose id is in capitals", [[sku("a1", 5)], [tried("A1")]], ["a1"], true, 0],
  ["one that is tried and bought", [[sku("a1", 5)], [tried("a1"), bought("a1")]], ["a1"], false, 5],
  ["a SKU without Exchange Online", [[teams, sku("a1", 5)]], ["a1"], false, 5],
  ["a SKU that does not work", [[ended, sku("a1", 5)]], ["a1"], false, 5],
  [
    "a trial beside one that does not work",
    [[ended, sku("a1", 5)], [tried("a1")]],
    ["a1"],
    true,
    0,
  ],
];

describe("mailLicenses", () => {
  for (const [title, given, active, isTrial, paid] of ROWS) {
    it(`counts ${title}: ${paid}${isTrial ? ", a trial tenant" : ""}`, () => {
      const found = mailLicenses(...given);
      assert.deepEqual(
        { ...found, active: found.active.map(({ skuId }) => skuId) },
        { active, isTrial, paid },
      );
    });
  }
});
