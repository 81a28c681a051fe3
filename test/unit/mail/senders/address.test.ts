import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addressProblem,
  canonicalAddress,
  covers,
  networkOf,
  openRangeProblem,
  overlaps,
  rangeProblem,
  sharedAddressProblem,
  withoutCovered,
} from "../../../../mail/senders/address.ts";

const LIST_YOURS =
  'list the public IPv4 addresses that your servers connect from, e.g. "198.51.100.7" or "198.51.100.0/28"';
const EVERYBODYS =
  "is where Exchange Online sends the mail of every organisation from, so that all of them could relay";
const NONSENSE = "relay.contoso.com";

describe("addressProblem", () => {
  const fines = ["198.51.100.7", "198.51.100.7/32", "198.51.100.0/24", "8.8.8.8"];
  const besideReserved = [
    "192.0.1.255",
    "192.88.98.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
  ];
  for (const fine of [...fines, ...besideReserved, "192.0.2.1", "203.0.113.0/24"]) {
    it(`takes ${fine}`, () => assert.equal(addressProblem("egress", fine), undefined));
  }

  const refused: [string, RegExp][] = [
    ["0.0.0.0/0", /opens the relay to the whole internet/],
    ["198.51.0.0/16", /covers 65,536 addresses/],
    ["10.0.0.0/8", /covers 16,777,216 addresses/],
    ["198.51.100.0/23", /covers 512 addresses/],
    ["10.1.2.3", /private address/],
    ["172.16.0.0/24", /private address/],
    ["192.168.1.1", /private address/],
    ["127.0.0.1", /loopback/],
    ["169.254.1.1", /link-local/],
    ["100.64.0.1", /carrier-grade NAT/],
    ["224.0.0.1", /multicast/],
    ["255.255.255.255", /broadcast/],
    ["0.0.0.0", /"this network"/],
    ["0.1.2.3", /"this network"/],
    ["192.0.0.0/24", /special-purpose/],
    ["192.0.0.8", /special-purpose/],
    ["192.0.0.9", /special-purpose/],
    ["192.0.0.170", /special-purpose/],
    ["192.31.196.1", /special-purpose/],
    ["192.52.193.1", /special-purpose/],
    ["192.88.99.1", /special-purpose/],
    ["192.175.48.6", /special-purpose/],
    ["198.18.0.1", /special-purpose/],
    ["198.19.255.255", /special-purpose/],
    ["240.0.0.1", /special-purpose/],
    ["255.255.255.0/24", /special-purpose/],
    ["2001:db8::1", /IPv6/],
    ["2001:db8::/64", /IPv6/],
    ["fe80::/64", /IPv6/],
    ["198.51.100.7:25", /not an IPv4 address/],
    ["198.51.100.7/24", /not the first address of its \/24 range/],
    ["198.51.100.256", /not an IPv4 address/],
    ["198.51.100", /not an IPv4 address/],
    ["198.51.100.7/", /not an IPv4 address/],
    ["198.51.100.0/33", /not an IPv4 address/],
    ["198.51.100.0/24/24", /not an IPv4 address/],
    ["198.51.100.0/024", /not an IPv4 address/],
    ["198.51.100.0/0x18", /not an IPv4 address/],
    ["198.51.100.0/+24", /not an IPv4 address/],
    ["198.51.100.0/-24", /not an IPv4 address/],
    ["198.51.100.0/24.0", /not an IPv4 address/],
    ["198.51.100.0/2e1", /not an IPv4 address/],
    ["198.51.100.0/24 ", /not an IPv4 address/],
    ["198.51.100.0/ 24", /not an IPv4 address/],
    ["198.51.100.0 /24", /not an IPv4 address/],
    [" 198.51.100.7", /not an IPv4 address/],
    ["198.51.100.7\n", /not an IPv4 address/],
    ["0310.51.100.7", /not an IPv4 address/],
    ["198.51.100.07", /not an IPv4 address/],
    ["198.51.100.00/24", /not an IPv4 address/],
    ["0xc6.51.100.7", /not an IPv4 address/],
    ["0x7f000001", /not an IPv4 address/],
    ["3325256711", /not an IPv4 address/],
    ["relay.contoso.com", /not an IPv4 address/],
    ["", /not an IPv4 address/],
  ];
  for (const [value, rule] of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      const problem = addressProblem("egress", value);
      assert.match(problem?.rule ?? "", rule);
      assert.equal(problem?.value, value);
      assert.notEqual(problem?.fix, "");
    });
  }

  const exact: [value: string, rule: string, fix: string][] = [
    [
      "2001:db8::1",
      "is an IPv6 address, but connectors match IPv4 only",
      'let these servers connect over IPv4 and list that address, e.g. "198.51.100.7" or "198.51.100.0/28"',
    ],
    [NONSENSE, "is not an IPv4 address or CIDR range", LIST_YOURS],
    ["0.0.0.0/0", "opens the relay to the whole internet", LIST_YOURS],
    [
      "198.51.100.0/23",
      "covers 512 addresses, but a connector accepts /24 at the widest",
      LIST_YOURS,
    ],
    ["40.92.0.1", EVERYBODYS, LIST_YOURS],
    ["10.1.2.3", "is a private address, which Exchange never sees", LIST_YOURS],
    [
      "198.51.100.7/28",
      "is not the first address of its /28 range",
      'write "198.51.100.0/28" for the range, or "198.51.100.7" for the one address',
    ],
  ];
  for (const [value, rule, fix] of exact) {
    it(`says what to do in place of ${value}`, () =>
      assert.deepEqual(addressProblem("k", value), { key: "k", value, rule, fix }));
  }
});

describe("openRangeProblem", () => {
  it("is about ranges alone, from /23 on", () => {
    for (const fine of ["198.51.100.0/24", "198.51.100.7", NONSENSE]) {
      assert.equal(openRangeProblem("k", fine), undefined);
    }
    assert.match(openRangeProblem("k", "198.51.100.0/23")?.rule ?? "", /^covers 512 addresses/);
  });
});

describe("sharedAddressProblem", () => {
  const shared = [
    ...["40.92.0.0", "40.93.255.255", "40.107.0.0", "40.107.255.255"],
    ...["52.100.0.0", "52.103.255.255", "104.47.0.0", "104.47.127.255", "104.47.0.0/24"],
  ];
  for (const value of shared) {
    it(`refuses ${value}`, () =>
      assert.deepEqual(sharedAddressProblem("k", value), {
        ...{ key: "k", value, rule: EVERYBODYS, fix: LIST_YOURS },
      }));
  }
  const own = [
    ...["40.91.255.255", "40.94.0.0", "40.106.255.255", "40.108.0.0"],
    ...["52.99.255.255", "52.104.0.0", "104.46.255.255", "104.47.128.0", NONSENSE],
  ];
  for (const value of own) {
    it(`takes ${value}`, () => assert.equal(sharedAddressProblem("k", value), undefined));
  }
});

describe("rangeProblem", () => {
  it("counts the addresses of a range", () =>
    assert.deepEqual(rangeProblem("k", "198.51.100.0/28"), {
      ...{ key: "k", value: "198.51.100.0/28" },
      rule: "lets whoever connects from any of its 16 addresses send mail",
      fix: "make sure that all of them are your own servers', or list single addresses",
    }));
  for (const fine of ["198.51.100.7", "198.51.100.7/32", NONSENSE]) {
    it(`takes ${fine}`, () => assert.equal(rangeProblem("k", fine), undefined));
  }
});

describe("canonicalAddress", () => {
  it("removes /32 and spaces, and leaves ranges as they are", () => {
    assert.equal(canonicalAddress(" 198.51.100.7/32 "), "198.51.100.7");
    assert.equal(canonicalAddress("198.51.100.0/28"), "198.51.100.0/28");
  });
  it("removes spaces alone of what is not an address", () =>
    assert.equal(canonicalAddress(" 198.51.100.7/032 "), "198.51.100.7/032"));
});

describe("overlaps", () => {
  it("finds an address inside a range, either way round", () => {
    assert.equal(overlaps("198.51.100.7", "198.51.100.0/28"), true);
    assert.equal(overlaps("198.51.100.0/24", "198.51.100.16/28"), true);
    assert.equal(overlaps("198.51.100.7", "198.51.100.7/32"), true);
  });
  it("tells neighbours apart", () => {
    assert.equal(overlaps("198.51.100.16", "198.51.100.0/28"), false);
    assert.equal(overlaps("198.51.100.7", "198.51.101.7"), false);
    assert.equal(overlaps("198.51.100.7", NONSENSE), false);
    assert.equal(overlaps(NONSENSE, "198.51.100.7"), false);
  });
});

describe("covers", () => {
  const range = "198.51.100.0/28";
  const cases: [wide: string, narrow: string, isCovered: boolean][] = [
    [range, "198.51.100.7", true],
    [range, range, true],
    ["198.51.100.7", "198.51.100.7/32", true],
    ["198.51.100.7", range, false],
    [range, "198.51.100.16", false],
    [range, NONSENSE, false],
    [NONSENSE, range, false],
  ];
  for (const [wide, narrow, isCovered] of cases) {
    it(`${wide} ${isCovered ? "has all" : "lacks some"} of ${narrow}`, () =>
      assert.equal(covers(wide, narrow), isCovered));
  }
  it("leaves out of a list what another entry covers", () =>
    assert.deepEqual(
      withoutCovered(["198.51.100.7", range, "198.51.100.16", range, "198.51.100.0/29"]),
      [range, "198.51.100.16"],
    ));
});

describe("networkOf", () => {
  it("is the same of what overlaps", () => {
    assert.equal(networkOf("198.51.100.0/28"), "198.51.100");
    assert.equal(networkOf("198.51.100.7"), "198.51.100");
  });
});
