import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { heldLicenses, heldLicenseText } from "../../../../mail/senders/heldLicenses.ts";
import type { SubscribedSku } from "../../../../mail/senders/license.ts";
import { LICENSE_RULES, LICENSE_TERMS, licenseOf } from "../../../../mail/senders/licenseNeeds.ts";
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
    [
      "a password without a license",
      { authentication: ["password"] },
      "user",
      "one with Exchange Online",
    ],
    [
      "a license that no mailbox takes",
      { ...address, license: "SPB" },
      "connector",
      "none asked for",
    ],
    [
      "a license beside a mailbox of others",
      { adoptMailbox: true, license: "SPB" },
      "adoptedMailbox",
      "what its mailbox has",
    ],
    [
      "a server behind on-premises Exchange",
      { method: "onPremisesExchange" },
      "connector",
      "none asked for",
    ],
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

  it("names its SKU where a mailbox or a user gets one", () => {
    const of = (change: Partial<Sender>) => {
      const { sku, clause } = licenseOf({ ...shop, ...change });
      return [sku, clause];
    };
    assert.deepEqual(of({ license: "SPB" }), ["SPB", "its mailbox gets a licence SPB"]);
    assert.deepEqual(of({ license: "SPB", authentication: ["password"] }), [
      "SPB",
      "its user needs a licence SPB",
    ]);
    assert.deepEqual(of({ authentication: ["password"] }), [undefined, "its user needs a licence"]);
    assert.deepEqual(of({ ...address, license: "SPB" }), [
      undefined,
      "Exchange asks for no licence",
    ]);
  });

  it("has its page, the day it was read, and what no page settles", () => {
    const read = "2026-11-29";
    const { exchange, contract } = licenseOf(shop);
    assert.deepEqual(exchange, {
      read,
      says: "A shared mailbox needs no licence up to 50 GB; above that, and for an archive or a litigation hold, it needs Exchange Online Plan 2",
      source: "https://learn.microsoft.com/microsoft-365/admin/email/about-shared-mailboxes",
      unproven:
        "whether every tenant lets an application send from one without a licence: 550 5.2.253 is Exchange's refusal of an invalid licence",
    });
    assert.deepEqual(contract, {
      read,
      says: "Client submission needs a licensed mailbox to send from",
      source:
        "https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365",
      unproven: "whether it means a shared mailbox that an application alone sends from",
    });
    assert.deepEqual(LICENSE_TERMS, {
      read,
      says: "Each user that accesses an online service needs a licence of its own, or does so from a device that has one, unless the terms of the service say otherwise",
      source: "https://www.microsoft.com/licensing/terms/product/ForOnlineServices/all",
      quotedBy:
        "https://techcommunity.microsoft.com/discussions/microsoft-365/o365-licensing-tcs---sharing-an-account-with-multiple-users/32638/replies/33229",
      unproven:
        "whether an application that sends from a mailbox or through a connector counts as access by the people whose mail it sends; the quotation is of 2016. Ask whoever sold you the licences",
    });
  });

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
    assert.deepEqual(texts([sku("SPB", 1, 0)], ...three), [
      "SPB: 3 needed (a, b, c), 0 of them assigned; 1 free. It has only 1 free licence, but 3 are needed (0 of 1 are assigned): buy 2 more",
    ]);
  });

  it("asks for nothing where each has its own already, even one without Exchange Online", () =>
    assert.deepEqual(
      texts(
        [{ ...sku("TEAMS", 5, 3), servicePlans: ["TEAMS1"] }],
        user("a", "TEAMS", "id-of-TEAMS"),
      ),
      ["TEAMS: 1 needed (a), 1 of them assigned; 2 free"],
    ));

  it("counts nothing as assigned of a SKU that the tenant does not have any more", () =>
    assert.deepEqual(texts([], user("a", "SPB", "id-of-SPB")), [
      "SPB: 1 needed (a), 0 of them assigned; 0 free. It is not the part number of a SKU that the tenant has: buy one with Exchange Online (Exchange Online Plan 1 is enough): the tenant has no free licence of any",
    ]));

  it("says so of a SKU that the tenant does not have", () =>
    assert.deepEqual(texts([sku("SPB", 5, 3)], user("plant", "EXCHANGESTANDARD")), [
      "EXCHANGESTANDARD: 1 needed (plant), 0 of them assigned; 0 free. It is not the part number of a SKU that the tenant has: choose one with Exchange Online: the tenant has SPB (2 free)",
    ]));
});
