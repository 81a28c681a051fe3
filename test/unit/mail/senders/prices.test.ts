import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import { overviewOf, shownLicense } from "../../../../mail/senders/overview.ts";
import { overviewMarkdown } from "../../../../mail/senders/overviewMarkdown.ts";
import {
  costOf,
  costText,
  type Prices,
  readPrices,
  totalText,
} from "../../../../mail/senders/prices.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const plant: Sender = { ...shop, name: "plant", authentication: ["password"], license: "SPB" };
const news: Sender = { ...shop, name: "news", purpose: "marketing", messagesPerDay: 2000 };
const intranet: Sender = {
  ...shop,
  ...{ name: "intranet", authentication: ["password"], external: 0 },
  ...{ messagesPerDay: 1000, recipientsPerMessage: 5 },
};

const FILE = {
  currency: "EUR",
  SPB: 18.7,
  highVolumeEmail: 0.04,
  azureCommunicationServices: 0.25,
};
function pricesOf(content: object): Prices {
  const prices = readPrices(content);
  assert.ok("amounts" in prices);
  return prices;
}

const MEANS =
  "currency, a SKU's part number in capitals (a licence a month), highVolumeEmail and azureCommunicationServices (1,000 recipients)";
const NO_KEYS = `prices: has no keys with prices; write one a line, such as "EXCHANGESTANDARD: 3.70"; keys are ${MEANS}`;
const NO_KEY = `is no key of a file with prices; use ${MEANS}`;
const LETTERS = "write its three capital letters, such as EUR";
const NO_PRICE =
  "is not a price; write a number from 0 on with a point, without currency, such as 3.70";

describe("readPrices", () => {
  const cases: [title: string, content: unknown, problems: string[]][] = [
    ["text", "cheap", [NO_KEYS]],
    ["an empty file", null, [NO_KEYS]],
    ["a list", ["SPB"], [NO_KEYS]],
    ["no currency", { SPB: 1 }, [`currency: is missing; ${LETTERS}`]],
    [
      "a sign for a currency",
      { currency: "€" },
      [`currency: "€" is not the code of a currency; ${LETTERS}`],
    ],
    ...["EURO", "AEUR", "eur", ["EUR"]].map((currency): [string, unknown, string[]] => [
      `${JSON.stringify(currency)} for a currency`,
      { currency },
      [`currency: ${JSON.stringify(currency)} is not the code of a currency; ${LETTERS}`],
    ]),
    [
      "a key that is misspelt",
      { currency: "EUR", highVolumeMail: 1 },
      [`highVolumeMail: ${NO_KEY}`],
    ],
    ["a key with a space", { currency: "EUR", "S P B": 1 }, [`S P B: ${NO_KEY}`]],
    ["a decimal comma", { currency: "EUR", SPB: "3,70" }, [`SPB: "3,70" ${NO_PRICE}`]],
    [
      "a price without an end",
      { currency: "EUR", SPB: Number.POSITIVE_INFINITY },
      [`SPB: Infinity ${NO_PRICE}`],
    ],
    ["a negative price", { currency: "EUR", SPB: -1 }, [`SPB: -1 ${NO_PRICE}`]],
    [
      "two at once",
      { currency: "Euro", SPB: "1" },
      [`currency: "Euro" is not the code of a currency; ${LETTERS}`, `SPB: "1" ${NO_PRICE}`],
    ],
  ];
  it("takes a price of each kind", () =>
    assert.deepEqual(readPrices({ ...FILE, FREE: 0 }), {
      currency: "EUR",
      amounts: new Map([
        ["SPB", 18.7],
        ["highVolumeEmail", 0.04],
        ["azureCommunicationServices", 0.25],
        ["FREE", 0],
      ]),
    }));
  for (const [title, content, problems] of cases) {
    it(`refuses ${title}, and names key, value, rule and fix`, () => {
      const found = readPrices(content);
      assert.ok(!("amounts" in found));
      assert.deepEqual(found.map(sentence), problems);
    });
  }
});

describe("what senders cost in a month", () => {
  const prices = pricesOf({ ...FILE, FREE: 0 });
  const cases: [Sender, string][] = [
    [shop, "0.00 EUR a month"],
    [plant, "18.70 EUR a month"],
    [{ ...plant, license: "FREE" }, "0.00 EUR a month"],
    // 2,000 recipients × 31 days at 0.25 for 1,000.
    [news, "15.50 EUR a month"],
    // 5,000 recipients × 31 days at 0.04 for 1,000.
    [intranet, "6.20 EUR a month"],
  ];
  for (const [sender, text] of cases) {
    it(`is told of ${sender.name}${sender.license ? ` with ${sender.license}` : ""}`, () =>
      assert.equal(costText(costOf(sender, prices)), text));
  }

  it("is not known without a price or without a number, and never 0 then", () => {
    const few = pricesOf({ currency: "EUR" });
    assert.deepEqual(costOf(plant, few), {
      currency: "EUR",
      unknown: "the file has no price of SPB",
    });
    const { messagesPerDay: _, ...quiet } = news;
    assert.equal(
      costText(costOf(quiet, prices)),
      "not known: how much it sends is not said (messagesPerDay)",
    );
  });

  it("is added up, with the names of all whose costs are not known", () => {
    const known = (sender: string, amount: number) => ({
      sender,
      cost: { currency: "EUR", amount },
    });
    const without = (sender: string) => ({ sender, cost: { currency: "EUR", unknown: "why" } });
    const two = [known("a", 1200), known("b", 34.567)];
    assert.equal(totalText(two), "1,234.57 EUR a month at the most, at 31 busy days");
    assert.equal(
      totalText([without("c"), ...two, { sender: "door" }, without("d")]),
      "1,234.57 EUR a month at the most, at 31 busy days, without c, d, whose costs are not known",
    );
  });

  it("is no sum of 0 where what costs something has no price", () => {
    const few = pricesOf({ currency: "EUR" });
    const costs = (...senders: readonly Sender[]) =>
      totalText(senders.map((one) => ({ sender: one.name, cost: costOf(one, few) })));
    assert.equal(costs(plant), "not known for plant");
    assert.equal(costs(shop, plant, news), "not known for plant, news; the others cost nothing");
    assert.equal(costs(shop), "0.00 EUR a month at the most, at 31 busy days");
  });

  it("stands in table, Markdown and JSON, with a sum that names who is missing in it", () => {
    const gate = { ...plant, members: [{ name: "door", from: ["door@contoso.com"] }] };
    const overview = overviewOf([shop, gate, news], 1, pricesOf({ currency: "EUR", SPB: 18.7 }));
    const total =
      "18.70 EUR a month at the most, at 31 busy days, without news, whose costs are not known";
    assert.equal(totalText(overview.senders), total);
    assert.ok(overviewMarkdown("prod", overview).includes(`\nCosts: ${total}.\n`));
    assert.deepEqual(overview.senders.map(shownLicense), [
      ["none asked for"],
      ["SPB", "18.70 EUR a month"],
      ["none of its own"],
      ["none: Azure bills it", "not known: the file has no price of azureCommunicationServices"],
    ]);
  });

  it("is told nowhere without prices", () => {
    const overview = overviewOf([plant], 1);
    assert.equal(totalText(overview.senders), undefined);
    assert.doesNotMatch(overviewMarkdown("prod", overview), /costs|a month/i);
  });
});
