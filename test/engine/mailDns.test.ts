// A domain's DNS on the real engine: what belongs to its owner comes back byte for byte, what others keep is left to
// them, and everything that stands in the way is told at once.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Lab, RecordByHand } from "../../lab/src/lab.ts";
import { addDomains, configOfMany } from "../../lab/stack/manyDomains.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { lastingWorld } from "../../lab/story/world.ts";
import { cloudflareOf } from "../../lab/test/unit/cloudflareClient.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type Bench, errorsOf, withBench, writesOf } from "./bench.ts";

const configOf = (lab: Lab, change: Record<string, unknown> = {}): StackConfig => {
  const config = labConfig(lab.world) as StackConfig;
  Object.assign(config["m365-smtp-relay:domains"][0] ?? {}, change);
  return config;
};

const domainOf = ({ world }: Lab): string => world.tenant.domain;

/** The zone as Cloudflare writes it out, without the time and the serial number that every change counts up. */
async function exported(lab: Lab): Promise<string> {
  const zone = lab.world.cloudflare.zones.find(({ name }) => name === domainOf(lab));
  const { text } = await cloudflareOf(lab).ask("GET", `/zones/${zone?.id}/dns_records/export`);
  return text.replace(/^;; Exported:.*$/m, "").replace(/(\bSOA\b.*? )\d+( )/, "$1SERIAL$2");
}

/** Gives the zone other SPF and DMARC records than the seed drew. */
function own(lab: Lab, records: readonly RecordByHand[]): void {
  lab.editZone(domainOf(lab), (there) => [
    ...there.filter(({ content }) => !/v=(spf1|DMARC1)/i.test(content)),
    ...records,
  ]);
}

/** Requests that changed something at Cloudflare. */
const zoneWrites = ({ log }: Lab): string[] =>
  log
    .events({ service: "cloudflare" })
    .map(({ what }) => what)
    .filter((what) => !what.startsWith("GET "));

const OWNERS: readonly [title: string, spf: string, dmarc: string][] = [
  ["plain", '"v=spf1 mx -all"', '"v=DMARC1; p=reject; rua=mailto:d@agency.example"'],
  ["odd", "v=spf1  a   MX ?all", "v=DMARC1;p=quarantine;pct=25 ; x-note=keep;"],
  [
    "in two strings",
    '"v=spf1 ip4:192.0.2.1 " "ip4:192.0.2.2 ~all"',
    '"v=DMARC1; p=none; fo=1; " "rua=mailto:a@agency.example,mailto:b@agency.example"',
  ],
];

describe("a domain's DNS", { concurrency: 2 }, () => {
  for (const [title, spf, dmarc] of OWNERS) {
    it(`gives the owner's records back byte for byte: ${title}`, () =>
      withBench(async ({ lab, open }) => {
        const name = domainOf(lab);
        own(lab, [
          { type: "TXT", name, content: spf, ttl: 1800, comment: "ask Piet" },
          { type: "TXT", name: `_dmarc.${name}`, content: dmarc, comment: "mailing agency" },
        ]);
        const [zone, world] = [await exported(lab), lastingWorld(lab)];
        const config = configOf(lab, { dmarc: { adopt: true, rua: [`mailto:dmarc@${name}`] } });
        const stack = await open({ config });
        await stack.up();
        assert.notEqual(await exported(lab), zone, "up changed nothing");
        assert.deepEqual(await stack.preview(), []);
        assert.deepEqual(await stack.drift(), []);
        await stack.destroy();
        assert.equal(await exported(lab), zone);
        assert.equal(lastingWorld(lab), world);
      }));
  }

  it("refuses a DMARC record of somebody else's without consent, and changes nothing", () =>
    withBench(async ({ lab, open }) => {
      const name = `_dmarc.${domainOf(lab)}`;
      own(lab, [{ type: "TXT", name, content: '"v=DMARC1; p=none"' }]);
      const before = lastingWorld(lab);
      const stack = await open({ config: configOf(lab, { dmarc: {} }) });
      const [error = "", ...others] = await errorsOf(stack.up());
      assert.match(error, /DMARC of .*"v=DMARC1; p=none" is a record that somebody else created/);
      assert.deepEqual(others, []);
      assert.equal(lastingWorld(lab), before);
      assert.deepEqual([zoneWrites(lab), writesOf(lab)], [[], []]);
    }));

  it("refuses a second stack on the same domain, and changes nothing", () =>
    withBench(async ({ lab, open }) => {
      await (await open()).up();
      const before = lastingWorld(lab);
      const config = configOf(lab);
      const [sender] = config["m365-smtp-relay:senders"];
      config["m365-smtp-relay:senders"] = [{ ...sender, name: "other", egress: ["192.0.2.77"] }];
      const errors = (await errorsOf((await open({ config, stack: "second" })).up())).join("\n");
      assert.match(
        errors,
        /belongs to the stack m365-smtp-relay\/lab, and a domain belongs to one/,
      );
      assert.equal(lastingWorld(lab), before);
    }));

  it("stops a record with too many look-ups in the preview, with the tree of who costs how many", () =>
    withBench(async ({ lab, open }) => {
      const name = domainOf(lab);
      const hosts = Array.from({ length: 10 }, (_, index) => `a:h${index}.${name}`);
      own(lab, [{ type: "TXT", name, content: `"v=spf1 ${hosts.join(" ")} -all"` }]);
      lab.editZone(name, (records) => [
        ...records,
        ...hosts.map((host) => ({ type: "A", name: host.slice(2), content: "192.0.2.9" })),
      ]);
      const before = lastingWorld(lab);
      const errors = (await errorsOf((await open()).preview())).join("\n");
      assert.match(errors, /SPF of .* 11 /);
      assert.match(errors, /include:spf\.protection\.outlook\.com/);
      assert.equal(lastingWorld(lab), before);
    }));

  it("merges into a record that changed between preview and up", () =>
    withBench(async ({ lab, open }) => {
      const name = domainOf(lab);
      own(lab, [{ type: "TXT", name, content: '"v=spf1 mx -all"' }]);
      const stack = await open();
      await stack.preview();
      own(lab, [{ type: "TXT", name, content: '"v=spf1 mx ip4:192.0.2.99 -all"' }]);
      await stack.up();
      const zone = lab.world.cloudflare.zones.find((one) => one.name === name);
      const spf = zone?.records.filter(({ content }) => content.includes("v=spf1"));
      assert.equal(spf?.length, 1);
      assert.match(
        spf?.[0]?.content ?? "",
        /^"v=spf1 mx ip4:192\.0\.2\.99 include:spf\.prot.* -all"$/,
      );
    }));

  it("leaves DNS that is kept elsewhere alone, tells what is missing, and ends when it is there", () =>
    withBench(async ({ lab, open }) => {
      const name = domainOf(lab);
      const config = configOf(lab, { dns: { host: "external" } });
      config["m365-smtp-relay:waitMinutes"] = 0;
      const stack = await open({ config });
      const { outputs } = await stack.up();
      assert.match(String(outputs.pending), /selector1\._domainkey\..* has no CNAME record/);
      assert.deepEqual(zoneWrites(lab), []);
      const { dkim } = (outputs.dns as Record<string, { dkim: RecordByHand[] }>)[name] ?? {};
      assert.deepEqual(
        (await stack.preview()).map(({ op, name: resource }) => `${op} ${resource}`),
        [`update relay-${name}-dkim`],
      );
      lab.editZone(name, (records) => [...records, ...(dkim ?? [])]);
      assert.deepEqual((await stack.up()).outputs.pending, []);
      assert.deepEqual(await stack.preview(), []);
    }));

  it("gives a sending subdomain an MX record, and takes it away again", () =>
    withBench(async ({ lab, open }) => {
      const name = `mail.${domainOf(lab)}`;
      lab.world.tenant.domains.push({
        id: name,
        isInitial: false,
        isDefault: false,
        isVerified: true,
      });
      lab.world.tenant.acceptedDomains.push({
        guid: "9f1c0c5e-5f0e-4d57-9b53-0c1d2e3f4a5b",
        name,
        isDefault: false,
        isInitial: false,
      });
      const before = lastingWorld(lab);
      const config = configOf(lab);
      config["m365-smtp-relay:domains"].push({ name });
      const stack = await open({ config });
      await stack.up();
      const zone = lab.world.cloudflare.zones.find((one) => one.name === domainOf(lab));
      const found = zone?.records.filter((record) => record.type === "MX" && record.name === name);
      assert.deepEqual(
        found?.map(({ content }) => content),
        [lab.world.tenant.mxHost],
      );
      await stack.destroy();
      assert.equal(lastingWorld(lab), before);
    }));

  it("refuses MTA-STS for a domain that receives elsewhere, and publishes it for one that does not", () =>
    withBench(async ({ lab, open }) => {
      const name = domainOf(lab);
      const rua = [`mailto:tls@${name}`];
      const config = configOf(lab, { mtaSts: { id: "1" }, tlsRpt: { rua } });
      const ownMx = (content: string) =>
        lab.editZone(name, (records) =>
          records.map((record) =>
            record.type === "MX" && record.name === name ? { ...record, content } : record,
          ),
        );
      ownMx("mx.elsewhere.example");
      const stack = await open({ config });
      const errors = (await errorsOf(stack.up())).join("\n");
      assert.match(errors, /"mx\.elsewhere\.example" is not the tenant's Exchange Online host/);
      assert.deepEqual(zoneWrites(lab), []);
      ownMx(lab.world.tenant.mxHost);
      await stack.up();
      const zone = lab.world.cloudflare.zones.find((one) => one.name === name);
      const contents = zone?.records.map(({ content }) => content);
      assert.ok(contents?.includes('"v=STSv1; id=1;"'));
      assert.ok(contents?.includes(`"v=TLSRPTv1; rua=${rua[0]}"`));
    }));

  it("tells a hundred domains' problems on one page, and changes nothing", () =>
    withBench(async ({ lab, open }) => {
      const names = addDomains(lab, 100);
      for (const [index, name] of names.entries()) {
        if (index % 4 === 0) withdraw(lab, name);
        if (index % 4 === 1) twoSpfRecords(lab, name);
        if (index % 4 === 2) foreignDmarc(lab, name);
      }
      const before = lastingWorld(lab);
      const errors = await errorsOf((await open({ config: configOfMany(lab, names) })).preview());
      const lines = errors.join("\n").split("\n");
      assert.ok(lines.length <= 50, `${lines.length} lines`);
      for (const said of [
        /\(25 in all\).*accepted domain/,
        /SPF records/,
        /somebody else created/,
      ]) {
        assert.match(lines.join("\n"), said);
      }
      assert.equal(lastingWorld(lab), before);
      assert.deepEqual([zoneWrites(lab), writesOf(lab)], [[], []]);
    }));
});

// A program that ends with an error of its own disturbs others that run beside it in one process.
describe("zones that can't be had", { concurrency: false }, () => {
  it("tells every domain without a zone at once", () =>
    withBench(async ({ lab, open }) => {
      const config = configOfMany(lab, ["one.example", "two.example"]);
      const errors = (await errorsOf((await open({ config })).preview())).join("\n");
      assert.match(errors, /one\.example: is in no active zone that the token .* sees/);
      assert.match(errors, /two\.example: is in no active zone/);
    }));

  it("says what a token without rights lacks", () =>
    withBench(async ({ lab, open }: Bench) => {
      const before = lastingWorld(lab);
      const blind = "x".repeat(40);
      const refused = await errorsOf((await open({ env: { CLOUDFLARE_API_TOKEN: blind } })).up());
      assert.match(refused.join("\n"), /CLOUDFLARE_API_TOKEN/);
      const { permissions } = lab.world.cloudflare.token;
      for (const id of Object.keys(permissions)) permissions[id] = ["zone:read", "dns:read"];
      const readOnly = (await errorsOf((await open()).up())).join("\n");
      assert.match(readOnly, /DNS Edit/);
      assert.equal(zoneOnly(lastingWorld(lab)), zoneOnly(before));
    }));
});

/** The zones of a world. */
function zoneOnly(world: string): string {
  const { cloudflare } = JSON.parse(world) as Lab["world"];
  return JSON.stringify(cloudflare.zones);
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
