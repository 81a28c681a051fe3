import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  type MxRecordInputs,
  type MxRecordOutputs,
  mxRecord,
} from "../../../providers/dns/mxRecord.ts";
import { thrownBy } from "../tenant/bench.ts";
import { lifeOf } from "./life.ts";
import { OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

describe("the MX record of a sending subdomain", () => {
  const fixture = useZoneFixture("mx");
  let sub: string;
  before(() => {
    sub = `mail.${fixture.domain}`;
  });

  const life = () => lifeOf<MxRecordInputs, MxRecordOutputs>(() => mxRecord(fixture.access()));
  const declare = (change: object = {}) => ({
    zoneId: fixture.zoneId,
    zone: fixture.domain,
    owner: OWNER,
    domain: sub,
    mxHost: fixture.lab.world.tenant.mxHost,
    ...change,
  });

  it("is made where nothing answers, and gone afterwards", async () => {
    const empty = fixture.held();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    const [record] = fixture.at(sub, "MX");
    assert.deepEqual(
      [record?.content, record?.priority, record?.comment, record?.ttl],
      [declare().mxHost, 0, `Managed by Pulumi: ${OWNER}`, 300],
    );
    assert.equal(made.outs.recordId, record?.id);
    assert.equal((await refresh(made))?.drift, false);
    await destroy(made);
    assert.deepEqual(fixture.held(), empty);
  });

  for (const [type, content] of [
    ["MX", "mail.agency.example"],
    ["MX", "."],
    ["A", "192.0.2.1"],
    ["AAAA", "2001:db8::1"],
    ["CNAME", "www.agency.example"],
  ] as const) {
    it(`an ${type} record ${content} stays, and nothing is written`, async () => {
      fixture.place({ type, name: sub, content, ...(type === "MX" && { priority: 10 }) });
      const before = fixture.held();
      const { up, refresh, destroy } = life();
      const made = await up(declare());
      assert.equal(made.outs.recordId, "");
      assert.equal((await refresh(made))?.drift, false);
      await destroy(made);
      assert.deepEqual(fixture.held(), before);
      const writes = ["POST", "PATCH", "PUT", "DELETE"].map((method) => fixture.calls(method));
      assert.deepEqual(writes, [0, 0, 0, 0]);
    });
  }

  it("a TXT record beside it does not answer for the domain", async () => {
    fixture.place({ type: "TXT", name: sub, content: '"v=spf1 -all"' });
    assert.notEqual((await life().up(declare())).outs.recordId, "");
  });

  it("an unchanged check, and a diff, ask nothing; what is not known yet is a change", async () => {
    const { up } = life();
    const made = await up(declare());
    const asked = fixture.events().length;
    assert.equal((await up(declare(), made)).step, "same");
    const kind = mxRecord(fixture.access());
    const news = declare({ mxHost: UNKNOWN });
    assert.deepEqual(await kind.check({}, news), { inputs: news, failures: [] });
    assert.deepEqual(await kind.diff(sub, made.outs, news), { changes: true });
    assert.equal(fixture.events().length, asked);
  });

  it("changed by hand, or another host wanted: drift, and set", async () => {
    const empty = fixture.held();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    fixture.edit(sub, { content: "mail.agency.example" }, "MX");
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    const repaired = await up(declare(), refreshed);
    assert.deepEqual([repaired.step, repaired.outs.recordId], ["update", made.outs.recordId]);
    assert.equal(fixture.at(sub, "MX")[0]?.content, declare().mxHost);
    const moved = await up(declare({ mxHost: "sub.n-v1.mx.microsoft" }), repaired);
    assert.deepEqual(
      fixture.at(sub, "MX").map(({ content }) => content),
      ["sub.n-v1.mx.microsoft"],
    );
    await destroy(moved);
    assert.deepEqual(fixture.held(), empty);
  });

  it("gone by hand: read says so, unless the owner's own answers now", async () => {
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    fixture.take(sub, "MX");
    assert.equal(await refresh(made), undefined);
    fixture.place({ type: "A", name: sub, content: "192.0.2.1" });
    const owned = fixture.held();
    const refreshed = await refresh(made);
    assert.deepEqual([refreshed?.drift, refreshed?.outs.recordId], [false, ""]);
    await destroy(made);
    assert.deepEqual(fixture.held(), owned);
  });

  it("made when the owner has removed the existing one", async () => {
    fixture.place({ type: "A", name: sub, content: "192.0.2.1" });
    const { up, refresh } = life();
    const made = await up(declare());
    fixture.take(sub, "A");
    assert.equal(await refresh(made), undefined);
    await up(declare());
    assert.equal(fixture.at(sub, "MX").length, 1);
  });

  it("one of ours that state does not know is taken over", async () => {
    const empty = fixture.held();
    const { up, destroy } = life();
    const made = await up(declare());
    const again = await up(declare());
    assert.equal(again.outs.recordId, made.outs.recordId);
    assert.equal((await life().refresh(again))?.drift, false);
    await destroy(again);
    assert.deepEqual(fixture.held(), empty);
  });

  it("a zone that can't be read is an error, and nothing changes", async () => {
    const before = fixture.held();
    fixture.lab.world.cloudflare.token.permissions[fixture.zoneId] = [];
    const error = await thrownBy(() => life().up(declare()));
    assert.match(error.message, /could not be read/);
    assert.deepEqual(fixture.held(), before);
  });

  it("a name that is no domain is refused", async () => {
    const [reason = ""] = await life().refusals(declare({ domain: "mail" }));
    assert.match(reason, /^domain: is not a domain name/);
  });

  it("one of ours whose comment was edited is ours: the mark is put back, and delete removes it", async () => {
    const empty = fixture.held();
    const { up, refresh, destroy } = life();
    const marks = () => fixture.at(sub, "MX").map(({ comment }) => comment);
    const made = await up(declare());
    fixture.edit(sub, { comment: "marketing" }, "MX");
    const seen = await refresh(made);
    assert.equal(seen?.drift, true);
    assert.equal((await up(declare(), seen)).step, "update");
    assert.deepEqual(marks(), [`Managed by Pulumi: ${OWNER}`]);
    const renamed = await up(declare({ owner: "relay/renamed" }), made);
    assert.deepEqual([renamed.step, marks()], ["update", ["Managed by Pulumi: relay/renamed"]]);
    fixture.edit(sub, { comment: null }, "MX");
    await destroy(renamed);
    assert.deepEqual(fixture.held(), empty);
  });

  it("one that is another stack's by now is neither changed nor removed", async () => {
    const { up, destroy } = life();
    const made = await up(declare());
    fixture.edit(sub, { comment: "Managed by Pulumi: relay/prod" }, "MX");
    const before = fixture.held();
    const error = await thrownBy(() => up(declare({ mxHost: "other.example" }), made));
    assert.match(error.message, /belongs to the stack relay\/prod/);
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
  });
});
