// Services that send as the domain without Exchange, on the real engine: their mail is sent to the lab's receiver, which judges
// SPF, DKIM and DMARC over the zone as the stack leaves it. Does not prove what receivers outside do.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { handOver } from "../../lab/src/smtp/client.ts";
import { loadMailauth } from "../../lab/src/smtp/judge.ts";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { StackConfig } from "../badConfigs.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, zoneWrites } from "./fixture.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PRIVATE = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const PUBLIC = keys.publicKey.export({ type: "spki", format: "der" }).toString("base64");
/** A domain may have a record that says `p=reject` already, or none. */
const NOTHING_PASSES = /^(?:refused|(?!.*pass)\w+ \w+ (?:fail|none))$/;
const KEY = `v=DKIM1; k=rsa; p=${PUBLIC}`;

describe("other services of a domain", () => {
  let fixture: Fixture;
  let lab: Lab;
  let domain: string;
  let restore: () => Promise<void>;
  /** Shows its key by a CNAME, and sends from its own domain's server. */
  let crm: object;
  let newsletter: object;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    ({ domain } = lab.world.tenant);
    const { outside, addresses } = lab.world;
    const name = `c1.dkim.${outside.domain}`;
    lab.editZone(outside.domain, (records) => [...records, { type: "TXT", name, content: KEY }]);
    crm = { name: "crm", dkim: [{ selector: "c1", target: name }] };
    newsletter = {
      ...{ name: "newsletter", description: "News to customers" },
      ...{ spf: [`ip4:${addresses.stranger}`], dkim: [{ selector: "n1", publicKey: KEY }] },
    };
    await fixture.open();
    restore = await fixture.snapshot();
  });
  after(() => fixture?.close());
  afterEach(() => restore());

  function configOf(...otherServices: object[]): StackConfig {
    const config = labConfig(lab.world) as StackConfig;
    config["m365-smtp-relay:senders"].splice(1);
    Object.assign(config["m365-smtp-relay:domains"][0] ?? {}, { otherServices });
    config["m365-smtp-relay:disposable"] = false;
    return config;
  }
  const open = (...services: object[]) => fixture.open({ config: configOf(...services) });

  /** What the receiver outside says of a message that a service sends and signs: `spf dkim dmarc`, or that it is refused. */
  async function judged(selector: string): Promise<string> {
    const { addresses, outside } = lab.world;
    const before = lab.mailbox().length;
    const message = [
      `From: News <news@${domain}>`,
      `To: ${outside.mailboxes[0]}`,
      "Subject: News",
      `Date: ${new Date().toUTCString()}`,
      "",
      "What is new.",
      "",
    ].join("\r\n");
    const { dkimSign } = await loadMailauth();
    const signature = { signingDomain: domain, selector, privateKey: PRIVATE };
    const { signatures } = await dkimSign(Buffer.from(message), {
      ...signature,
      signatureData: [signature],
    });
    const { accepted } = await handOver({
      server: { port: lab.ports.mx, name: outside.mxHost },
      localAddress: loopbackOf(addresses.stranger),
      helo: "mail.stranger.example",
      tls: "opportunistic",
      trustedRoot: readFileSync(lab.caFile, "utf8"),
      envelope: { from: `news@${domain}`, to: [outside.mailboxes[0] ?? ""] },
      message: Buffer.from(`${signatures}${message}`, "latin1"),
    });
    if (!accepted) return "refused";
    const { raw = "" } = lab.mailbox()[before] ?? {};
    const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
    const [, results = "nothing arrived"] = /^Authentication-Results: (.*)$/m.exec(head) ?? [];
    return ["spf", "dkim", "dmarc"]
      .map((check) => new RegExp(`\\b${check}=(\\w+)`).exec(results)?.[1] ?? results)
      .join(" ");
  }
  const names = (changes: readonly { op: string; name: string }[]) =>
    changes.map(({ op, name }) => `${op} ${name}`).sort();
  const traces = () => [exchangeWrites(lab), zoneWrites(lab), comparableWorld(lab)];
  const spfOf = () =>
    lab.world.cloudflare.zones
      .find(({ name }) => name === domain)
      ?.records.find(({ content }) => /v=spf1/.test(content))?.content;

  it("pass SPF, DKIM and DMARC once they are listed, and each comes and goes alone, also where the stack is protected", async () => {
    assert.match(await judged("n1"), NOTHING_PASSES);
    const without = await open();
    await without.up({ skipPreview: true });
    const before = spfOf();
    const plain = comparableWorld(lab);

    const both = await open(newsletter, crm);
    const { outputs } = await both.up();
    assert.equal(await judged("n1"), "pass pass pass");
    assert.equal(await judged("c1"), "pass pass pass");
    assert.deepEqual(await both.preview(), []);
    assert.deepEqual(await both.drift(), []);
    const { otherServices } =
      (outputs.dns as Record<string, Record<string, unknown>>)[domain] ?? {};
    assert.deepEqual(otherServices, {
      newsletter: { spf: [`ip4:${lab.world.addresses.stranger}`], dkim: ["n1"] },
      crm: { spf: [], dkim: ["c1"] },
    });
    assert.deepEqual(await (await open(crm, newsletter)).preview(), []);

    const crmAlone = await open(crm);
    assert.deepEqual(names(await crmAlone.preview()), [
      `delete relay-${domain}-dkim-n1`,
      ...[`update relay-${domain}-spf`, "update relay-survey"].sort(),
    ]);
    await crmAlone.up({ skipPreview: true });
    assert.match(await judged("n1"), NOTHING_PASSES);
    assert.match(await judged("c1"), /^\w+ pass pass$/);
    assert.equal(spfOf(), before);
    await (await open()).up({ skipPreview: true });
    assert.equal(comparableWorld(lab), plain);
  });

  it("leaves what is there already as it is, and where it says something else it is refused and nothing changes", async () => {
    const name = `n1._domainkey.${domain}`;
    const { addresses } = lab.world;
    lab.editZone(domain, (records) => [
      ...records.filter(({ content }) => !/v=spf1/.test(content)),
      { type: "TXT", name: domain, content: `"v=spf1 mx ip4:${addresses.stranger} -all"` },
      { type: "CNAME", name, content: "old.news.example" },
    ]);
    const untouched = traces();
    const refused = await open(newsletter);
    const errors = (await errorsOf(refused.up())).join("\n");
    assert.match(
      errors,
      /n1\._domainkey\..*"CNAME old\.news\.example" is a record that somebody else created; if the service shows this record, write it into dkim of the service in otherServices, and it is left as it is; else remove the record/,
    );
    assert.deepEqual(traces(), untouched);
    const same = { ...newsletter, dkim: [{ selector: "n1", target: "old.news.example" }] };
    await (await open(same)).up();
    assert.match(spfOf() ?? "", /^"v=spf1 mx ip4:\S+ include:\S+ ip4:\S+ -all"$/);
    assert.equal(spfOf()?.split(addresses.stranger).length, 2, "once");
    await (await open()).up({ skipPreview: true });
    assert.match(spfOf() ?? "", /^"v=spf1 mx ip4:/);
    const there = lab.world.cloudflare.zones.flatMap(({ records }) => records);
    assert.equal(there.filter((one) => one.name === name).length, 1);
  });

  it("are refused before anything is made where SPF would need more than ten look-ups", async () => {
    const untouched = traces();
    const many = Array.from({ length: 11 }, (_, index) => `a:h${index}.${domain}`);
    lab.editZone(domain, (records) => [
      ...records,
      ...many.map((term) => ({ type: "A" as const, name: term.slice(2), content: "192.0.2.9" })),
    ]);
    const [, , world] = traces();
    const refused = await open({ ...newsletter, spf: many });
    assert.match(
      (await errorsOf(refused.up())).join("\n"),
      /SPF of .* look-ups exceed the limit of 10, .*a:h0\./,
    );
    assert.deepEqual(traces(), [...untouched.slice(0, 2), world]);
  });
});
