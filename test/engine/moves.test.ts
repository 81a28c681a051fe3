// A sender gets another name, another's address, or another way to sign in: one `up` does it, or the preview refuses it
// and says the steps, each of which is taken here.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, summaryOf } from "./fixture.ts";

type Sender = Readonly<{ name: string; from: readonly string[] }> & Record<string, unknown>;

describe("a stack whose senders move", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let sku: string;
  let restore: () => Promise<void>;
  let at: (local: string) => string;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const [first] = lab.world.tenant.skus;
    assert.ok(first);
    first.consumed = 0;
    sku = first.skuPartNumber;
    at = (local) => `${local}@${lab.world.tenant.domain}`;
    await open([oauth("idle", "idle")]);
    await stack.up();
    restore = await fixture.snapshot();
  });
  beforeEach(() => restore());
  after(() => fixture?.close());

  const oauth = (name: string, ...from: string[]): Sender => ({
    ...{ name, from: from.map(at), authentication: ["oauth"] },
  });
  const password = (name: string, ...from: string[]): Sender => ({
    ...{ name, from: from.map(at), authentication: ["password"], license: sku },
  });

  async function open(senders: readonly Sender[], change: object = {}): Promise<void> {
    stack = await fixture.open({
      config: { ...labConfig(lab.world), "m365-smtp-relay:senders": senders, ...change },
    });
  }

  /** One `up` that ends well, after which nothing is left to do. */
  async function up(senders: readonly Sender[], change: object = {}): Promise<string[]> {
    await open(senders, change);
    const { changes, outputs } = await stack.up();
    assert.deepEqual(outputs.pending, []);
    assert.deepEqual(await stack.preview(), []);
    return summaryOf(changes);
  }

  /** What the preview refuses; nothing is changed. */
  async function refused(senders: readonly Sender[]): Promise<string> {
    await open(senders);
    const [before, writes] = [comparableWorld(lab), exchangeWrites(lab).length];
    const errors = await errorsOf(stack.preview());
    assert.deepEqual([exchangeWrites(lab).length, comparableWorld(lab)], [writes, before]);
    return errors.join("\n");
  }

  const mailboxAt = (local: string) =>
    lab.world.mailboxes.find(({ address }) => address === at(local));
  /** Address and owner of each of the stack's mailboxes. */
  const owners = () =>
    Object.fromEntries(
      lab.world.mailboxes.flatMap(({ address, customAttributes }) => {
        const [, owner] = /m365-smtp-relay\/lab\/([a-z]+)/.exec(customAttributes[15] ?? "") ?? [];
        return owner === undefined ? [] : [[address.replace(/@.*/, ""), owner]];
      }),
    );
  const skusOf = (local: string) =>
    lab.world.directory.users.find(({ id }) => id === mailboxAt(local)?.externalDirectoryObjectId)
      ?.licenses;

  for (const access of ["rbac", "classic"]) {
    const how = { "m365-smtp-relay:applicationAccess": access };
    it(`an OAuth sender with another name keeps its mailbox, rights and licence in one up (${access})`, async () => {
      const full = (name: string): Sender => ({
        ...oauth(name, "shop", "anna"),
        ...{ license: sku, recipientsPerDay: 9 },
      });
      await up([full("before")], how);
      const { guid } = mailboxAt("shop") ?? {};
      await up([full("after")], how);
      assert.deepEqual([mailboxAt("shop")?.guid, owners()], [guid, { shop: "after" }]);
      assert.equal(skusOf("shop")?.length, 1);
      assert.equal(mailboxAt("shop")?.displayName, "relay-lab-after");
      assert.deepEqual(await stack.drift(), []);

      // Back again, and with one address less: the right on the other one goes.
      await up([{ ...full("before"), from: [at("shop")] }], how);
      assert.deepEqual([mailboxAt("shop")?.guid, owners()], [guid, { shop: "before" }]);
      await up([oauth("other", "other")], how);
      assert.deepEqual(owners(), { other: "other" });
    });
  }

  for (const name of ["before", "after"]) {
    it(`a new name whose up fails half-way is ${name === "after" ? "finished" : "taken back"} by the next`, async () => {
      await up([oauth("before", "shop", "anna")]);
      const { guid } = mailboxAt("shop") ?? {};
      lab.admin("New-ManagementScope", {
        Name: "relay-lab-after",
        RecipientRestrictionFilter: "PrimarySmtpAddress -eq 'x@example.com'",
      });
      await open([oauth("after", "shop", "anna")]);
      const errors = await errorsOf(stack.up());
      assert.match(errors.join("\n"), /is the name of a management scope that exists already/);
      assert.deepEqual(owners(), { shop: "after" });
      lab.admin("Remove-ManagementScope", { Identity: "relay-lab-after" });
      await open([oauth(name, "shop", "anna")]);
      await stack.up({ refresh: true });
      await up([oauth(name, "shop", "anna")]);
      assert.deepEqual([mailboxAt("shop")?.guid, owners()], [guid, { shop: name }]);
      await up([oauth("idle", "idle")]);
      assert.deepEqual(owners(), { idle: "idle" });
    });
  }

  it("a relaying sender gets another name in one up", async () => {
    const erp = (name: string): Sender => ({
      ...{ name, from: [at("*")], authentication: ["staticIp"], egress: ["192.0.2.251"] },
    });
    await up([erp("before")]);
    await up([erp("after")]);
  });

  it("a second address may be the mailbox of another new sender, whichever comes first", async () => {
    await up([
      oauth("one", "one", "two"),
      oauth("two", "two", "one"),
      oauth("three", "three", "two"),
    ]);
    assert.deepEqual(owners(), { one: "one", two: "two", three: "three" });
    // A sender that goes takes the address of the others with it.
    const report = await refused([oauth("one", "one", "two"), oauth("three", "three")]);
    assert.match(report, /mailbox of one: from: "two@/);
    await up([oauth("one", "one"), oauth("three", "three")]);
  });

  it("a second address may be the mailbox of a new sender with a password", async () => {
    await up([oauth("one", "one", "two"), password("two", "two", "one")]);
  });

  it("two senders that exchange their addresses are refused, and the steps lead there", async () => {
    await up([oauth("one", "one"), oauth("two", "two")]);
    const report = await refused([oauth("one", "two"), oauth("two", "one")]);
    assert.match(report, /no mailbox has/);
    await up([oauth("one", "free"), oauth("two", "two")]);
    await up([oauth("one", "free"), oauth("two", "one")]);
    await up([oauth("one", "two"), oauth("two", "one")]);
    assert.deepEqual(owners(), { one: "two", two: "one" });
  });

  it("an address goes to another sender a run after its holder has moved", async () => {
    await up([oauth("one", "one"), oauth("two", "two")]);
    const report = await refused([oauth("one", "free"), oauth("two", "one"), oauth("more", "two")]);
    assert.match(report, /: "one" to free@.*, then "two" to one@.*, then "more" to two@/);
    await up([oauth("one", "free"), oauth("two", "two")]);
    await up([oauth("one", "free"), oauth("two", "one")]);
    await up([oauth("one", "free"), oauth("two", "one"), oauth("more", "two")]);
    assert.deepEqual(owners(), { free: "one", one: "two", two: "more" });
  });

  for (const [what, before, after] of [
    ["from a password to OAuth", password, oauth],
    ["from OAuth to a password", oauth, password],
  ] as const) {
    it(`a sender moved ${what} is refused, and the steps lead there`, async () => {
      await up([before("shop", "shop")]);
      const report = await refused([after("shop", "shop")]);
      assert.match(report, /has to go first; .*; or remove "shop" from the stack file/);
      await up([oauth("idle", "idle")]);
      await up([oauth("idle", "idle"), after("shop", "shop")]);
    });
  }

  it("a sender with a password and another name is refused, and the steps lead there", async () => {
    await up([password("before", "shop")]);
    const report = await refused([password("after", "shop")]);
    assert.match(report, /has to go first; .*; or remove "after" from the stack file/);
    await up([oauth("idle", "idle")]);
    await up([oauth("idle", "idle"), password("after", "shop")]);
  });

  for (const [what, before, after] of [
    ["from a password to OAuth", password, oauth],
    ["from OAuth to a password", oauth, password],
  ] as const) {
    it(`a sender moved ${what} at another address is refused, and with another name is not`, async () => {
      await up([before("shop", "shop")]);
      const report = await refused([after("shop", "next")]);
      assert.match(report, /has to go first; give it another name and another address/);
      await up([after("next", "next")]);
      assert.deepEqual(owners(), { next: "next" });
    });
  }

  it("a sender moves from a password to OAuth without a stop by way of another name and address", async () => {
    await up([password("shop", "shop")]);
    await up([password("shop", "shop"), oauth("next", "next")]);
    await up([oauth("next", "next")]);
    await up([oauth("next", "shop")]);
    assert.deepEqual(owners(), { shop: "next" });
  });
});
