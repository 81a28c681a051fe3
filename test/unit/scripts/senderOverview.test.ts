// What a terminal shows of who sends what. What it is made of is tested with mail/senders.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { overviewOf } from "../../../mail/senders/overview.ts";
import { readPrices, totalText } from "../../../mail/senders/prices.ts";
import type { Sender } from "../../../mail/senders/sender.ts";
import { printOverview } from "../../../scripts/senders/overview.ts";
import { DEFAULTS } from "../mail/senders/defaults.ts";

const plant: Sender = {
  ...{ name: "plant", from: ["plant@contoso.com"], authentication: ["password"], egress: [] },
  ...{ license: "SPB", description: "Control\u001b[31m system", messagesPerDay: 50 },
  ...DEFAULTS,
};

describe("printOverview", () => {
  it("tells what senders cost, and nothing of it without prices", () => {
    const prices = readPrices({ currency: "EUR", SPB: 18.7 });
    assert.ok("amounts" in prices);
    const { senders } = overviewOf([plant], 1, prices);
    assert.match(
      printOverview(overviewOf([plant], 1, prices)),
      new RegExp(`^costs: ${totalText(senders)}$`, "m"),
    );
    assert.doesNotMatch(printOverview(overviewOf([plant], 1)), /costs|a month/i);
  });
  it("has the details of up to 20 senders, and says how to see those of more", () => {
    const some = (count: number) =>
      printOverview(
        overviewOf(
          Array.from({ length: count }, (_, index) => ({ ...plant, name: `p${index}` })),
          1,
        ),
      );
    assert.match(some(20), /^ {2}not connector by certificate: /m);
    assert.doesNotMatch(some(20), /--sender NAME/);
    assert.doesNotMatch(some(21), /^ {2}not /m);
    assert.match(some(21), /^--sender NAME shows what is against each other way/m);
  });
  it("shows 10,000 senders", () => {
    const all = overviewOf([{ ...plant, authentication: ["oauth"] }], 1);
    const senders = Array.from({ length: 10_000 }, () => all.senders).flat();
    assert.match(printOverview({ ...all, senders }), /^--sender NAME shows/m);
  });
  it("cuts no name and no licence", () => {
    const long = { name: "scanners-of-the-hamburg-office", license: "STANDARDWOFFPACK_STUDENT" };
    const [line] = printOverview(overviewOf([{ ...plant, ...long }], 1))
      .split("\n")
      .filter((text) => text.includes(long.name));
    assert.match(line ?? "", /scanners-of-the-hamburg-office │.*│ STANDARDWOFFPACK_STUDENT │/);
  });
  it("fits a terminal of 80 characters, without why a sender has its method, which the details say", () => {
    const tableIn = (width?: number) =>
      printOverview(overviewOf([plant], 1), width)
        .split("\n")
        .filter((text) => /^[│┌├└]/.test(text));
    assert.match(tableIn()[1] ?? "", / because /);
    assert.equal(tableIn(111)[0]?.length, 111);
    for (const width of [110, 80]) {
      assert.doesNotMatch(tableIn(width)[1] ?? "", / because /);
      assert.ok((tableIn(width)[0]?.length ?? 0) <= 80, tableIn(width)[0]);
    }
    assert.match(
      printOverview(overviewOf([plant], 1), 80),
      /^ {2}it can do nothing but sign in with a password$/m,
    );
  });
  it("prints no control characters of a description", () =>
    assert.ok(!printOverview(overviewOf([plant], 1)).includes("\u001b")));
});
