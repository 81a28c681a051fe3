// Records that are the stack's alone, in the lab's zone.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  type DnsRecordInputs,
  type DnsRecordOutputs,
  dnsRecord,
} from "../../../providers/dns/dnsRecord.ts";
import { thrownBy } from "../tenant/bench.ts";
import { lifeOf } from "./life.ts";
import { type AroundZones, OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

const MARK = `Managed by Pulumi: ${OWNER}`;
const TARGET = "selector1-d._domainkey.contoso.a-v1.dkim.mail.microsoft";

describe("a DNS record of the stack", () => {
  const fixture = useZoneFixture("dns record");
  let name: string;
  before(() => {
    name = `selector1._domainkey.${fixture.domain}`;
  });

  const life = (around?: AroundZones) =>
    lifeOf<DnsRecordInputs, DnsRecordOutputs>(() => dnsRecord(fixture.access(around)));
  const cname = (change: Partial<DnsRecordInputs> = {}): DnsRecordInputs => ({
    zoneId: fixture.zoneId,
    zone: fixture.domain,
    owner: OWNER,
    name,
    type: "CNAME",
    purpose: "dkim",
    content: TARGET,
    ...change,
  });
  const text = (change: Partial<DnsRecordInputs> = {}) =>
    cname({
      name: `_mta-sts.${fixture.domain}`,
      type: "TXT",
      purpose: "mta-sts",
      content: "v=STSv1; id=1;",
      ...change,
    });
  const held = (type = "CNAME", at = name) => fixture.at(at, type);
  const theirs = (content: string, comment = "ask Piet") =>
    fixture.place({ type: "CNAME", name, content, comment });

  /** Brings a record up, refreshes and destroys it, and the zone stays as it is all the time. */
  const changesNothing = async (declare: DnsRecordInputs) => {
    const before = fixture.held();
    const { up, refresh, destroy } = life();
    const made = await up(declare);
    assert.deepEqual(fixture.held(), before);
    assert.equal((await refresh(made))?.drift, false);
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
    return made;
  };

  for (const [what, declare] of [
    ["CNAME", cname],
    ["TXT", text],
  ] as const) {
    it(`of type ${what} is made, neither proxied nor flattened, kept without a change, and gone afterwards`, async () => {
      const empty = fixture.held();
      const { up, refresh, destroy } = life();
      const made = await up(declare());
      const [record] = held(what, declare().name);
      const content = what === "TXT" ? '"v=STSv1; id=1;"' : TARGET;
      assert.deepEqual(
        [record?.content, record?.comment, record?.ttl, record?.proxied, made.id],
        [content, MARK, 300, false, declare().name],
      );
      assert.equal(record?.settings.flatten_cname ?? false, false);
      assert.equal((await up(declare(), made)).step, "same");
      assert.equal((await refresh(made))?.drift, false);
      await destroy(made);
      assert.deepEqual(fixture.held(), empty);
    });
  }

  it("follows a new target in place", async () => {
    const { up } = life();
    const made = await up(cname());
    const [before] = held();
    const next = await up(cname({ content: "other.example" }), made);
    assert.deepEqual(
      [next.step, held()[0]?.id, held()[0]?.content],
      ["update", before?.id, "other.example"],
    );
  });

  it("is judged when its content is known", async () => {
    const kind = dnsRecord(fixture.access());
    const news = cname({ content: UNKNOWN });
    assert.deepEqual(await kind.check({}, news), { inputs: news, failures: [] });
    assert.deepEqual(
      await kind.diff(name, { ...cname(), recordId: "x", comment: MARK, proxied: false }, news),
      {
        changes: true,
      },
    );
    assert.equal(fixture.calls(), 0);
  });

  for (const [what, change] of [
    ["an edited comment", { comment: "marketing" }],
    ["no comment", { comment: null }],
    ["another target", { content: "elsewhere.example" }],
    ["another target and comment", { content: "elsewhere.example", comment: "marketing" }],
    ["a proxy before it", { proxied: true, ttl: 1 }],
    ["a flattened answer", { settings: { flatten_cname: true } }],
  ] as const) {
    it(`with ${what} is drift, and is put back in place`, async () => {
      const { up, refresh } = life();
      const made = await up(cname());
      const [before] = held();
      fixture.edit(name, change, "CNAME");
      const seen = await refresh(made);
      assert.equal(seen?.drift, true);
      assert.equal((await up(cname(), seen)).step, "update");
      const [after] = held();
      assert.deepEqual(
        [after?.id, after?.content, after?.comment, after?.proxied, after?.settings.flatten_cname],
        [before?.id, TARGET, MARK, false, false],
      );
    });
  }

  it("with an edited comment follows a new target without a refresh, and takes its mark back", async () => {
    const { up } = life();
    const made = await up(cname());
    fixture.edit(name, { comment: "marketing" }, "CNAME");
    await up(cname({ content: "other.example" }), made);
    assert.deepEqual(
      held().map(({ content, comment }) => [content, comment]),
      [["other.example", MARK]],
    );
  });

  it("of a renamed stack gets the new mark in place", async () => {
    const { up } = life();
    const made = await up(cname());
    const owner = "moved/renamed";
    const renamed = await up(cname({ owner }), made);
    assert.equal(renamed.step, "update");
    assert.deepEqual(
      held().map(({ id, comment }) => [id, comment]),
      [[made.outs.recordId, `Managed by Pulumi: ${owner}`]],
    );
  });

  it("that bears another stack's mark by now is neither changed nor removed", async () => {
    const { up, destroy } = life();
    const made = await up(cname());
    fixture.edit(name, { comment: "Managed by Pulumi: relay/prod" }, "CNAME");
    const before = fixture.held();
    const error = await thrownBy(() => up(cname({ content: "other.example" }), made));
    assert.match(error.message, /belongs to the stack relay\/prod, and a domain can belong to one/);
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
    assert.match(fixture.said.join(), /was changed by somebody else, so it is left as it is/);
  });

  it("whose content and comment are other people's by now is left when the stack goes", async () => {
    const { up, destroy } = life();
    const made = await up(cname());
    fixture.edit(name, { content: "elsewhere.example", comment: "marketing" }, "CNAME");
    const before = fixture.held();
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
  });

  it("of somebody else is refused in the preview and when it is made, and nothing changes", async () => {
    theirs("other.example");
    const before = fixture.held();
    const { refusals, create } = life();
    assert.match(
      (await refusals(cname())).join(),
      /is a record that somebody else created; set dkim: \{records/,
    );
    assert.match((await thrownBy(() => create(cname()))).message, /somebody else created/);
    assert.deepEqual(fixture.held(), before);
  });

  it("of somebody else that says the same is left as it is, and stays when the stack goes", async () => {
    theirs(`${TARGET.toUpperCase()}.`);
    const before = fixture.held();
    const { up, refresh, destroy } = life();
    const made = await up(cname());
    assert.equal(made.outs.recordId, "");
    assert.equal((await refresh(made))?.drift, false);
    assert.equal((await up(cname(), made)).step, "same");
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
    fixture.take(name, "CNAME");
    assert.equal(await refresh(made), undefined);
  });

  for (const [purpose, at, wanted, content] of [
    ["mta-sts", "_mta-sts", "v=STSv1; id=1;", '"v=STSv1;id=1"'],
    [
      "tls-rpt",
      "_smtp._tls",
      "v=TLSRPTv1; rua=mailto:a@b.example",
      '"v=TLSRPTv1;rua=mailto:A@b.example,https://c.example/r;"',
    ],
    ["reports", "other.example._report._dmarc", "v=DMARC1", '"v=DMARC1;"'],
  ] as const) {
    it(`for ${purpose} that somebody else wrote in another form is left as it is`, async () => {
      const declare = text({ purpose, name: `${at}.${fixture.domain}`, content: wanted });
      fixture.place({ type: "TXT", name: declare.name, content });
      await changesNothing(declare);
      fixture.take(declare.name);
    });
  }

  it("for reports is not made where a wildcard lets the host take them, which would no longer serve others", async () => {
    const report = (at: string) => `${at}._report._dmarc.${fixture.domain}`;
    const declare = text({
      purpose: "reports",
      name: report("other.example"),
      content: "v=DMARC1",
    });
    fixture.place({ type: "TXT", name: report("*"), content: '"v=DMARC1;"' });
    const { up, refresh, destroy } = life();
    const made = await changesNothing(declare);
    // Where another name hides the wildcard, the record is needed.
    fixture.place({ type: "TXT", name: report("third.example"), content: '"v=DMARC1"' });
    await destroy(await up(declare));
    assert.equal(await refresh(made), undefined);
    await up(declare);
    assert.equal(held("TXT", declare.name).length, 1);
    for (const name of ["*", "third.example", "other.example"]) fixture.take(report(name));
  });

  it("that an interrupted run made is taken over", async () => {
    const { up } = life();
    await up(cname());
    const again = await up(cname());
    assert.deepEqual([again.outs.recordId, held().length], [held()[0]?.id, 1]);
  });

  it("that was deleted by hand is made again after a refresh, and is no error for those who leave", async () => {
    const { up, refresh, destroy } = life();
    const made = await up(cname());
    fixture.take(name, "CNAME");
    assert.equal(await refresh(made), undefined);
    await destroy(made);
    await up(cname({ content: "other.example" }), made);
    assert.equal(held()[0]?.content, "other.example");
  });

  it("that changes while it is written is an error", async () => {
    const made = await life().up(cname());
    let meddled = 0;
    const meddling: AroundZones = (zones) => ({
      setContent(...args) {
        meddled += 1;
        fixture.edit(name, { content: `x${meddled}.example` }, "CNAME");
        return zones.setContent(...args);
      },
    });
    const error = await thrownBy(() => life(meddling).up(cname({ content: "y.example" }), made));
    assert.match(error.message, /^somebody else keeps changing the record selector1\./);
    assert.equal(held()[0]?.content, "x2.example");
  });
});
