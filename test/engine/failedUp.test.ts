// An `up` that fails in the middle leaves a survey in the state that has been asked already. What a preview says after it.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, SEED } from "./fixture.ts";

type Sender = Readonly<Record<string, unknown>>;

describe(`after an up that failed in the middle, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let empty: string;
  let pass: Sender;
  let erp: Sender;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { tenant, addresses } = lab.world;
    Object.assign(sku(), { enabled: 10, consumed: 9 });
    empty = comparableWorld(lab);
    const from = [`pass@${tenant.domain}`];
    pass = { name: "pass", from, authentication: ["password"], license: sku().skuPartNumber };
    const egress = [addresses.customer[0]];
    erp = { name: "erp", from: [`*@${tenant.domain}`], authentication: ["staticIp"], egress };
    await open([erp]);
    await stack.up({ skipPreview: true });
    // The user is made, and no licence can be given to it.
    const { countryLetterCode = null } = tenant;
    tenant.countryLetterCode = null;
    await open([erp, pass]);
    const errors = await errorsOf(stack.up());
    assert.match(
      errors.join("\n"),
      /which a licence requires, and the organisation has no country/,
    );
    tenant.countryLetterCode = countryLetterCode;
    restore = await fixture.snapshot();
  });
  beforeEach(() => restore());
  after(() => fixture?.close());

  const sku = () => {
    const [first] = lab.world.tenant.skus;
    assert.ok(first);
    return first;
  };

  async function open(senders: readonly Sender[], disposable = false): Promise<void> {
    stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": senders,
        "m365-smtp-relay:disposable": disposable,
      },
    });
  }

  /** What a preview refuses; nothing is changed. */
  async function refused(senders: readonly Sender[]): Promise<string> {
    await open(senders);
    const [world, writes] = [comparableWorld(lab), exchangeWrites(lab).length];
    const errors = await errorsOf(stack.preview());
    assert.deepEqual([exchangeWrites(lab).length, comparableWorld(lab)], [writes, world]);
    return errors.join("\n");
  }

  it("a preview says again that no licence is free, and the next up heals once one is", async () => {
    sku().consumed = 10;
    assert.match(
      await refused([erp, pass]),
      /'relay-pass-license' has a problem: license: "\S+" has no free licence, but 1 is needed \(10 of 10/,
    );
    sku().consumed = 9;
    await open([erp, pass]);
    const { outputs } = await stack.up();
    assert.deepEqual([outputs.pending, await stack.preview(), sku().consumed], [[], [], 10]);
    await stack.up({ refresh: true, skipPreview: true });
    assert.deepEqual(await stack.drift(), []);
    await open([erp, pass], true);
    await stack.up({ skipPreview: true });
    await stack.destroy();
    assert.equal(comparableWorld(lab), empty);
  });

  it("a sender that gets no licence can be given up in the way that its preview says", async () => {
    sku().consumed = 10;
    assert.match(await refused([erp]), /sender "pass": is protected, .* retire: true/);
    await open([erp, { ...pass, retire: true }]);
    const said = fixture.output().length;
    const [error = ""] = await errorsOf(stack.up({ continueOnError: true }));
    assert.match(error, /has no free licence/);
    assert.match(
      fixture.output().slice(said),
      /no free licence.*marked with retire: true: run pulumi up --continue-on-error, .* then remove/,
    );
    await open([erp]);
    const { outputs } = await stack.up();
    assert.deepEqual([outputs.pending, await stack.preview()], [[], []]);
    assert.deepEqual(
      lab.world.directory.users.filter(({ userPrincipalName }) => /^pass@/.test(userPrincipalName)),
      [],
    );
  });
});
