// What the resources of one run share of a zone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { thrownBy } from "../tenant/bench.ts";
import { useZoneFixture } from "./zoneFixture.ts";

describe("the zones of one run", () => {
  const fixture = useZoneFixture("zones");

  const record = () => ({ type: "TXT", name: `a.${fixture.domain}`, content: '"one"' });

  it("are read once, whoever asks, for all names", async () => {
    const { zones, facts } = fixture.access();
    const { records } = await zones();
    const [all, some, apex] = await Promise.all([
      facts(fixture.zoneId),
      records(fixture.zoneId, `www.${fixture.domain}`),
      records(fixture.zoneId, fixture.domain),
    ]);
    assert.deepEqual(
      some,
      all.filter(({ name }) => name === `www.${fixture.domain}`),
    );
    assert.deepEqual(
      apex,
      all.filter(({ name }) => name === fixture.domain),
    );
    assert.equal(fixture.calls("GET"), 1);
  });

  it("show what the run itself writes, without another read", async () => {
    const { records, create, setContent, remove } = await fixture.access().zones();
    const there = async () =>
      (await records(fixture.zoneId, record().name)).map(({ content, comment }) => [
        content,
        comment,
      ]);
    assert.deepEqual(await there(), []);
    const id = await create(fixture.zoneId, record());
    assert.deepEqual(await there(), [['"one"', ""]]);
    await setContent(fixture.zoneId, id, '"one"', '"two"', "ours");
    assert.deepEqual(await there(), [['"two"', "ours"]]);
    await remove(fixture.zoneId, id);
    assert.deepEqual(await there(), []);
    assert.equal(fixture.calls("GET"), 2, "one read, and the look before the change");
  });

  it("are read again where somebody else has changed a record, and after a write that failed", async () => {
    const { records, create, setContent } = await fixture.access().zones();
    const there = async () =>
      (await records(fixture.zoneId, record().name)).map(({ content }) => content);
    const id = await create(fixture.zoneId, record());
    await there();
    fixture.edit(record().name, { content: '"theirs"' });
    assert.equal(await setContent(fixture.zoneId, id, '"one"', '"two"'), false);
    assert.deepEqual(await there(), ['"theirs"']);
    fixture.place({ ...record(), content: '"four"' });
    await thrownBy(() => create(fixture.zoneId, { ...record(), content: '"four"' }));
    assert.deepEqual(await there(), ['"four"']);
  });
});
