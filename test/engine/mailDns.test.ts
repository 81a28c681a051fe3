// A domain's DNS on the real engine: what belongs to its owner comes back byte for byte, what others keep is left to
// them, and everything that stands in the way is reported at once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Lab, RecordByHand } from "../../lab/src/lab.ts";
import { addDomains, configOfMany } from "../../lab/stack/manyDomains.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { cloudflareOf } from "../../lab/test/unit/cloudflareClient.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import type { StackConfig } from "../badConfigs.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, zoneWrites } from "./fixture.ts";

/** Records that owners have, as Cloudflare may hold them. */
const OWNERS: readonly { title: string; spf: string; dmarc: string }[] = [
  {
    title: "plain ones",
    spf: '"v=spf1 mx -all"',
    dmarc: '"v=DMARC1; p=reject; rua=mailto:d@agency.example"',
  },
  {
    title: "odd ones",
    spf: "v=spf1  a   MX ?all",
    dmarc: "v=DMARC1;p=quarantine;pct=25 ; x-note=keep;",
  },
  {
    title: "ones in two strings",
    spf: '"v=spf1 ip4:192.0.2.1 " "ip4:192.0.2.2 ~all"',
    dmarc: '"v=DMARC1; p=none; fo=1; " "rua=mailto:a@agency.example,mailto:b@agency.example"',
  },
];

describe("mail DNS", () => {
  let fixture: Fixture;
  let lab: Lab;
  let domain: string;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    ({ domain } = lab.world.tenant);
    await fixture.open();
    restore = await fixture.snapshot();
  });
  after(() => fixture?.close());

  describe("what the owner had", () => {
    const zonesBefore = new Map<string, string>();
    const zonesDuring = new Map<string, string>();
    const zonesAfter = new Map<string, string>();
    const owned: { title: string; name: string }[] = [];
    let worldBefore: string;
    let worldAfter: string;
    let mxDuring: (string | undefined)[];

    before(async () => {
      const names = [domain, ...addDomains(lab, OWNERS.length - 1)];
      for (const [index, { title, spf, dmarc }] of OWNERS.entries()) {
        const name = names[index] ?? "";
        owned.push({ title, name });
        replaceMailRecords(lab, name, [
          { type: "TXT", name, content: spf, ttl: 1800, comment: "ask Piet" },
          { type: "TXT", name: `_dmarc.${name}`, content: dmarc, comment: "mailing agency" },
        ]);
      }
      addSubdomain(lab, `mail.${domain}`);
      const config = configOfMany(lab, names.slice(1)) as StackConfig;
      config["m365-smtp-relay:senders"].splice(1);
      for (const one of config["m365-smtp-relay:domains"]) {
        one.dmarc = { adopt: true, rua: [`mailto:dmarc@${one.name}`] };
      }
      config["m365-smtp-relay:domains"].push({ name: `mail.${domain}` });
      for (const name of names) zonesBefore.set(name, await exported(lab, name));
      worldBefore = comparableWorld(lab);
      const stack = await fixture.open({ config });
      await stack.up({ skipPreview: true });
      for (const name of names) zonesDuring.set(name, await exported(lab, name));
      mxDuring = zoneOf(lab, domain)
        .records.filter(({ type, name }) => type === "MX" && name === `mail.${domain}`)
        .map(({ content }) => content);
      assert.deepEqual(await stack.preview(), []);
      assert.deepEqual(await stack.drift(), []);
      await stack.destroy();
      for (const name of names) zonesAfter.set(name, await exported(lab, name));
      worldAfter = comparableWorld(lab);
    });
    after(() => restore());

    for (const [index, { title }] of OWNERS.entries()) {
      it(`comes back byte for byte: ${title}`, () => {
        const { name = "" } = owned[index] ?? {};
        assert.notEqual(zonesDuring.get(name), zonesBefore.get(name), "up changed nothing");
        assert.equal(zonesAfter.get(name), zonesBefore.get(name));
      });
    }
    it("is all that is left after destroy", () => assert.equal(worldAfter, worldBefore));
    it("gains an MX record for a sending subdomain while the stack is up", () =>
      assert.deepEqual(mxDuring, [lab.world.tenant.mxHost]));
  });

  describe("a stack", () => {
    afterEach(() => restore());

    it("keeps its records when all their comments were edited: a later change passes, and up puts the comments back", async () => {
      const before = comparableWorld(lab);
      const config = configOf(lab, { mtaSts: { id: "1" } });
      const stack = await fixture.open({ config });
      await stack.up({ skipPreview: true });
      const marks = () =>
        zoneOf(lab, domain).records.filter(({ comment }) => /Pulumi/.test(comment ?? ""));
      const made = marks().map(({ id }) => id);
      lab.editZone(domain, (records) =>
        records.map((record) =>
          made.includes(record.id ?? "") ? { ...record, comment: "marketing" } : record,
        ),
      );
      const changed = configOf(lab, {
        mtaSts: { id: "2" },
        dmarc: { policy: "reject", adopt: true },
      });
      await (await fixture.open({ config: changed })).up({ refresh: true });
      assert.deepEqual(
        marks().map(({ id }) => id),
        made,
      );
      assert.ok(contentsOf(lab).includes('"v=STSv1; id=2;"'));
      await stack.destroy();
      assert.equal(comparableWorld(lab), before);
    });

    describe("that is up", () => {
      const zone = () => zoneOf(lab, domain);
      let stack: OpenedStack;
      let again: () => Promise<void>;

      before(async () => {
        stack = await fixture.open({ config: configOf(lab) });
        await stack.up({ skipPreview: true });
        again = await fixture.snapshot();
      });
      beforeEach(async () => {
        await again();
        stack = await fixture.open({ config: configOf(lab) });
      });

      for (const how of ["up", "refresh", "destroy"] as const) {
        it(`whose zone has a new id knows it in the preview, and goes on with ${how}`, async () => {
          const id = "f".repeat(32);
          const { token } = lab.world.cloudflare;
          token.permissions[id] = token.permissions[zone().id] ?? [];
          delete token.permissions[zone().id];
          zone().id = id;
          lab.editZone(domain, (records) =>
            records.map(({ id: _, ...record }) => ({ ...record, comment: null })),
          );
          if (how === "up") {
            const previewed = (await stack.preview()).map(({ op, name }) => `${op} ${name}`);
            for (const suffix of ["spf", "dmarc", "dkim-selector1", "dkim-selector2"]) {
              assert.ok(previewed.includes(`update relay-${domain}-${suffix}`), previewed.join());
            }
          }
          if (how === "refresh") await stack.refresh();
          if (how !== "destroy") {
            await stack.up();
            // State that has forgotten the records after the refresh leaves the copies as they are.
            const cnames = zone().records.filter(({ name }) => name.includes("._domainkey."));
            const marks = cnames.filter(({ comment }) => /Pulumi/.test(comment ?? ""));
            assert.deepEqual([cnames.length, marks.length], [2, how === "up" ? 2 : 0]);
            assert.deepEqual(await stack.preview(), []);
            assert.deepEqual(await stack.drift(), []);
          }
          await stack.destroy();
          const left = zone().records.filter(({ comment }) => /Pulumi/.test(comment ?? ""));
          assert.deepEqual(left, []);
        });
      }

      it("refuses its domain to another stack, and nothing changes", async () => {
        const before = traces(lab);
        const config = configOf(lab);
        const [sender] = config["m365-smtp-relay:senders"];
        config["m365-smtp-relay:senders"] = [{ ...sender, name: "other", egress: ["192.0.2.77"] }];
        const second = await fixture.open({ config, stack: "second" });
        assert.match(
          (await errorsOf(second.up())).join("\n"),
          /belongs to the stack m365-smtp-relay\/lab, and a domain can belong to one stack only/,
        );
        assert.deepEqual(traces(lab), before);
      });
    });

    it("is refused all at once where a wildcard, a CNAME and a delegation meet its records, and passes as the messages say", async () => {
      const [shop, alias, eu] = [`shop.${domain}`, `alias.${domain}`, `eu.${domain}`];
      for (const name of [shop, alias, eu]) addSubdomain(lab, name);
      const hazards = [
        { type: "A", name: `*.${domain}`, content: "192.0.2.1" },
        { type: "MX", name: `*.${domain}`, content: "mail.other.example", priority: 5 },
        { type: "CNAME", name: alias, content: "shops.example" },
        { type: "NS", name: eu, content: "ns1.other.example" },
      ];
      lab.editZone(domain, (records) => [...records, ...hazards]);
      const before = traces(lab);
      const config = configOf(lab);
      const domains = config["m365-smtp-relay:domains"];
      domains.push(...[shop, alias, eu].map((name) => ({ name })));
      const refused = await fixture.open({ config });
      const errors = (await errorsOf(refused.up())).join("\n");
      assert.match(
        errors,
        /shop\..*serves this name .*: A 192\.0\.2\.1, MX mail\.other\.example would no/,
      );
      assert.match(
        errors,
        /alias\..*"CNAME shops\.example" is all that resolvers read at this name/,
      );
      assert.match(
        errors,
        /eu\..*"NS ns1\.other\.example" delegates this name to other name servers/,
      );
      assert.deepEqual(traces(lab), before);
      lab.editZone(domain, (records) =>
        records.map((one) =>
          one.type === "CNAME" && one.name === alias
            ? { ...one, type: "A", content: "192.0.2.2" }
            : one,
        ),
      );
      Object.assign(domains[1] ?? {}, { dns: { overrideWildcard: true } });
      Object.assign(domains[3] ?? {}, { dns: { host: "external" } });
      config["m365-smtp-relay:waitMinutes"] = 0;
      await (await fixture.open({ config })).up();
      const spf = zoneOf(lab, domain).records.filter(({ content }) => content.includes("v=spf1"));
      assert.deepEqual(spf.map(({ name }) => name).sort(), [alias, domain, shop].sort());
    });

    it("is refused for a DMARC record of somebody else's without consent, and nothing changes", async () => {
      const name = `_dmarc.${domain}`;
      replaceMailRecords(lab, domain, [{ type: "TXT", name, content: '"v=DMARC1; p=none"' }]);
      const before = traces(lab);
      const stack = await fixture.open({ config: configOf(lab, { dmarc: {} }) });
      const [error = "", ...others] = await errorsOf(stack.up());
      assert.match(error, /DMARC of .*"v=DMARC1; p=none" is a record that somebody else created/);
      assert.deepEqual(others, []);
      assert.deepEqual(traces(lab), before);
    });

    it("is stopped by too many look-ups in the preview, with the tree of who costs how many", async () => {
      const hosts = Array.from({ length: 10 }, (_, index) => `a:h${index}.${domain}`);
      const content = `"v=spf1 ${hosts.join(" ")} -all"`;
      replaceMailRecords(lab, domain, [
        { type: "TXT", name: domain, content },
        ...hosts.map((host) => ({ type: "A", name: host.slice(2), content: "192.0.2.9" })),
      ]);
      const before = traces(lab);
      const stack = await fixture.open({ config: configOf(lab) });
      const errors = (await errorsOf(stack.preview())).join("\n");
      assert.match(errors, /SPF of .* 11 /);
      assert.match(errors, /include:spf\.protection\.outlook\.com/);
      assert.deepEqual(traces(lab), before);
    });

    it("merges into a record that changed after the preview", async () => {
      const own = (content: string) =>
        replaceMailRecords(lab, domain, [{ type: "TXT", name: domain, content }]);
      own('"v=spf1 mx -all"');
      const stack = await fixture.open({ config: configOf(lab) });
      await stack.preview();
      own('"v=spf1 mx ip4:192.0.2.99 -all"');
      await stack.up({ skipPreview: true });
      const [spf, ...others] = contentsOf(lab).filter((content) => content.includes("v=spf1"));
      assert.deepEqual(others, []);
      assert.match(spf ?? "", /^"v=spf1 mx ip4:192\.0\.2\.99 include:spf\.prot.* -all"$/);
    });

    it("leaves DNS elsewhere alone: what is missing is pending until it is published", async () => {
      const config = configOf(lab, { dns: { host: "external" } });
      config["m365-smtp-relay:waitMinutes"] = 1;
      const writes = zoneWrites(lab);
      const stack = await fixture.open({ config });
      const printed = fixture.output().length;
      const { outputs } = await stack.up();
      assert.match(String(outputs.pending), /selector1\._domainkey\..* has no CNAME record/);
      await stack.up();
      const said = fixture.output().slice(printed);
      assert.doesNotMatch(said, /waiting, for/, "nobody can publish them during the run");
      assert.deepEqual(zoneWrites(lab), writes);
      const { dkim = [] } = (outputs.dns as Record<string, { dkim: RecordByHand[] }>)[domain] ?? {};
      const preview = await stack.preview();
      assert.deepEqual(
        preview.map(({ op, name }) => `${op} ${name}`),
        [`update relay-${domain}-dkim`],
      );
      lab.editZone(domain, (records) => [...records, ...dkim]);
      assert.deepEqual((await stack.up()).outputs.pending, []);
      assert.deepEqual(await stack.preview(), []);
    });

    it("refuses MTA-STS for a domain that receives elsewhere, and publishes it for one that does not", async () => {
      const rua = [`mailto:tls@${domain}`];
      const receiveAt = (content: string) =>
        lab.editZone(domain, (records) =>
          records.map((record) =>
            record.type === "MX" && record.name === domain ? { ...record, content } : record,
          ),
        );
      receiveAt("mx.elsewhere.example");
      const before = traces(lab);
      const stack = await fixture.open({
        config: configOf(lab, { mtaSts: { id: "1" }, tlsRpt: { rua } }),
      });
      assert.match(
        (await errorsOf(stack.up())).join("\n"),
        /"mx\.elsewhere\.example" is not the tenant's Exchange Online host/,
      );
      assert.deepEqual(traces(lab), before);
      receiveAt(lab.world.tenant.mxHost);
      await stack.up();
      const contents = contentsOf(lab);
      assert.ok(contents.includes('"v=STSv1; id=1;"'));
      assert.ok(contents.includes(`"v=TLSRPTv1; rua=${rua[0]}"`));
    });

    it("reports a hundred domains' problems on one page, and changes nothing", async () => {
      const names = addDomains(lab, 100);
      for (const [index, name] of names.entries()) {
        if (index % 4 === 0) withdraw(lab, name);
        if (index % 4 === 1) twoSpfRecords(lab, name);
        if (index % 4 === 2) foreignDmarc(lab, name);
      }
      const before = traces(lab);
      const stack = await fixture.open({ config: configOfMany(lab, names) });
      const lines = (await errorsOf(stack.preview())).join("\n").split("\n");
      assert.ok(lines.length <= 50, `${lines.length} lines`);
      for (const said of [
        /\(25 in all\).*accepted domain/,
        /SPF records/,
        /somebody else created/,
      ]) {
        assert.match(lines.join("\n"), said);
      }
      assert.deepEqual(traces(lab), before);
    });

    it("reports every domain without a zone at once, beside what the tenant and other zones say", async () => {
      const { domain } = lab.world.tenant;
      const config = configOfMany(lab, ["one.example", "two.example"]);
      twoSpfRecords(lab, domain);
      const before = traces(lab);
      const stack = await fixture.open({ config });
      const errors = (await errorsOf(stack.preview())).join("\n");
      assert.match(errors, /one\.example: is in no active zone that the token .* sees/);
      assert.match(errors, /two\.example: is in no active zone/);
      assert.match(errors, /one\.example: "one\.example" is not an accepted domain/);
      assert.match(errors, /SPF records/);
      assert.deepEqual(traces(lab), before);
    });

    it("names the token's variable when Cloudflare does not know it", async () => {
      const before = traces(lab);
      const stack = await fixture.open({ env: { CLOUDFLARE_API_TOKEN: "x".repeat(40) } });
      assert.match((await errorsOf(stack.up())).join("\n"), /CLOUDFLARE_API_TOKEN/);
      assert.deepEqual(traces(lab), before);
    });

    it("names the right that the token lacks, and changes no zone", async () => {
      const { permissions } = lab.world.cloudflare.token;
      for (const id of Object.keys(permissions)) permissions[id] = ["zone:read", "dns:read"];
      const before = structuredClone(lab.world.cloudflare.zones);
      const stack = await fixture.open({ config: configOf(lab) });
      assert.match((await errorsOf(stack.up())).join("\n"), /DNS Edit/);
      assert.deepEqual(lab.world.cloudflare.zones, before);
    });
  });
});

/** The lab's stack file with one sender, its domain changed. */
function configOf(lab: Lab, change: Record<string, unknown> = {}): StackConfig {
  const config = labConfig(lab.world) as StackConfig;
  config["m365-smtp-relay:senders"].splice(1);
  Object.assign(config["m365-smtp-relay:domains"][0] ?? {}, change);
  return config;
}

/** What a refusal must not change: the world, and what was written to Cloudflare and Exchange. */
const traces = (lab: Lab) => [comparableWorld(lab), zoneWrites(lab), exchangeWrites(lab)];

function zoneOf({ world }: Lab, domain: string) {
  const zone = world.cloudflare.zones.find(({ name }) => name === domain);
  assert.ok(zone);
  return zone;
}

const contentsOf = (lab: Lab): string[] =>
  zoneOf(lab, lab.world.tenant.domain).records.map(({ content }) => content);

/** The zone as Cloudflare writes it out, without the time and the serial number that every change counts up. */
async function exported(lab: Lab, domain: string): Promise<string> {
  const { id } = zoneOf(lab, domain);
  const { text } = await cloudflareOf(lab).ask("GET", `/zones/${id}/dns_records/export`);
  return text.replace(/^;; Exported:.*$/m, "").replace(/(\bSOA\b.*? )\d+( )/, "$1SERIAL$2");
}

/** Gives a zone other SPF and DMARC records than it has. */
function replaceMailRecords(lab: Lab, domain: string, records: readonly RecordByHand[]): void {
  lab.editZone(domain, (before) => [
    ...before.filter(({ content }) => !/v=(spf1|DMARC1)/i.test(content)),
    ...records,
  ]);
}

/** Verifies a subdomain in the tenant. Its records are in its parent's zone. */
function addSubdomain({ world: { tenant } }: Lab, name: string): void {
  tenant.domains.push({ id: name, isInitial: false, isDefault: false, isVerified: true });
  const guid = randomUUID();
  tenant.acceptedDomains.push({ guid, name, isDefault: false, isInitial: false });
}

function withdraw({ world: { tenant } }: Lab, name: string): void {
  tenant.acceptedDomains = tenant.acceptedDomains.filter((one) => one.name !== name);
  tenant.domains = tenant.domains.filter(({ id }) => id !== name);
}

function twoSpfRecords(lab: Lab, name: string): void {
  lab.editZone(name, () => [
    { type: "TXT", name, content: '"v=spf1 mx -all"' },
    { type: "TXT", name, content: '"v=spf1 a -all"' },
  ]);
}

function foreignDmarc(lab: Lab, name: string): void {
  lab.editZone(name, () => [
    { type: "TXT", name: `_dmarc.${name}`, content: '"v=DMARC1; p=none"' },
  ]);
}
