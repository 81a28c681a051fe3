import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  type CheckedDmarc,
  type DmarcRecordOutputs,
  dmarcRecord,
} from "../../../providers/dns/dmarcRecord.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { ZoneError } from "../../../zone/zoneError.ts";
import { thrownBy } from "../tenant/bench.ts";
import { lifeOf } from "./life.ts";
import { type AroundZones, OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

const MARK = `Managed by Pulumi: ${OWNER}`;
const OWNED = '"v=DMARC1; p=none;pct=50 ; rua=mailto:old@contoso.example; x-own=1;"';

describe("a domain's DMARC record", () => {
  const fixture = useZoneFixture("dmarc");
  let name: string;
  let sub: string;
  before(() => {
    name = `_dmarc.${fixture.domain}`;
    sub = `mail.${fixture.domain}`;
  });

  const life = (open = () => fixture.access()) =>
    lifeOf<CheckedDmarc, DmarcRecordOutputs>(() => dmarcRecord(open()));
  const declare = (change: object = {}) => ({
    zoneId: fixture.zoneId,
    zone: fixture.domain,
    owner: OWNER,
    domain: fixture.domain,
    rua: [] as string[],
    adopt: false,
    ...change,
  });
  const none = () => {
    fixture.take(name);
    return fixture.held();
  };
  const owned = (content = OWNED, comment: string | null = "the agency's") => {
    fixture.place({ type: "TXT", name, content, comment, ttl: 3600 });
    return fixture.held();
  };
  const contents = (at = name) => fixture.at(at).map(({ content }) => content);

  it("p=none is made where nothing was, and gone afterwards", async () => {
    const empty = none();
    const { up, refresh, destroy } = life();
    const made = await up(declare({ rua: ["mailto:dmarc@contoso.example"] }));
    const [record] = fixture.at(name);
    assert.deepEqual(
      [record?.content, record?.comment, record?.ttl],
      ['"v=DMARC1; p=none; rua=mailto:dmarc@contoso.example"', MARK, 300],
    );
    assert.equal((await refresh(made))?.drift, false);
    assert.equal((await up(declare({ rua: ["mailto:dmarc@contoso.example"] }), made)).step, "same");
    await destroy(made);
    assert.deepEqual(fixture.held(), empty);
  });

  it("an unchanged check, and a diff, ask nothing", async () => {
    none();
    const { up } = life();
    const made = await up(declare());
    const asked = fixture.events().length;
    assert.equal((await up(declare(), made)).step, "same");
    assert.equal(fixture.events().length, asked);
  });

  it("what is not known yet passes, and is a change", async () => {
    const kind = dmarcRecord(fixture.access());
    const news = declare({ rua: [UNKNOWN] });
    assert.deepEqual(await kind.check({}, news), { inputs: news, failures: [] });
    const diff = await kind.diff("", {} as DmarcRecordOutputs, { ...news, before: "", after: "" });
    assert.deepEqual(diff, { changes: true });
    assert.deepEqual(fixture.events(), []);
  });

  it("one of ours follows the policy up, down, and without a word about it", async () => {
    const empty = none();
    const { up, destroy } = life();
    let made = await up(declare());
    for (const [policy, p] of [
      ["reject", "reject"],
      ["quarantine", "quarantine"],
      [undefined, "none"],
    ]) {
      made = await up(declare(policy ? { policy, subdomainPolicy: "none" } : {}), made);
      assert.equal(made.step, "update");
      const sp = policy ? "; sp=none" : "";
      assert.deepEqual(contents(), [`"v=DMARC1; p=${p}${sp}"`]);
      assert.equal(made.inputs.after, made.outs.after);
    }
    await destroy(made);
    assert.deepEqual(fixture.held(), empty);
  });

  it("a record of somebody else's is refused without adopt, in check and in create", async () => {
    const { refusals, checked, create } = life();
    none();
    const inputs = await checked(declare());
    const before = owned();
    const [reason = "", more] = await refusals(declare({ policy: "reject" }));
    assert.match(reason, /is a record that somebody else created; add dmarc: \{adopt: true\}/);
    assert.equal(more, undefined);
    assert.match((await thrownBy(() => create(inputs))).message, /somebody else created/);
    assert.deepEqual(fixture.held(), before);
  });

  it("one that is meant as DMARC and is none is refused, in check and in create", async () => {
    const { refusals, checked, create } = life();
    none();
    const inputs = await checked(declare({ adopt: true }));
    const before = owned('"v=dmarc1; p=reject"');
    const [reason = "", more] = await refusals(declare({ adopt: true }));
    assert.match(reason, /so receivers see no DMARC record; change it to "v=DMARC1; p=reject"$/);
    assert.equal(more, undefined);
    assert.match((await thrownBy(() => create(inputs))).message, /see no DMARC record/);
    assert.deepEqual(fixture.held(), before);
  });

  it("one of ours that somebody wrote in another form is no drift, and a broken one is put right", async () => {
    none();
    const { up, refresh } = life();
    const asked = { policy: "reject", rua: ["mailto:dmarc@contoso.example"] };
    const made = await up(declare(asked));
    const said = contents();
    fixture.edit(name, {
      content: '"v=DMARC1;rua=mailto:DMARC@contoso.example;p=Reject;sp=reject;"',
    });
    assert.equal((await refresh(made))?.drift, false);
    fixture.edit(name, { content: '"v=dmarc1; p=reject"' });
    const seen = await refresh(made);
    assert.equal(seen?.drift, true);
    assert.equal((await up(declare(asked), seen)).step, "update");
    assert.deepEqual(contents(), said);
  });

  it("what receivers pass over in an adopted record is said once, beside the preview", async () => {
    owned('"v=DMARC1; p=none; pct=50; rua=mailto:old@contoso.example"');
    const { up } = life();
    const made = await up(declare({ adopt: true }));
    const said = fixture.said.filter((line) => line.startsWith("DMARC of"));
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? "",
      /\n {2}warning: DMARC of [^:]+: "pct=50" is not a tag of DMARC any more/,
    );
    await up(declare({ adopt: true }), made);
    assert.equal(fixture.said.length, 1);
  });

  for (const content of [OWNED, OWNED.slice(1, -1), '"v=DMARC1;" " p=none; pct=50"']) {
    it(`adopt keeps everything of ${content.slice(0, 30)}… and puts it back byte for byte`, async () => {
      const before = owned(content);
      const { up, refresh, destroy } = life();
      const asked = { adopt: true, policy: "reject", rua: ["mailto:new@contoso.example"] };
      const made = await up(declare(asked));
      const [text = ""] = contents();
      assert.match(text, /p=reject/);
      assert.match(text, /pct=50/);
      assert.match(text, /new@contoso\.example/);
      if (content.includes("old@")) assert.match(text, /x-own=1;/);
      if (content.includes("old@"))
        assert.match(text, /rua=mailto:old@contoso\.example,mailto:new/);
      assert.equal(made.inputs.before, made.outs.before);
      assert.equal((await refresh(made))?.drift, false);
      const back = await up(declare({ adopt: true, policy: "none" }), made);
      assert.doesNotMatch(contents()[0] ?? "", /reject|new@/, "as low as it was");
      const same = await up(declare({ adopt: true }), back);
      await destroy(same);
      assert.deepEqual(fixture.held(), before);
    });
  }

  it("adopt without anything to change writes nothing", async () => {
    const before = owned();
    const { up, destroy } = life();
    await destroy(await up(declare({ adopt: true })));
    assert.deepEqual(fixture.held(), before);
    assert.deepEqual([fixture.calls("PATCH"), fixture.calls("DELETE")], [0, 0]);
  });

  it("weaker than what was is refused, also after we made it stronger", async () => {
    const before = owned('"v=DMARC1; p=quarantine; sp=reject"');
    const { refusals, up, destroy } = life();
    for (const weaker of [{ policy: "none" }, { subdomainPolicy: "quarantine" }]) {
      const [reason = ""] = await refusals(declare({ adopt: true, ...weaker }));
      assert.match(reason, /is weaker than the existing record/);
    }
    assert.deepEqual(fixture.held(), before);
    const made = await up(declare({ adopt: true, policy: "reject" }));
    assert.match(
      (await refusals(declare({ adopt: true, policy: "none" }), made))[0] ?? "",
      /weaker/,
    );
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
  });

  it("a record that has changed between check and create is judged as it is then", async () => {
    owned('"v=DMARC1; p=none"');
    const { checked, create, up, destroy } = life();
    const inputs = await checked(declare({ adopt: true, policy: "quarantine" }));
    const strong = owned('"v=DMARC1; p=reject"');
    assert.match((await thrownBy(() => create(inputs))).message, /is weaker than/);
    assert.deepEqual(fixture.held(), strong);
    const other = owned('"v=DMARC1; p=none; adkim=s"');
    const made = await create(inputs);
    assert.deepEqual(contents(), ['"v=DMARC1; p=quarantine; adkim=s"']);
    const again = await up(declare({ adopt: true, policy: "quarantine" }), made);
    assert.equal(again.step, "same", "no change for ever");
    await destroy(again);
    assert.deepEqual(fixture.held(), other);
  });

  it("a record that changes while it is written is an error, and stays the owner's", async () => {
    owned();
    let meddled = 0;
    const meddling: AroundZones = (zones) => ({
      setContent(zoneId, id, was, content) {
        meddled += 1;
        fixture.edit(name, { content: `"v=DMARC1; p=none; x=${meddled}"` });
        return zones.setContent(zoneId, id, was, content);
      },
    });
    const act = life(() => fixture.access(meddling)).up(
      declare({ adopt: true, policy: "quarantine" }),
    );
    assert.match(
      (await thrownBy(() => act)).message,
      /^somebody else keeps changing the DMARC record of /,
    );
    assert.deepEqual(contents(), ['"v=DMARC1; p=none; x=2"']);
  });

  it("an adopted record that somebody has changed since stays as it is, and that is reported", async () => {
    owned();
    const { up, destroy } = life();
    const made = await up(declare({ adopt: true, policy: "quarantine" }));
    fixture.edit(name, { content: '"v=DMARC1; p=reject"' });
    const changed = fixture.held();
    await destroy(made);
    assert.deepEqual(fixture.held(), changed);
    assert.match(
      fixture.said.join("\n"),
      /is left as it is; before this stack changed it, it was "v=DMARC1; p=none;pct=50/,
    );
  });

  it("two records are refused in check and create, with both", async () => {
    none();
    const { checked, create, refusals } = life();
    const inputs = await checked(declare());
    fixture.lab.editZone(fixture.domain, (records) => [
      ...records,
      { type: "TXT", name, content: '"v=DMARC1; p=none"' },
      { type: "TXT", name, content: '"v=DMARC1; p=reject"' },
    ]);
    const two = fixture.held();
    const both = /"v=DMARC1; p=none","v=DMARC1; p=reject"\] are 2 DMARC records/;
    assert.match((await refusals(declare({ adopt: true })))[0] ?? "", both);
    assert.match((await thrownBy(() => create(inputs))).message, both);
    assert.deepEqual(fixture.held(), two);
  });

  it("a second record at the name is drift, and the next update is an error that names both", async () => {
    none();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    fixture.lab.editZone(fixture.domain, (records) => [
      { type: "TXT", name, content: '"v=DMARC1; p=reject"' },
      ...records,
    ]);
    const two = fixture.held();
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.match((await thrownBy(() => up(declare(), refreshed))).message, /are 2 DMARC records/);
    assert.deepEqual(fixture.held(), two);
    await destroy(made);
    assert.deepEqual(contents(), ['"v=DMARC1; p=reject"'], "theirs alone stays");
  });

  it("a CNAME or a delegation at _dmarc is refused", async () => {
    none();
    for (const type of ["CNAME", "NS"]) {
      fixture.take(name, "CNAME");
      fixture.place({ type, name, content: "dmarc.agency.example" });
      const before = fixture.held();
      const [reason = ""] = await life().refusals(declare({ adopt: true }));
      assert.match(
        reason,
        /(CNAME|NS) dmarc\.agency\.example" is managed elsewhere; change it where/,
      );
      assert.deepEqual(fixture.held(), before);
    }
  });

  it("a broken record of somebody else's is refused", async () => {
    const before = owned('"v=DMARC1; p=nothing"');
    const [reason = ""] = await life().refusals(declare({ adopt: true, policy: "none" }));
    assert.match(reason, /"p=nothing" has a value that is not known/);
    assert.deepEqual(fixture.held(), before);
  });

  it("another stack's record is refused, adopt or not", async () => {
    const before = owned('"v=DMARC1; p=none"', "Managed by Pulumi: relay/prod");
    for (const adopt of [true, false]) {
      const [reason = ""] = await life().refusals(declare({ adopt }));
      assert.match(
        reason,
        /belongs to the stack relay\/prod, and a domain can belong to one stack only/,
      );
    }
    assert.deepEqual(fixture.held(), before);
  });

  it("a record of ours that state does not have is taken over, and removed by delete", async () => {
    const empty = none();
    const { up, destroy } = life();
    await up(declare());
    const again = await up(declare({ policy: "quarantine" }));
    assert.deepEqual(contents(), ['"v=DMARC1; p=quarantine"']);
    assert.equal(again.outs.original, null);
    await destroy(again);
    assert.deepEqual(fixture.held(), empty);
  });

  it("one of ours changed by hand is drift, and repaired after a refresh", async () => {
    const before = none();
    const { up, refresh, destroy } = life();
    const asked = declare({ adopt: false, policy: "quarantine" });
    const made = await up(asked);
    const [good] = contents();
    fixture.edit(name, { content: '"v=DMARC1; p=none"' });
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.equal(refreshed?.outs.after, "v=DMARC1; p=none");
    const repaired = await up(asked, refreshed);
    assert.equal(repaired.step, "update");
    assert.deepEqual(contents(), [good]);
    assert.equal((await refresh(repaired))?.drift, false);
    assert.equal((await up(asked, repaired)).step, "same");
    await destroy(repaired);
    assert.deepEqual(fixture.held(), before);
  });

  it("what an owner takes out of an adopted record by hand stays out", async () => {
    owned();
    const { up, refresh, destroy } = life();
    const asked = declare({ adopt: true, policy: "quarantine" });
    const made = await up(asked);
    const theirs = '"v=DMARC1; p=quarantine; rua=mailto:old@contoso.example"';
    fixture.edit(name, { content: theirs });
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, false);
    assert.equal((await up(asked, refreshed)).step, "same");
    await destroy(refreshed ?? made);
    assert.deepEqual(contents(), [theirs]);
  });

  it("what we ask of an adopted record is written again when somebody removes it by hand", async () => {
    owned();
    const { up, refresh } = life();
    const asked = declare({ adopt: true, policy: "quarantine" });
    const made = await up(asked);
    fixture.edit(name, { content: '"v=DMARC1; p=none; x-own=2"' });
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    const repaired = await up(asked, refreshed);
    assert.deepEqual(contents(), ['"v=DMARC1; p=quarantine; x-own=2"']);
    assert.equal((await refresh(repaired))?.drift, false);
  });

  it("an adopted record that its owner made stricter by hand is not weakened", async () => {
    owned();
    const { up, refresh } = life();
    const asked = declare({ adopt: true, policy: "quarantine" });
    const made = await up(asked);
    const theirs = '"v=DMARC1; p=reject"';
    fixture.edit(name, { content: theirs });
    const refreshed = await refresh(made);
    await assert.rejects(up(asked, refreshed), /is weaker than the existing record/);
    assert.deepEqual(contents(), [theirs]);
  });

  it("a record deleted by hand is gone for read, and nothing to delete", async () => {
    none();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    const without = none();
    assert.equal(await refresh(made), undefined);
    await destroy(made);
    assert.deepEqual(fixture.held(), without);
  });

  it("a record that somebody has put in the place of ours is never ours", async () => {
    none();
    const { up, refresh, destroy, refusals } = life();
    const made = await up(declare());
    fixture.take(name);
    const theirs = owned();
    assert.equal(await refresh(made), undefined);
    assert.match((await refusals(declare()))[0] ?? "", /somebody else created/);
    await destroy(made);
    assert.deepEqual(fixture.held(), theirs);
  });

  it("a record that replaced the adopted one is put back as it was itself", async () => {
    owned();
    const { up, destroy } = life();
    const made = await up(declare({ adopt: true, policy: "quarantine" }));
    fixture.take(name);
    const second = owned('"v=DMARC1; p=none; aspf=s"');
    const updated = await up(declare({ adopt: true, policy: "reject" }), made);
    assert.deepEqual(contents(), ['"v=DMARC1; p=reject; aspf=s"']);
    await destroy(updated);
    assert.deepEqual(fixture.held(), second);
  });

  it("a subdomain stays under its parent's p=reject until it sets a policy of its own", async () => {
    const before = owned('"v=DMARC1; p=reject"');
    const { up, refresh, destroy, refusals } = life();
    const made = await up(declare({ domain: sub }));
    assert.deepEqual(fixture.held(), before);
    assert.deepEqual([made.outs.after, made.outs.recordId], ["", ""]);
    assert.equal((await refresh(made))?.drift, false);
    await destroy(made);
    const [reason = ""] = await refusals(declare({ domain: sub, policy: "none" }), made);
    assert.match(reason, /is weaker than/);
    assert.deepEqual(fixture.held(), before);

    const own = await up(declare({ domain: sub, rua: ["mailto:a@contoso.example"] }), made);
    assert.deepEqual(contents(`_dmarc.${sub}`), [
      '"v=DMARC1; p=reject; rua=mailto:a@contoso.example"',
    ]);
    const without = await up(declare({ domain: sub }), own);
    assert.deepEqual(fixture.held(), before, "back under the parent's, not p=none");
    assert.equal((await up(declare({ domain: sub }), without)).step, "same");
    await destroy(without);
    assert.deepEqual(fixture.held(), before);
  });

  it("somebody else's record of a subdomain that we left alone is never deleted", async () => {
    owned('"v=DMARC1; p=reject"');
    const { up, refresh, destroy } = life();
    const made = await up(declare({ domain: sub }));
    fixture.place({ type: "TXT", name: `_dmarc.${sub}`, content: '"v=DMARC1; p=quarantine"' });
    const theirs = fixture.held();
    const refreshed = await refresh(made);
    assert.equal(refreshed?.drift, true);
    assert.ok(refreshed);
    await destroy(refreshed);
    assert.deepEqual(fixture.held(), theirs);
  });

  it("a parent's record that can't be looked up is not absent", async () => {
    owned('"v=DMARC1; p=reject"');
    const before = fixture.held();
    fixture.lab.faults.inject({
      where: { service: "dns", match: `TXT ${name}` },
      what: { kind: "servfail" },
      times: 20,
    });
    const [reason = ""] = await life().refusals(declare({ domain: sub }));
    assert.match(reason, /record of _dmarc\..* could not be looked up .*; try again/);
    assert.deepEqual(fixture.held(), before);
  });

  it("a change whose answer was lost for good is kept in state, and put back in the end", async () => {
    const before = owned();
    const cut: AroundZones = (zones) => ({
      async setContent(...args) {
        await zones.setContent(...args);
        throw new ZoneError("Cloudflare: record x could not be changed: cut", 0, [], undefined);
      },
    });
    const { checked, up, destroy } = life();
    const asked = declare({ adopt: true, policy: "reject" });
    const inputs = await checked(asked);
    const error = await thrownBy(() => life(() => fixture.access(cut)).create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    const outs = error.properties as unknown as DmarcRecordOutputs;
    const kind = dmarcRecord(fixture.access());
    assert.deepEqual((await kind.update(error.id, outs, inputs)).outs, outs);
    const made = { id: error.id, inputs, outs };
    assert.equal((await up(asked, made)).step, "same");
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
  });

  it("a zone that can't be read is a failure, and never an absent record", async () => {
    none();
    const { up, refusals, refresh } = life();
    const made = await up(declare());
    fixture.lab.world.cloudflare.token.permissions[fixture.zoneId] = [];
    assert.match((await refusals(declare()))[0] ?? "", /Authentication error \(10000\)/);
    assert.match((await thrownBy(() => refresh(made))).message, /could not be read/);
  });

  it("a name that is no domain is refused without asking", async () => {
    const [reason = ""] = await life().refusals(declare({ domain: "*.contoso.example" }));
    assert.match(reason, /^domain: is not a domain name/);
    assert.deepEqual(fixture.events(), []);
  });

  for (const comment of ["marketing", null]) {
    it(`a record of ours whose comment is ${comment ?? "gone"} is ours: the mark is put back, and delete removes it`, async () => {
      const empty = none();
      const { up, refresh, destroy } = life();
      const marks = () => fixture.at(name).map((record) => record.comment);
      const made = await up(declare());
      fixture.edit(name, { comment });
      const seen = await refresh(made);
      assert.equal(seen?.drift, true);
      const again = await up(declare(), seen);
      assert.deepEqual([again.step, marks()], ["update", [`Managed by Pulumi: ${OWNER}`]]);
      fixture.edit(name, { comment });
      const next = await up(declare({ policy: "reject" }), again);
      assert.deepEqual([next.step, marks()], ["update", [`Managed by Pulumi: ${OWNER}`]]);
      fixture.edit(name, { comment });
      await destroy(next);
      assert.deepEqual(fixture.held(), empty);
    });
  }

  it("a record of ours gets the new mark of a renamed stack in place, and is not taken for adopted", async () => {
    const empty = none();
    const { up, destroy } = life();
    const made = await up(declare());
    const renamed = await up(declare({ owner: "relay/renamed" }), made);
    assert.deepEqual(
      [renamed.step, fixture.at(name).map((record) => record.comment), renamed.outs.original],
      ["update", ["Managed by Pulumi: relay/renamed"], null],
    );
    await destroy(renamed);
    assert.deepEqual(fixture.held(), empty);
  });

  it("a record whose text and comment are somebody else's by now is left when the stack goes", async () => {
    none();
    const { up, destroy } = life();
    const made = await up(declare());
    fixture.edit(name, { content: '"v=DMARC1; p=reject"', comment: "the agency's" });
    const before = fixture.held();
    await destroy(made);
    assert.deepEqual(fixture.held(), before);
  });

  it("a record that bears another stack's mark by now is neither changed nor removed, adopted or not", async () => {
    for (const start of [none, owned]) {
      start();
      const { up, destroy } = life();
      const made = await up(declare({ adopt: true, policy: "reject" }));
      fixture.edit(name, { comment: "Managed by Pulumi: relay/prod" });
      const before = fixture.held();
      const act = () => up(declare({ adopt: true, policy: "quarantine" }), made);
      assert.match((await thrownBy(act)).message, /belongs to the stack relay\/prod/);
      await destroy(made);
      assert.deepEqual(fixture.held(), before);
    }
  });
});
