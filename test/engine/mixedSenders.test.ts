// One sender of each kind in several domains, with names that begin alike: where one comes, goes, or stands at another place in the
// stack file, no other sender's resources are in the preview. The seed draws the kinds; EXHAUSTIVE=1 tries all.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { makeRandom } from "../../lab/src/random.ts";
import { addDomains } from "../../lab/stack/manyDomains.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";

type Entry = Readonly<{ name: string; from: readonly string[] }> & Record<string, unknown>;

/** What a sender of a kind has beside its name and address; it is given an address to connect from and a licence. */
const KINDS: Readonly<Record<string, (egress: string, license: string) => object>> = {
  secret: (_, license) => ({ authentication: ["oauth"], license, recipientsPerDay: 100 }),
  federated: () => ({
    authentication: ["oauth"],
    federatedIdentity: ["main", "next"].map((branch) => ({
      ...(branch === "next" && { name: branch }),
      issuer: "https://token.actions.githubusercontent.com",
      subject: `repo:contoso/mail:ref:refs/heads/${branch}`,
    })),
  }),
  adopted: () => ({ authentication: ["oauth"], adoptMailbox: true }),
  password: (_, license) => ({ authentication: ["password"], license }),
  highVolume: () => ({
    ...{ authentication: ["password"], external: 0 },
    ...{ purpose: "bulk", messagesPerDay: 30_000 },
  }),
  address: (egress) => ({ authentication: ["staticIp"], egress: [egress] }),
  fenced: (egress) => ({ authentication: ["staticIp"], egress: [egress], fence: true }),
  certificate: (egress) => ({ authentication: ["certificate"], egress: [egress], fence: true }),
  direct: (egress) => ({ authentication: ["none"], egress: [egress], external: 0 }),
  elsewhere: () => ({ authentication: ["oauth"], purpose: "marketing" }),
};
const NAMES = ["erp", "erp-2", "erp-connector", "mfp", "mfp-fence", "hr", "hr-mailbox", "app"];

const random = makeRandom(`${SEED}/mixed`);
const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((one) => ({ one, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one);
const kinds = Object.keys(KINDS);
const drawn = process.env.EXHAUSTIVE === "1" ? kinds : shuffled(kinds).slice(0, 3);

describe(`a stack with one sender of each kind, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let domains: readonly string[];
  let senders: readonly Entry[];
  let made = 0;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    domains = [lab.world.tenant.domain, ...addDomains(lab, 2)];
    for (const sku of lab.world.tenant.skus) sku.enabled += 20;
    const all = kinds.map((kind) => entry(kind));
    const front = all[kinds.indexOf("fenced")]?.name;
    const member = { name: "erp-behind", from: [`behind@${domains[0]}`], via: front };
    senders = [...all, { ...member, authentication: ["none"] }];
    stack = await fixture.open();
    await configure(senders);
    await stack.up({ skipPreview: true });
    assert.deepEqual(await stack.preview(), []);
  });
  after(() => fixture?.close());

  /** A sender of a kind that nobody has yet; the mailbox that it adopts is made. */
  function entry(kind: string): Entry {
    made += 1;
    const name = NAMES[made - 1] ?? `erp-${made}`;
    const from = `${name}@${random.pick(domains)}`;
    const license =
      lab.world.tenant.skus.find(({ skuPartNumber }) => skuPartNumber.startsWith("EX"))
        ?.skuPartNumber ?? "";
    if (kind === "adopted") {
      lab.admin("New-Mailbox", { Shared: true, Name: name, PrimarySmtpAddress: from });
      lab.admin("Set-Mailbox", { Identity: from, MicrosoftOnlineServicesID: from });
    }
    return {
      ...{ name, from: [from] },
      ...(kind === "certificate" && { certificateName: `${name}.${domains[0]}` }),
      ...KINDS[kind]?.(`203.0.113.${made}`, license),
    };
  }

  const configure = (entries: readonly Entry[]) =>
    stack.configure({
      ...labConfig(lab.world),
      "m365-smtp-relay:domains": domains.map((name) => ({ name, dmarc: { adopt: true } })),
      "m365-smtp-relay:senders": entries,
    });

  /** What a preview would do to anything but these senders: the survey, and SPF where one connects from an address, are everybody's. */
  async function others(entries: readonly Entry[], touched: readonly Entry[]): Promise<string[]> {
    const world = comparableWorld(lab);
    await configure(entries);
    const changes = await stack.preview();
    assert.deepEqual(comparableWorld(lab), world);
    if (touched.length > 0) assert.notDeepEqual(changes, []);
    const hasSpf = touched.some(({ egress }) => egress !== undefined);
    const shared = ["relay-survey", ...(hasSpf ? domains.map((name) => `relay-${name}-spf`) : [])];
    const own = (name: string) => ownerOf(name, [...senders, ...entries]);
    const isTouched = (name: string) => touched.some((one) => one.name === own(name));
    return summaryOf(changes.filter(({ name }) => !shared.includes(name) && !isTouched(name)));
  }

  const without = (one: Entry) =>
    senders.filter(({ name, via }) => name !== one.name && via !== one.name);

  for (const kind of drawn) {
    it(`touches no other sender's resources where one goes: ${kind}`, async () => {
      const gone = senders[kinds.indexOf(kind)];
      assert.ok(gone);
      assert.deepEqual(await others(without(gone), [gone]), []);
    });

    it(`touches no other sender's resources where one comes: ${kind}`, async () => {
      const come = entry(kind);
      const at = random.integer(0, senders.length);
      assert.deepEqual(await others(senders.toSpliced(at, 0, come), [come]), []);
    });
  }

  it("touches nothing where the senders stand in another order", async () => {
    await configure(shuffled(senders));
    assert.deepEqual(await stack.preview(), []);
  });
});

/** The sender that a resource belongs to: that of the longest name, or of the address, with which its own begins. */
function ownerOf(resource: string, entries: readonly Entry[]): string | undefined {
  const longest = entries.toSorted((a, b) => b.name.length - a.name.length);
  const begins = (text: string) => resource.startsWith(`relay-${text}-`);
  return longest.find(({ name, from }) => begins(name) || from.some(begins))?.name;
}
