import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressProblem, canonicalAddress, overlaps } from "../../../../mail/senders/address.ts";

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
});

describe("canonicalAddress", () => {
  it("removes /32 and spaces, and leaves ranges as they are", () => {
    assert.equal(canonicalAddress(" 198.51.100.7/32 "), "198.51.100.7");
    assert.equal(canonicalAddress("198.51.100.0/28"), "198.51.100.0/28");
  });
  it("leaves what is not an address as it is", () =>
    assert.equal(canonicalAddress("198.51.100.7/032"), "198.51.100.7/032"));
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
    assert.equal(overlaps("198.51.100.7", "nonsense"), false);
  });
});
