// The zones that a world begins with, and how an owner changes them by hand.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseText, quoteText, splitText } from "../../src/dns/text.ts";
import { openLab } from "../../src/lab.ts";
import { makeWorld } from "../../src/world/make.ts";
import type { World } from "../../src/world/world.ts";

const worlds = Array.from({ length: 60 }, (_, n) => makeWorld(`zones ${n}`));

/** The texts at a name of the tenant's own zone. */
function textsAt({ cloudflare, tenant }: World, name: string): string[] {
  const own = cloudflare.zones.find((zone) => zone.name === tenant.domain);
  return (own?.records ?? [])
    .filter((one) => one.type === "TXT" && one.name === name)
    .map(({ content }) => (parseText(content) ?? []).join(""));
}

describe("zones", () => {
  it("an account holds the tenant's zone and two of others, and the token edits one", () => {
    for (const { cloudflare, tenant } of worlds) {
      const { zones, token } = cloudflare;
      assert.equal(zones.length, 3);
      assert.equal(new Set(zones.map(({ name }) => name)).size, 3);
      const editable = zones.filter(({ id }) => token.permissions[id]?.includes("dns:edit"));
      assert.deepEqual(
        editable.map(({ name }) => name),
        [tenant.domain],
      );
      assert.ok(zones.some(({ name }) => name === `old-${tenant.domain}`));
      for (const { id, nameServers } of zones) {
        assert.match(id, /^[0-9a-f]{32}$/);
        assert.equal(new Set(nameServers).size, 2);
      }
    }
  });

  it("the tenant's zone has what a tenant needs, and nothing of a relay", () => {
    for (const world of worlds) {
      const { tenant, cloudflare } = world;
      const records = cloudflare.zones.find(({ name }) => name === tenant.domain)?.records ?? [];
      const held = (type: string, name: string) =>
        records.find((one) => one.type === type && one.name === name);
      assert.deepEqual(held("MX", tenant.domain)?.content, tenant.mxHost);
      assert.equal(held("MX", tenant.domain)?.priority, 0);
      assert.equal(held("A", `www.${tenant.domain}`)?.proxied, true);
      assert.equal(held("A", tenant.domain)?.proxied, false);
      assert.ok(textsAt(world, tenant.domain).some((text) => /^MS=ms\d{8}$/.test(text)));
      assert.ok(!records.some(({ name }) => name.includes("_domainkey")));
    }
  });

  it("owners have their own SPF and DMARC records, one at most, or none", () => {
    const spf = worlds.map((world) =>
      textsAt(world, world.tenant.domain).filter((text) => text.startsWith("v=spf1")),
    );
    const dmarc = worlds.map((world) => textsAt(world, `_dmarc.${world.tenant.domain}`));
    for (const drawn of [spf, dmarc]) {
      assert.deepEqual(new Set(drawn.map(({ length }) => length)), new Set([0, 1]));
    }
    const mechanisms = spf.flat().join("\n");
    for (const seen of [/include:_spf\.[a-z0-9-]+\.example -all/, /mx a:www\./, /\?all/]) {
      assert.match(mechanisms, seen);
    }
    const contents = worlds
      .flatMap(({ cloudflare }) => cloudflare.zones.flatMap(({ records }) => records))
      .filter(({ content }) => content.includes("v=spf1"))
      .map(({ content }) => content.startsWith('"'));
    assert.deepEqual(new Set(contents), new Set([true, false]));
  });

  it("the zones take nothing from what a seed drew before", () => {
    const { tenant, addresses, deployer } = makeWorld("1");
    assert.equal(tenant.domain, "adatum-f9.example");
    assert.equal(addresses.exchangeOutbound, "40.107.7.242");
    assert.match(deployer.clientId, /^[0-9a-f-]{36}$/);
  });

  it("an owner edits a zone by hand: defaults are filled in, the serial grows", async () => {
    const lab = await openLab({ seed: "by hand" });
    const { domain } = lab.world.tenant;
    const zone = lab.world.cloudflare.zones.find(({ name }) => name === domain);
    assert.ok(zone);
    const { serial, records } = zone;
    lab.editZone(domain, (all) => [
      ...all.filter(({ type }) => type !== "TXT"),
      { type: "TXT", name: domain, content: '"v=spf1 -all"' },
    ]);
    assert.equal(zone.serial, serial + 1);
    assert.ok(records.filter(({ type }) => type === "TXT").length >= 2);
    const [text, ...others] = zone.records.filter(({ type }) => type === "TXT");
    assert.deepEqual(others, []);
    assert.match(text?.id ?? "", /^[0-9a-f]{32}$/);
    assert.deepEqual([text?.ttl, text?.proxied, text?.comment], [1, false, null]);
    assert.equal(lab.log.count({ service: "admin", what: `edit ${domain}` }), 1);
    const world = structuredClone(lab.world);
    assert.throws(() => lab.editZone("nowhere.example", (all) => all), /no zone "nowhere.example"/);
    assert.deepEqual(lab.world, world);
    await lab.close();
  });
});

describe("text records", () => {
  it("quoted strings and bare text are read as RFC 1035 has them", () => {
    for (const [content, strings] of [
      ["bare text; with \\ all", ["bare text; with \\ all"]],
      ['"one"', ["one"]],
      ['"one" "two"', ["one", "two"]],
      ['"one""two"', ["one", "two"]],
      ['"say \\"a\\" and \\\\ and \\065"', ['say "a" and \\ and A']],
      ['""', [""]],
      ['"open', undefined],
      ['"a" b', undefined],
      ['"a\\"', undefined],
    ] as const) {
      assert.deepEqual(parseText(content), strings, content);
    }
  });

  it("what is too long for one string is cut by bytes, and comes back whole", () => {
    for (const text of ["", "x".repeat(255), "x".repeat(256), "é".repeat(300), 'a"b\\c']) {
      const strings = splitText(text);
      assert.ok(strings.every((one) => Buffer.byteLength(one) <= 255));
      assert.equal(strings.join(""), text);
      assert.deepEqual(parseText(quoteText(strings)), strings);
    }
    assert.equal(splitText("é".repeat(128)).length, 2);
  });
});
