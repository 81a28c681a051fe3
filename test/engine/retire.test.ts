// A stack that is not disposable loses senders and domains by its stack file alone, in two changes.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { addDomains } from "../../lab/stack/manyDomains.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, zoneWrites } from "./fixture.ts";

// One life of one stack: each test goes on where the one before ended.
describe("a stack that protects its senders and domains", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let branch: string;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    [branch = ""] = addDomains(lab, 1);
  });
  after(() => fixture?.close());

  /** @param marks what is about to be removed, by name; `gone`: what is removed */
  async function open(
    marks: readonly string[],
    gone: readonly string[] = [],
    rename = "shop",
    more: Readonly<Record<string, unknown>> = {},
  ) {
    const { domain } = lab.world.tenant;
    const entries = <T extends { name: string }>(...all: T[]) =>
      all
        .filter(({ name }) => !gone.includes(name))
        .map((one) => (marks.includes(one.name) ? { ...one, retire: true } : one));
    const erp = { authentication: ["staticIp"], egress: ["198.51.100.7"] };
    const shop = { authentication: ["oauth"], recipientsPerDay: 100 };
    stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:disposable": false,
        "m365-smtp-relay:domains": entries(
          { name: domain, dmarc: { adopt: true }, ...more },
          { name: branch },
        ),
        "m365-smtp-relay:senders": entries(
          { name: "erp", from: [`*@${domain}`], ...erp },
          { name: rename, from: [`shop@${domain}`], ...shop },
        ),
      },
    });
  }
  const writes = () => [...exchangeWrites(lab), ...zoneWrites(lab)];
  const shopMailbox = () =>
    lab.world.mailboxes.find(({ address }) => address === `shop@${lab.world.tenant.domain}`);
  const isBranch = ({ domain }: { domain: string }) => domain === branch;

  it("is up", async () => {
    await open([]);
    assert.deepEqual((await stack.up()).outputs.pending, []);
    assert.deepEqual(
      [lab.world.connectors.length, lab.world.dkimConfigs.some(isBranch)],
      [1, true],
    );
  });

  it("refuses to lose one without a mark, in the preview, and names each", async () => {
    const [world, written] = [comparableWorld(lab), writes().length];
    await open([], ["erp", branch]);
    const errors = (await errorsOf(stack.preview())).join("\n");
    assert.match(errors, /sender "erp": is protected, .* put it back .* with retire: true/);
    assert.match(errors, new RegExp(`domain "${branch}": is protected`));
    assert.doesNotMatch(errors, /sender "shop"/);
    assert.deepEqual([comparableWorld(lab), writes().length], [world, written]);
  });

  it("refuses that one which stays loses what is protected, in the preview", async () => {
    const [world, written] = [comparableWorld(lab), writes().length];
    await open([], [], "shop", { dkim: { records: "published" } });
    const errors = (await errorsOf(stack.preview())).join("\n");
    assert.match(
      errors,
      /domain "\S+": loses records "selector1\S+, "selector2\S+ by this change, .* set retire: true for it/,
    );
    assert.deepEqual([comparableWorld(lab), writes().length], [world, written]);
  });

  it("loses nothing by the mark, which every preview mentions", async () => {
    const [world, written] = [comparableWorld(lab), writes().length];
    await open(["erp", branch]);
    assert.deepEqual((await stack.up()).outputs.pending, []);
    assert.deepEqual([comparableWorld(lab), writes().length], [world, written]);
    assert.deepEqual(await stack.preview(), []);
    assert.match(fixture.output(), /sender "erp" is marked with retire: true: it works as before/);
  });

  it("loses what was marked, and nothing else", async () => {
    const mailbox = shopMailbox();
    await open([], ["erp", branch]);
    await stack.up();
    assert.deepEqual(lab.world.connectors, []);
    assert.equal(lab.world.dkimConfigs.some(isBranch), false);
    assert.deepEqual(lab.world.cloudflare.zones.find(({ name }) => name === branch)?.records, []);
    assert.deepEqual(shopMailbox(), mailbox);
    assert.match((await errorsOf(stack.destroy())).join("\n"), /protect/);
    assert.deepEqual(shopMailbox(), mailbox);
  });

  it("renames a sender in the same two changes, and its mailbox stays", async () => {
    const guid = shopMailbox()?.guid;
    assert.ok(guid);
    await open([], ["erp", branch], "store");
    assert.match((await errorsOf(stack.preview())).join("\n"), /sender "shop": is protected/);
    await open(["shop"], ["erp", branch]);
    await stack.up({ skipPreview: true });
    await open([], ["erp", branch], "store");
    assert.deepEqual((await stack.up()).outputs.pending, []);
    assert.deepEqual(await stack.preview(), []);
    assert.equal(shopMailbox()?.guid, guid);
  });
});
