import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { heldLicenses, heldLicenseText } from "../../../../mail/senders/heldLicenses.ts";
import type { SubscribedSku } from "../../../../mail/senders/license.ts";
import { LICENSE_RULES, licenseOf } from "../../../../mail/senders/licenseNeeds.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { summariesOf } from "../../../../mail/senders/summary.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const address = { authentication: ["staticIp"], egress: ["198.51.100.7"] } as const;

describe("the licence of a sender", () => {
  const cases: [title: string, Partial<Sender>, rule: string, needs: string][] = [
    ["an app with a shared mailbox", {}, "sharedMailbox", "none asked for"],
    ["one with a license", { license: "SPB" }, "licensedMailbox", "SPB"],
    [
      "one with a mailbox of others",
      { adoptMailbox: true },
      "adoptedMailbox",
      "what its mailbox has",
    ],
    ["an app that calls Graph", { method: "graph" }, "sharedMailbox", "none asked for"],
    ["a password", { authentication: ["password"], license: "SPB" }, "user", "SPB"],
    ["an address", address, "connector", "none asked for"],
    [
      "direct send",
      { authentication: ["none"], egress: ["198.51.100.7"], external: 0 },
      "directSend",
      "none",
    ],
    [
      "High Volume Email",
      { authentication: ["password"], external: 0 },
      "highVolumeEmail",
      "none, and a billing policy",
    ],
    ["marketing", { purpose: "marketing" }, "azureCommunicationServices", "none: Azure bills it"],
  ];
  for (const [title, change, rule, needs] of cases) {
    it(`follows from its method: ${title}`, () => {
      const found = licenseOf({ ...shop, ...change });
      assert.deepEqual([found.rule, found.needs], [rule, needs]);
    });
  }

  it("has a rule for every case, and each rule a case", () =>
    assert.deepEqual(
      new Set(cases.map(([, , rule]) => rule)),
      new Set(Object.keys(LICENSE_RULES)),
    ));

  it("stands in the preview's line of each sender, but not of one behind another", () => {
    const gate = { ...shop, ...address, name: "gate" };
    const door = { name: "door", from: ["door@contoso.com"] };
    const plant: Sender = { ...shop, name: "plant", authentication: ["password"], license: "SPB" };
    assert.deepEqual(
      summariesOf(
        [{ ...gate, members: [door] }, plant],
        [
          ["gate", "relays"],
          ["plant", "signs in"],
        ],
      ),
      {
        gate: "relays; Exchange asks for no licence",
        door: 'sends through "gate"',
        plant: "signs in; its user needs a licence SPB",
      },
    );
  });
});

describe("heldLicenses", () => {
  const sku = (skuPartNumber: string, enabled: number, consumed: number): SubscribedSku => ({
    ...{ skuId: `id-of-${skuPartNumber}`, skuPartNumber, capabilityStatus: "Enabled" },
    servicePlans: ["EXCHANGE_S_STANDARD"],
    units: { enabled, warning: 0, suspended: 0, consumed },
  });
  const user = (sender: string, license: string, ...skuIds: string[]) => ({
    ...{ sender, license, user: skuIds.length === 0 ? undefined : { skuIds } },
  });
  const texts = (skus: SubscribedSku[], ...senders: ReturnType<typeof user>[]) =>
    heldLicenses(senders, skus).map(heldLicenseText);

  it("counts what senders need, have and could get, a line for each SKU", () =>
    assert.deepEqual(
      texts(
        [sku("EXCHANGESTANDARD", 5, 3), sku("SPB", 9, 9)],
        user("plant", "EXCHANGESTANDARD"),
        user("old", "exchangestandard", "id-of-EXCHANGESTANDARD"),
        user("crm", "SPB", "id-of-SPB"),
      ),
      [
        "EXCHANGESTANDARD: 2 needed (plant, old), 1 of them assigned; 2 free",
        "SPB: 1 needed (crm), 1 of them assigned; 0 free",
      ],
    ));

  it("says what to do where as many as are missing are not free, and nothing at just as many", () => {
    const three = ["a", "b", "c"].map((name) => user(name, "SPB"));
    assert.deepEqual(texts([sku("SPB", 5, 2)], ...three), [
      "SPB: 3 needed (a, b, c), 0 of them assigned; 3 free",
    ]);
    assert.deepEqual(texts([sku("SPB", 5, 3)], ...three), [
      "SPB: 3 needed (a, b, c), 0 of them assigned; 2 free. It has only 2 free licences, but 3 are needed (3 of 5 are assigned): buy 1 more, or unassign 1 from other users",
    ]);
  });

  it("says so of a SKU that the tenant does not have", () =>
    assert.deepEqual(texts([sku("SPB", 5, 3)], user("plant", "EXCHANGESTANDARD")), [
      "EXCHANGESTANDARD: 1 needed (plant), 0 of them assigned; 0 free. It is not the part number of a SKU that the tenant has: choose one with Exchange Online: the tenant has SPB (2 free)",
    ]));
});
