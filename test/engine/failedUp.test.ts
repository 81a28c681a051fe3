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
  let begin: () => Promise<void>;
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
    begin = await fixture.snapshot();
    // The user is made, and no licence can be given to it.
    tenant.countryLetterCode = null;
    await open([erp, pass]);
    const errors = await errorsOf(stack.up());
    assert.match(
      errors.join("\n"),
      /which a licence requires, and the organisation has no country/,
    );
    delete tenant.countryLetterCode;
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

  describe("heals in the way that docs/how-to/recover-from-an-interrupted-up.md says", () => {
    beforeEach(() => begin());

    const app = (more: Sender = {}): Sender => ({
      ...{ name: "app", from: [`app@${lab.world.tenant.domain}`], authentication: ["oauth"] },
      ...more,
    });
    const identity = (name: string, subject = "shop/staging") => ({
      ...{ name, issuer: `https://workloads.${lab.world.tenant.domain}`, subject },
    });
    /** A second connector, which Exchange does not make. */
    const late = (): Sender => ({
      ...erp,
      name: "late",
      egress: [lab.world.addresses.customer[1]],
    });
    async function failsAtConnector(senders: readonly Sender[], disposable = false): Promise<void> {
      const id = lab.faults.inject({
        where: { service: "exchange", match: "New-InboundConnector" },
        what: { kind: "dualWrite", lasting: true },
        times: 100,
      });
      await open([...senders, late()], disposable);
      assert.match((await errorsOf(stack.up())).join("\n"), /^New-InboundConnector: /);
      lab.faults.remove(id);
    }
    async function up(senders: readonly Sender[], disposable = false): Promise<void> {
      await open(senders, disposable);
      await stack.up();
      assert.deepEqual(await stack.preview(), []);
    }

    it("where Entra's answer to a removal was lost", async () => {
      await up([erp, app()], true);
      lab.faults.inject({
        where: { service: "graph" },
        what: { kind: "replyLost" },
        times: 100,
      });
      await open([erp], true);
      await errorsOf(stack.up({ skipPreview: true }));
      for (const { id } of lab.faults.list()) lab.faults.remove(id);
      assert.match(
        (await errorsOf(stack.up())).join("\n"),
        /Request_ResourceNotFound|No password credential found with keyId/,
      );
      await stack.up({ refresh: true });
      assert.deepEqual([await stack.preview(), await stack.drift()], [[], []]);
    });

    it("where a sender is protected still, as the up that was to change that failed", async () => {
      await up([erp, app()]);
      const retiring = [{ ...erp, retire: true }, app({ retire: true })];
      await failsAtConnector(retiring);
      await open([late()]);
      const [error] = await errorsOf(stack.preview());
      // It depends on what the up came to.
      if (error !== undefined) assert.match(error, /cannot be deleted\s+because it is protected/);
      await up([...retiring, late()]);
      await up([late()]);
    });

    it("where an app has an identity under the name that a failed up was to remove", async () => {
      await up(
        [erp, app({ federatedIdentity: [identity("old"), identity("other", "shop")] })],
        true,
      );
      const without = app({ federatedIdentity: [identity("other", "shop")] });
      await failsAtConnector([erp, without], true);
      const wanted = app({ federatedIdentity: [identity("other", "shop"), identity("new")] });
      await open([erp, late(), wanted], true);
      assert.match((await errorsOf(stack.up())).join("\n"), /issuer and subject must be unique/);
      await up([erp, late(), without], true);
      await up([erp, late(), wanted], true);
    });
  });
});
