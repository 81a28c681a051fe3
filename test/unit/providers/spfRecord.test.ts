import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  type CheckedSpf,
  type SpfRecordOutputs,
  spfRecord,
} from "../../../providers/dns/spfRecord.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { thrownBy } from "../tenant/bench.ts";
import { hurried } from "./hurried.ts";
import { lifeOf } from "./life.ts";
import { type AroundZones, OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

const EXCHANGE = "include:spf.protection.outlook.com";
const RELAY = "ip4:203.0.113.10";
const TERMS = [EXCHANGE, RELAY];
const MARK = `Managed by Pulumi: ${OWNER}`;

describe("our terms in an SPF record", () => {
  const fixture = useZoneFixture("spf");
  let domain: string;
  before(() => {
    domain = fixture.domain;
  });

  const life = (open = () => fixture.access()) =>
    lifeOf<CheckedSpf, SpfRecordOutputs>(() => spfRecord(open()));
  const declare = (terms: readonly string[] = TERMS) => ({
    zoneId: fixture.zoneId,
    zone: fixture.domain,
    owner: OWNER,
    domain,
    terms,
  });
  const spf = (content: string, more = {}) => {
    fixture.place(
      { type: "TXT", name: domain, content: '"MS=ms12345678"' },
      { type: "TXT", name: domain, content, comment: "ask Piet", ttl: 3600, ...more },
    );
    return fixture.held();
  };
  /** The contents of the records at the domain that are SPF. */
  const contents = () =>
    fixture
      .at(domain)
      .map(({ content }) => content)
      .filter((content) => /spf1/i.test(content));
  const idOf = () => fixture.at(domain).find(({ content }) => /spf1/i.test(content))?.id;
  const change = (content: string) => {
    const id = idOf();
    fixture.lab.editZone(domain, (records) =>
      records.map((one) => (one.id === id ? { ...one, content } : one)),
    );
  };
  const none = () => {
    fixture.take(domain);
    return fixture.held();
  };

  /** Records as owners write them. */
  const OWNED = [
    "v=spf1 mx -all",
    '"v=spf1 mx -all"',
    '"v=spf1 mx " "ip4:192.0.2.1 -all"',
    '"v=spf1  mx   ip4:192.0.2.1  ~all "',
    '"V=SPF1 MX IP4:192.0.2.1 -ALL"',
    '"v=spf1 +mx a:www.contoso.example/24 ?all"',
    '"v=spf1 ip4:192.0.2.1"',
    '"v=spf1"',
    '"v=spf1 mx redirect=_spf.contoso.example"',
    '"v=spf1 mx unknown=Value exp=why.contoso.example -all"',
    `"v=spf1${" ip4:192.0.2.2".repeat(17)} ip4:192" ".0.2.3 -all"`,
  ];
  for (const content of OWNED) {
    it(`the owner's ${content.slice(0, 60)} comes back byte for byte`, async () => {
      const access = fixture.access();
      const { resolve } = access;
      access.resolve = async (name, type) =>
        name === "_spf.contoso.example"
          ? { status: "found", records: ["v=spf1 -all"] }
          : resolve(name, type);
      const { up, destroy } = life(() => access);
      const owned = spf(content);
      const made = await up(declare());
      assert.equal(contents().length, 1);
      assert.match(
        contents()[0] ?? "",
        /include:spf\.protection\.outlook\.com ip4:203\.0\.113\.10/,
      );
      await destroy(made);
      assert.deepEqual(fixture.held(), owned, "after create and delete");
      const changed = await up(declare(["ip4:198.51.100.0/24"]), await up(declare()));
      assert.equal(changed.step, "update");
      assert.doesNotMatch(contents()[0] ?? "", /outlook/);
      await destroy(changed);
      assert.deepEqual(fixture.held(), owned, "after create, update and delete");
    });
  }

  it("a record of ours is made where none was, and gone afterwards", async () => {
    const empty = none();
    const { up, destroy, refresh } = life();
    const made = await up(declare());
    const [record] = fixture.at(domain);
    assert.deepEqual(
      [record?.content, record?.comment, record?.ttl],
      [`"v=spf1 ${EXCHANGE} ${RELAY} ~all"`, MARK, 300],
    );
    assert.deepEqual(
      [made.id, made.inputs.before, made.inputs.after],
      [domain, "", `v=spf1 ${EXCHANGE} ${RELAY} ~all`],
    );
    assert.equal((await refresh(made))?.drift, false);
    await destroy(made);
    assert.deepEqual(fixture.held(), empty);
  });

  it("one that is meant as SPF and is none is refused, in check and in create", async () => {
    const { refusals, checked, create } = life();
    none();
    const inputs = await checked(declare());
    const before = spf('"spf1 mx -all"');
    const [reason = "", more] = await refusals(declare());
    assert.match(reason, /so receivers see no SPF record; change it to "v=spf1 mx -all"$/);
    assert.equal(more, undefined);
    assert.match((await thrownBy(() => create(inputs))).message, /see no SPF record/);
    assert.deepEqual(fixture.held(), before);
  });

  it("one of ours that somebody broke is put right", async () => {
    none();
    const { up, refresh } = life();
    const made = await up(declare());
    const said = contents();
    fixture.edit(domain, { content: '"v=spf1;mx -all"' });
    const seen = await refresh(made);
    assert.equal(seen?.drift, true);
    assert.equal((await up(declare(), seen)).step, "update");
    assert.deepEqual(contents(), said);
  });

  for (const content of [
    '"v=spf1;mx -all"',
    `" v=spf1 mx ${TERMS.join(" ")} -all"`,
    `"v=spf1 ${TERMS.join(" ")} ~al"`,
    `"v=spf1 ipv4:192.0.2.1 ${TERMS.join(" ")} ~all"`,
    `"${TERMS.join(" ")} ~all"`,
  ]) {
    it(`one of ours that somebody broke is removed by delete while it has our mark: ${content}`, async () => {
      const empty = none();
      const { up, destroy } = life();
      const made = await up(declare());
      fixture.edit(domain, { content });
      await destroy(made);
      assert.deepEqual(fixture.held(), empty);
      assert.match(fixture.said.join("\n"), /changed by somebody else to what receivers can't use/);
    });

    it(`one of ours that somebody broke and noted as theirs stays without our terms: ${content}`, async () => {
      none();
      const { up, destroy } = life();
      const made = await up(declare());
      fixture.edit(domain, { content, comment: "marketing" });
      await destroy(made);
      const [left, ...more] = fixture.at(domain);
      assert.deepEqual([left?.comment, more], ["marketing", []]);
    });
  }

  it("the TTL, the comment and the neighbours stay the owner's", async () => {
    const before = spf('"v=spf1 mx -all"');
    await life().up(declare());
    const content = `"v=spf1 mx ${TERMS.join(" ")} -all"`;
    assert.deepEqual(fixture.held(), [...before.slice(0, -1), { ...before.at(-1), content }]);
  });

  it("an unchanged check, and a diff, ask nothing", async () => {
    spf("v=spf1 mx -all");
    const { up } = life();
    const made = await up(declare());
    const asked = fixture.events().length;
    assert.equal((await up(declare(), made)).step, "same");
    assert.equal(fixture.events().length, asked);
  });

  it("what is not known yet passes, and is a change", async () => {
    const kind = spfRecord(fixture.access());
    const news = { ...declare(), terms: UNKNOWN as unknown as string[] };
    assert.deepEqual(await kind.check({}, news), { inputs: news, failures: [] });
    const diff = await kind.diff("1", {} as SpfRecordOutputs, news as unknown as CheckedSpf);
    assert.deepEqual(diff, { changes: true });
    assert.deepEqual(fixture.events(), []);
  });

  it("check shows the record before, after, and every look-up", async () => {
    spf('"v=spf1 mx -all"');
    const inputs = await life().checked(declare());
    assert.equal(inputs.before, "v=spf1 mx -all");
    assert.equal(inputs.after, `v=spf1 mx ${EXCHANGE} ${RELAY} -all`);
    assert.deepEqual(inputs.lookUps, [
      domain,
      "  mx  1",
      `  ${EXCHANGE}  1`,
      "2 of 10 look-ups, 0 of 2 void (for mail over IPv4)",
    ]);
    assert.match(
      fixture.said.join("\n"),
      /before: v=spf1 mx -all\n {2}after: {2}v=spf1 mx include/,
    );
  });

  it("a record that the owner changes between check and create is merged as it is then", async () => {
    spf('"v=spf1 mx -all"');
    const { checked, create, destroy, up } = life();
    const inputs = await checked(declare());
    const owned = spf('"v=spf1 a ip4:192.0.2.7 ?all"');
    const made = await create(inputs);
    assert.deepEqual(contents(), [`"v=spf1 a ip4:192.0.2.7 ${TERMS.join(" ")} ?all"`]);
    assert.match(fixture.said.join("\n"), /has changed since the preview: it will be v=spf1 a ip4/);
    assert.equal((await up(declare(), made)).step, "same");
    await destroy(made);
    assert.deepEqual(fixture.held(), owned);
  });

  it("one that appears between check and create is merged, and put back", async () => {
    none();
    const { checked, create, destroy } = life();
    const inputs = await checked(declare());
    const owned = spf("v=spf1 mx -all");
    await destroy(await create(inputs));
    assert.deepEqual(fixture.held(), owned);
  });

  it("delete withdraws ours alone from a record that the owner has changed since", async () => {
    spf('"v=spf1 mx -all"');
    const { up, destroy } = life();
    const made = await up(declare());
    change(`"v=spf1 a mx ${RELAY} ip4:192.0.2.9 ${EXCHANGE} ~all"`);
    await destroy(made);
    assert.deepEqual(contents(), ['"v=spf1 a mx ip4:192.0.2.9 ~all"']);
  });

  it("one of ours to which others have added terms is theirs after delete, without our mark", async () => {
    none();
    const { up, destroy } = life();
    const made = await up(declare());
    change(`"v=spf1 ${TERMS.join(" ")} ip4:192.0.2.9 ~all"`);
    await destroy(made);
    const [left, ...more] = fixture.at(domain);
    assert.deepEqual(
      [left?.content, left?.comment || "", more],
      ['"v=spf1 ip4:192.0.2.9 ~all"', "", []],
    );
  });

  it("what the owner changed before an update of ours is still there after delete", async () => {
    spf('"v=spf1 mx -all"');
    const { up, destroy } = life();
    const made = await up(declare());
    change(`"v=spf1 mx include:_spf.${domain} ${TERMS.join(" ")} -all"`);
    fixture.place({ type: "TXT", name: `_spf.${domain}`, content: '"v=spf1 ip4:192.0.2.9 -all"' });
    const changed = await up(declare([EXCHANGE]), made);
    assert.deepEqual(contents(), [`"v=spf1 mx include:_spf.${domain} ${EXCHANGE} -all"`]);
    await destroy(changed);
    assert.deepEqual(contents(), [`"v=spf1 mx include:_spf.${domain} -all"`]);
  });

  it("a record of ours that the owner has put terms into stays without ours", async () => {
    none();
    const { up, destroy } = life();
    const made = await up(declare());
    change(`"v=spf1 mx ${TERMS.join(" ")} ~all"`);
    await destroy(made);
    assert.deepEqual(contents(), ['"v=spf1 mx ~all"']);
  });

  it("what changes while it is written is merged again", async () => {
    spf('"v=spf1 mx -all"');
    let times = 0;
    const meddling: AroundZones = (zones) => ({
      setContent(zoneId, id, was, content) {
        times += 1;
        if (times < 3) change(`"v=spf1 mx ip4:192.0.2.${times} -all"`);
        return zones.setContent(zoneId, id, was, content);
      },
    });
    const made = await life(() => fixture.access(meddling)).up(declare());
    assert.deepEqual(contents(), [`"v=spf1 mx ip4:192.0.2.2 ${TERMS.join(" ")} -all"`]);
    await life().destroy(made);
    assert.deepEqual(contents(), ['"v=spf1 mx ip4:192.0.2.2 -all"']);
  });

  for (const act of ["create", "delete"] as const) {
    it(`${act} gives up on a record that is changed again and again, and leaves the owner's`, async () => {
      spf('"v=spf1 mx -all"');
      let times = 0;
      const meddling: AroundZones = (zones) => ({
        setContent(zoneId, id, was, content) {
          times += 1;
          change(`"v=spf1 mx ip4:192.0.2.${times} ${RELAY} -all"`);
          return zones.setContent(zoneId, id, was, content);
        },
      });
      const made = act === "delete" ? await life().up(declare()) : undefined;
      const error = await thrownBy(() =>
        made
          ? life(() => fixture.access(meddling)).destroy(made)
          : life(() => fixture.access(meddling)).up(declare()),
      );
      assert.match(
        error.message,
        /^somebody else keeps changing the SPF record of .*; run it again when they have finished$/,
      );
      assert.deepEqual(contents(), [`"v=spf1 mx ip4:192.0.2.3 ${RELAY} -all"`]);
    });
  }

  it("a record that is gone when it is written is made anew", async () => {
    spf('"v=spf1 mx -all"');
    const vanishing: AroundZones = (zones) => ({
      setContent(zoneId, id, was, content) {
        none();
        return zones.setContent(zoneId, id, was, content);
      },
    });
    const made = await life(() => fixture.access(vanishing)).up(declare());
    assert.deepEqual(contents(), [`"v=spf1 ${TERMS.join(" ")} ~all"`]);
    await life().destroy(made);
    assert.deepEqual(fixture.at(domain), []);
  });

  it("a record deleted by hand is gone for read, and nothing to delete", async () => {
    spf('"v=spf1 mx -all"');
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    const without = none();
    assert.equal(await refresh(made), undefined);
    await destroy(made);
    assert.deepEqual(fixture.held(), without);
  });

  it("a record that its owner has put in the place of ours is the owner's", async () => {
    none();
    const { up, destroy, refresh } = life();
    const made = await up(declare());
    const owned = spf(`"v=spf1 ${EXCHANGE} -all"`);
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true, "our address is missing");
    await destroy(made);
    assert.deepEqual(fixture.held(), owned, "destroyed without a look");
    const repaired = await up(declare(), refreshed);
    assert.deepEqual(contents(), [`"v=spf1 ${EXCHANGE} ${RELAY} -all"`]);
    await destroy(repaired);
    assert.deepEqual(fixture.held(), owned);
  });

  it("two SPF records are refused in check, with both", async () => {
    spf('"v=spf1 mx -all"');
    fixture.lab.editZone(domain, (records) => [
      ...records,
      { type: "TXT", name: domain, content: '"v=spf1 a -all"' },
    ]);
    const two = fixture.held();
    const [reason, second] = await life().refusals(declare());
    assert.match(
      reason ?? "",
      /\["v=spf1 mx -all","v=spf1 a -all"\] are 2 SPF records at one name/,
    );
    assert.equal(second, undefined);
    assert.deepEqual(fixture.held(), two);
  });

  it("two that appear between check and create, or later, are reported with both and left alone", async () => {
    spf('"v=spf1 mx -all"');
    const { checked, create, up, refresh, destroy } = life();
    const inputs = await checked(declare());
    const second = (records: { type: string; name: string; content: string }[]) => [
      { type: "TXT", name: domain, content: '"v=spf1 a -all"' },
      ...records,
    ];
    fixture.lab.editZone(domain, second);
    const two = fixture.held();
    const refused = await thrownBy(() => create(inputs));
    assert.match(refused.message, /"v=spf1 a -all","v=spf1 mx -all"\] are 2 SPF records/);
    assert.deepEqual(fixture.held(), two);

    const owned = spf('"v=spf1 mx -all"');
    const made = await up(declare());
    fixture.lab.editZone(domain, second);
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.match(refreshed?.outs.problem ?? "", /2 SPF records/);
    assert.equal(refreshed?.outs.after, made.outs.after, "of ours");
    const later = fixture.held();
    const error = await thrownBy(() => up(declare(), refreshed));
    assert.match(error.message, /"v=spf1 a -all","v=spf1 mx include/);
    assert.deepEqual(fixture.held(), later);
    await destroy(made);
    assert.deepEqual(contents(), ['"v=spf1 a -all"', '"v=spf1 mx -all"']);
    assert.deepEqual(fixture.held().slice(1), owned);
  });

  it("a record that its owner has broken since is drift, reported in words", async () => {
    spf('"v=spf1 mx -all"');
    const { up, refresh } = life();
    const made = await up(declare());
    change(`"v=spf1 ipv4:192.0.2.1 ${TERMS.join(" ")} -all"`);
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    const broken = fixture.held();
    const error = await thrownBy(() => up(declare(), refreshed));
    assert.match(error.message, /"ipv4:192.0.2.1" is not an SPF mechanism; write "ip4:192.0.2.1"/);
    assert.deepEqual(fixture.held(), broken);
  });

  it("more look-ups than receivers make stop in check, with the whole tree", async () => {
    const many = spf(`"v=spf1${" a:www.contoso.example".repeat(10)} -all"`);
    const access = fixture.access();
    access.resolve = async () => ({ status: "found", records: ["192.0.2.1"] });
    const kind = lifeOf(() => spfRecord(access));
    const [reason = ""] = await kind.refusals(declare([RELAY, "mx"]));
    assert.match(reason, /11 look-ups exceed the limit of 10, after which receivers give up/);
    assert.match(fixture.said.join("\n"), /\n {4}mx {2}1\n {2}11 of 10 look-ups/);
    assert.deepEqual(fixture.held(), many);
  });

  it("more look-ups with no answer than receivers make stop in check", async () => {
    const gone = ["x", "y", "z"].map((name) => `a:${name}.nowhere.example`).join(" ");
    const voids = spf(`"v=spf1 ${gone} -all"`);
    const [reason = ""] = await life().refusals(declare());
    assert.match(
      reason,
      /3 look-ups with no answer, counted for mail over IPv4, exceed the limit of 2/,
    );
    assert.match(fixture.said.join("\n"), /a:x\.nowhere\.example {2}1 \(1 void\)/);
    assert.deepEqual(fixture.held(), voids);
  });

  it("limits that break between check and create are an error, and nothing is written", async () => {
    spf('"v=spf1 mx -all"');
    const { checked, create } = life();
    const inputs = await checked(declare());
    const gone = ["x", "y", "z"].map((name) => `a:${name}.nowhere.example`).join(" ");
    const voids = spf(`"v=spf1 ${gone} -all"`);
    const error = await thrownBy(() => create(inputs));
    assert.match(error.message, /3 look-ups with no answer, counted for mail over IPv4,/);
    assert.deepEqual(fixture.held(), voids);
  });

  it("an owner who has all our terms already keeps them, and nothing is written", async () => {
    const owned = spf(`v=spf1 mx Include:SPF.Protection.Outlook.com. ip4:203.0.113.0/24 -all`);
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    assert.deepEqual(made.outs.added, []);
    assert.equal((await refresh(made))?.drift, false);
    await destroy(made);
    assert.deepEqual(fixture.held(), owned);
    assert.deepEqual(
      [fixture.calls("POST"), fixture.calls("PATCH"), fixture.calls("DELETE")],
      [0, 0, 0],
    );
  });

  it("a term that is not wanted any more goes, unless it was the owner's", async () => {
    const owned = spf(`"v=spf1 ${RELAY} mx -all"`);
    const { up, destroy } = life();
    const made = await up(declare([EXCHANGE, RELAY, "ip4:198.51.100.9"]));
    const fewer = await up(declare([EXCHANGE]), made);
    assert.deepEqual(contents(), [`"v=spf1 ${RELAY} mx ${EXCHANGE} -all"`]);
    assert.equal(fewer.inputs.after, fewer.outs.after, "as the preview said");
    const others = await up(declare(["ip4:198.51.100.9"]), fewer);
    assert.deepEqual(contents(), [`"v=spf1 ${RELAY} mx ip4:198.51.100.9 -all"`]);
    await destroy(others);
    assert.deepEqual(fixture.held(), owned);
  });

  it("one of our terms taken out by hand is drift, and put back", async () => {
    spf('"v=spf1 mx -all"');
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    change(`"v=spf1 mx ${EXCHANGE} -all"`);
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.deepEqual(refreshed?.inputs.terms, [EXCHANGE]);
    const repaired = await up(declare(), refreshed);
    assert.equal(repaired.step, "update");
    assert.deepEqual(contents(), [`"v=spf1 mx ${TERMS.join(" ")} -all"`]);
    assert.equal((await refresh(repaired))?.drift, false);
    await destroy(repaired);
    assert.deepEqual(contents(), ['"v=spf1 mx -all"']);
  });

  it("one that is moved behind all, where receivers ignore it, is drift too", async () => {
    spf('"v=spf1 mx -all"');
    const { up, refresh } = life();
    const made = await up(declare());
    change(`"v=spf1 mx ${EXCHANGE} -all ${RELAY}"`);
    assert.equal((await refresh(made))?.drift, true);
  });

  it("a foreign term added by hand is no drift, and stays", async () => {
    spf('"v=spf1 mx -all"');
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    change(`"v=spf1 mx ${TERMS.join(" ")} ip4:192.0.2.9 -all"`);
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, false);
    assert.equal((await up(declare(), refreshed)).step, "same");
    await destroy(made);
    assert.deepEqual(contents(), ['"v=spf1 mx ip4:192.0.2.9 -all"']);
  });

  it("another domain is a replacement that does not carry the old record's history", async () => {
    const owned = spf(`"v=spf1 ${RELAY} -all"`);
    const { up, destroy, checked } = life();
    const made = await up(declare([EXCHANGE]));
    const sub = { ...declare([RELAY]), domain: `mail.${domain}` };
    assert.equal((await checked(sub, made)).before, "");
    const moved = await up(sub, made);
    assert.equal(moved.step, "replace");
    assert.deepEqual(fixture.at(sub.domain)[0]?.content, `"v=spf1 ${RELAY} ~all"`);
    await destroy(moved);
    assert.deepEqual(fixture.held(), owned);
  });

  it("a record whose making was not answered is made once, and is ours", async (t) => {
    hurried(t);
    const empty = none();
    const path = `/client/v4/zones/${fixture.zoneId}/dns_records`;
    const { up, checked, create, destroy } = life();
    const inputs = await checked(declare());
    fixture.lab.faults.inject({
      where: { service: "cloudflare", match: path },
      what: { kind: "status", status: 503, retryAfter: 0 },
    });
    const lost: AroundZones = (zones) => ({
      create(zoneId, record) {
        fixture.lab.faults.inject({
          where: { service: "cloudflare", match: path },
          what: { kind: "replyLost" },
        });
        return zones.create(zoneId, record);
      },
    });
    const made = await life(() => fixture.access(lost)).create(inputs);
    assert.deepEqual([made.outs.recordId, contents().length], [idOf(), 1]);
    await destroy(made);
    assert.deepEqual(fixture.held(), empty);

    // Cut off for good: state knows nothing of it.
    await create(inputs);
    const again = await up(declare());
    assert.deepEqual([again.outs.original, again.outs.added], [null, TERMS]);
    await destroy(again);
    assert.deepEqual(fixture.held(), empty);
  });

  it("a change whose answer was lost for good is kept in state, and ends as one that was answered", async () => {
    const owned = spf("v=spf1 mx -all");
    const { ZoneError } = await import("../../../zone/zoneError.ts");
    const cut: AroundZones = (zones) => ({
      async setContent(...args) {
        await zones.setContent(...args);
        throw new ZoneError("Cloudflare: record x could not be changed: cut", 0, [], undefined);
      },
    });
    const { checked, up, destroy } = life();
    const inputs = await checked(declare());
    const error = await thrownBy(() => life(() => fixture.access(cut)).create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    const made = { id: error.id, inputs, outs: error.properties as unknown as SpfRecordOutputs };
    assert.equal(made.outs.recordId, idOf());
    const kind = spfRecord(fixture.access());
    const updated = await kind.update(made.id, made.outs, inputs);
    assert.deepEqual(updated.outs, made.outs);
    assert.equal((await up(declare(), made)).step, "same");
    await destroy(made);
    assert.deepEqual(fixture.held(), owned);
  });

  it("a token that may not write is refused with what it lacks, and nothing is kept in state", async () => {
    const owned = spf("v=spf1 mx -all");
    fixture.lab.world.cloudflare.token.permissions[fixture.zoneId] = ["zone:read", "dns:read"];
    const error = await thrownBy(() => life().up(declare()));
    assert.ok(!(error instanceof HalfMade));
    assert.match(error.message, /permissions Zone\.Zone Read and Zone\.DNS Edit for this zone/);
    assert.deepEqual(fixture.held(), owned);
  });

  it("a zone that can't be read is a failure of check once in a run, and never an absent record", async () => {
    spf("v=spf1 mx -all");
    const made = await life().up(declare());
    fixture.lab.world.cloudflare.token.permissions[fixture.zoneId] = [];
    const held = fixture.held();
    const access = fixture.access();
    const { refusals } = lifeOf(() => spfRecord(access));
    const all = [await refusals(declare()), await refusals(declare([EXCHANGE]))].flat();
    assert.equal(all.length, 1);
    assert.match(
      all[0] ?? "",
      /^: Cloudflare: the records of zone .* Authentication error \(10000\)/,
    );
    for (const act of [life().refresh(made), life().destroy(made)]) {
      assert.match((await thrownBy(() => act)).message, /could not be read/);
    }
    assert.deepEqual(fixture.held(), held);
  });

  for (const comment of ["marketing", null]) {
    it(`a record of ours whose comment is ${comment ?? "gone"} is ours: the mark is put back, and delete removes it`, async () => {
      const empty = none();
      const { up, refresh, destroy } = life();
      const made = await up(declare());
      fixture.edit(domain, { comment });
      const seen = await refresh(made);
      assert.equal(seen?.drift, true);
      const again = await up(declare(), seen);
      assert.deepEqual(
        [again.step, fixture.at(domain).map((record) => record.comment)],
        ["update", [MARK]],
      );
      fixture.edit(domain, { comment });
      const next = await up(declare([EXCHANGE]), again);
      assert.deepEqual(
        [next.step, fixture.at(domain).map((record) => record.comment)],
        ["update", [MARK]],
      );
      fixture.edit(domain, { comment });
      await destroy(next);
      assert.deepEqual(fixture.held(), empty);
    });
  }

  it("a record of ours gets the new mark of a renamed stack in place", async () => {
    none();
    const { up, destroy } = life();
    const made = await up(declare());
    const renamed = await up({ ...declare(), owner: "relay/renamed" }, made);
    assert.deepEqual(
      [renamed.step, fixture.at(domain).map((record) => record.comment)],
      ["update", ["Managed by Pulumi: relay/renamed"]],
    );
    await destroy(renamed);
    assert.deepEqual(contents(), []);
  });

  it("a record that bears another stack's mark by now is neither changed nor removed", async () => {
    none();
    const { up, destroy } = life();
    const made = await up(declare());
    fixture.edit(domain, { comment: "Managed by Pulumi: relay/prod" });
    const before = fixture.held();
    assert.match((await thrownBy(() => up(declare([EXCHANGE]), made))).message, /relay\/prod/);
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
  });
});
