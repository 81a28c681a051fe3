import assert from "node:assert/strict";
import { it } from "node:test";
import { makeRandom } from "../../src/random.ts";
import { makeWorld } from "../../src/world/make.ts";
import { loopbackOf, publicAddresses, publicOf, UNKNOWN_CLIENT } from "../../src/world/nat.ts";

it("the same seed gives the same world, another seed another one", () => {
  assert.deepEqual(makeWorld("a"), makeWorld("a"));
  const [a, b] = [makeWorld("a"), makeWorld("b")];
  assert.notEqual(a.tenant.id, b.tenant.id);
  assert.notEqual(a.tenant.domain, b.tenant.domain);
  assert.notEqual(a.deployer.clientId, b.deployer.clientId);
});

it("draws both real forms of the MX host", () => {
  const hosts = Array.from({ length: 40 }, (_, n) => makeWorld(`seed ${n}`).tenant.mxHost);
  assert.ok(hosts.some((host) => /^[a-z0-9-]+\.mail\.protection\.outlook\.com$/.test(host)));
  assert.ok(hosts.some((host) => /^[a-z0-9-]+\.[a-z]-v1\.mx\.microsoft$/.test(host)));
});

it("no two addresses of a world collide, and each one comes back from its loopback alias", () => {
  for (let n = 0; n < 50; n += 1) {
    const world = makeWorld(`seed ${n}`);
    const addresses = publicAddresses(world);
    assert.equal(new Set([...addresses, UNKNOWN_CLIENT].map(loopbackOf)).size, 10);
    for (const address of addresses) assert.equal(publicOf(world, loopbackOf(address)), address);
  }
});

it("an unknown loopback address is seen as a stranger's", () => {
  assert.equal(publicOf(makeWorld("a"), "127.0.0.1"), UNKNOWN_CLIENT);
});

it("the unverified domain is no accepted domain", () => {
  const { domains, acceptedDomains } = makeWorld("a").tenant;
  const unverified = domains.filter((domain) => !domain.isVerified).map(({ id }) => id);
  assert.equal(unverified.length, 1);
  assert.ok(!acceptedDomains.some(({ name }) => unverified.includes(name)));
});

it("random GUIDs have Microsoft's form", () => {
  assert.match(
    makeRandom("x").guid(),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
