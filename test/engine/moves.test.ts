// A sender gets another name, another's address, or another way to sign in: one `up` does it, or the preview refuses it
// and says the steps, which are taken here. Each test begins with the same senders; what a refusal says is held by
// test/fixes/moveFixes.ts. Where two cases go the same way, the seed draws one; EXHAUSTIVE=1 runs both.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { makeRandom } from "../../lab/src/random.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, SEED } from "./fixture.ts";

type Sender = Readonly<{ name: string; from: readonly string[] }> & Record<string, unknown>;

const random = makeRandom(`${SEED}/moves`);
const drawn = (cases: readonly string[]) =>
  process.env.EXHAUSTIVE === "1" ? cases : [random.pick(cases)];

describe(`a stack whose senders move, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let sku: string;
  let restore: () => Promise<void>;
  let at: (local: string) => string;
  let senders: readonly Sender[];

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const [first] = lab.world.tenant.skus;
    assert.ok(first);
    Object.assign(first, { enabled: 10, consumed: 0 });
    sku = first.skuPartNumber;
    at = (local) => `${local}@${lab.world.tenant.domain}`;
    senders = [
      oauth("one", "one"),
      oauth("two", "two"),
      full("app"),
      password("pass", "pass"),
      password("word", "word"),
      relaying("erp"),
    ];
    await up(senders);
    // Entra shows the address that a licence gave its user from now on.
    await stack.up({ refresh: true, skipPreview: true });
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

  /** An OAuth sender with all that one can have. */
  const full = (name: string): Sender => ({
    ...oauth(name, "app", "anna"),
    ...{ license: sku, recipientsPerDay: 9 },
  });
  const relaying = (name: string): Sender => ({
    ...{ name, from: [at("*")], authentication: ["staticIp"], egress: ["192.0.2.251"] },
  });
  /** The senders but for those of these names, and with others. */
  const changed = (names: readonly string[], ...others: readonly Sender[]): Sender[] => [
    ...senders.filter(({ name }) => !names.includes(name)),
    ...others,
  ];

  async function open(wanted: readonly Sender[], change: object = {}): Promise<void> {
    stack = await fixture.open({
      config: { ...labConfig(lab.world), "m365-smtp-relay:senders": wanted, ...change },
    });
  }

  /** A step to where a test begins, or away from where it ends. */
  async function up(wanted: readonly Sender[], change: object = {}): Promise<void> {
    await open(wanted, change);
    const { outputs } = await stack.up({ skipPreview: true });
    assert.deepEqual(outputs.pending, []);
  }

  /** One `up` that ends well, its preview too, and after which nothing is left to do. */
  async function upAtOnce(wanted: readonly Sender[], change: object = {}): Promise<void> {
    await open(wanted, change);
    const { outputs } = await stack.up();
    assert.deepEqual([outputs.pending, await stack.preview()], [[], []]);
  }

  /** What the preview refuses; nothing is changed. */
  async function refused(wanted: readonly Sender[]): Promise<string> {
    await open(wanted);
    const [before, writes] = [comparableWorld(lab), exchangeWrites(lab).length];
    const printed = fixture.output().length;
    const errors = await errorsOf(stack.preview());
    assert.notEqual(errors.length, 0, `nothing is refused:\n${fixture.output().slice(printed)}`);
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
  /** Those of the beginning but for some addresses, and with others. */
  const ownersBut = (gone: readonly string[], others: Readonly<Record<string, string>>) => ({
    ...Object.fromEntries(
      ["one", "two", "app", "pass", "word"]
        .filter((name) => !gone.includes(name))
        .map((name) => [name, name]),
    ),
    ...others,
  });
  const skusOf = (local: string) =>
    lab.world.directory.users.find(({ id }) => id === mailboxAt(local)?.externalDirectoryObjectId)
      ?.licenses;

  for (const access of drawn(["rbac", "classic"])) {
    const how = { "m365-smtp-relay:applicationAccess": access };
    it(`an OAuth sender with another name keeps its mailbox, rights and licence in one up (${access})`, async () => {
      if (access === "classic") await up(senders, how);
      const { guid } = mailboxAt("app") ?? {};
      await upAtOnce(changed(["app"], full("after")), how);
      assert.deepEqual(
        [mailboxAt("app")?.guid, owners()],
        [guid, ownersBut(["app"], { app: "after" })],
      );
      assert.equal(skusOf("app")?.length, 1);
      assert.equal(mailboxAt("app")?.displayName, "relay-lab-after");
      assert.deepEqual(await stack.drift(), []);

      // Back again, with one address less and without a licence: the right on the other one goes, and the licence.
      const less = { ...full("app"), from: [at("app")], license: undefined };
      await upAtOnce(changed(["app"], less), how);
      assert.deepEqual(skusOf("app"), []);
      assert.deepEqual([mailboxAt("app")?.guid, owners()], [guid, ownersBut([], {})]);
      await up(changed(["app"]), how);
      assert.deepEqual(owners(), ownersBut(["app"], {}));
    });
  }

  describe("whose new name's up failed half-way", () => {
    let guid: string | undefined;
    let failed: () => Promise<void>;

    before(async () => {
      await restore();
      guid = mailboxAt("app")?.guid;
      lab.admin("New-ManagementScope", {
        Name: "relay-lab-after",
        RecipientRestrictionFilter: "PrimarySmtpAddress -eq 'x@example.com'",
      });
      await open(changed(["app"], full("after")));
      const errors = await errorsOf(stack.up());
      assert.match(errors.join("\n"), /is the name of a management scope that exists already/);
      assert.deepEqual(owners(), ownersBut(["app"], { app: "after" }));
      lab.admin("Remove-ManagementScope", { Identity: "relay-lab-after" });
      failed = await fixture.snapshot();
    });
    beforeEach(() => failed());

    for (const name of drawn(["app", "after"])) {
      it(`is ${name === "after" ? "finished" : "taken back"} by the next`, async () => {
        await open(changed(["app"], full(name)));
        const { outputs } = await stack.up({ refresh: true });
        assert.deepEqual([outputs.pending, await stack.preview()], [[], []]);
        assert.deepEqual(
          [mailboxAt("app")?.guid, owners()],
          [guid, ownersBut(["app"], { app: name })],
        );
        await up(changed(["app"]));
        assert.deepEqual(owners(), ownersBut(["app"], {}));
      });
    }
  });

  it("a relaying sender gets another name in one up", async () => {
    await upAtOnce(changed(["erp"], relaying("scanner")));
    assert.deepEqual(
      lab.world.connectors.map(({ name }) => name),
      ["relay-lab-scanner"],
    );
  });

  it("a second address may be the mailbox of another new sender, whichever comes first", async () => {
    const four = oauth("four", "four", "three");
    const [three, five] = [oauth("three", "three", "four"), oauth("five", "five", "four")];
    const withPassword = [oauth("six", "six", "seven"), password("seven", "seven", "six")];
    await upAtOnce([...senders, three, four, five, ...withPassword]);
    assert.deepEqual(
      owners(),
      ownersBut([], { three: "three", four: "four", five: "five", six: "six", seven: "seven" }),
    );
    // A sender that goes takes the address of the others with it.
    const report = await refused([...senders, three, oauth("five", "five"), ...withPassword]);
    assert.match(report, /mailbox of three: from: "four@/);
    await up([...senders, oauth("three", "three"), oauth("five", "five"), ...withPassword]);
  });

  describe("to the address of a sender that moves too", () => {
    const moved = (...others: readonly Sender[]) => changed(["one", "two"], ...others);
    let free: () => Promise<void>;

    before(async () => {
      await restore();
      const exchanged = await refused(moved(oauth("one", "two"), oauth("two", "one")));
      assert.match(exchanged, /no mailbox has/);
      const chain = await refused(
        moved(oauth("one", "free"), oauth("two", "one"), oauth("more", "two")),
      );
      assert.match(chain, /: "one" to free@.*, then "two" to one@.*, then "more" to two@/);
      await up(moved(oauth("one", "free"), oauth("two", "two")));
      await up(moved(oauth("one", "free"), oauth("two", "one")));
      free = await fixture.snapshot();
    });
    beforeEach(() => free());

    it("two senders that exchange their addresses are refused, and the steps lead there", async () => {
      await upAtOnce(moved(oauth("one", "two"), oauth("two", "one")));
      assert.deepEqual(owners(), ownersBut(["one", "two"], { one: "two", two: "one" }));
    });

    it("an address goes to another sender a run after its holder has moved", async () => {
      await upAtOnce(moved(oauth("one", "free"), oauth("two", "one"), oauth("more", "two")));
      assert.deepEqual(
        owners(),
        ownersBut(["one", "two"], { free: "one", one: "two", two: "more" }),
      );
    });
  });

  it("a sender that signs in otherwise, or has a password and another name, is refused, and the steps lead there", async () => {
    const wanted = [oauth("pass", "pass"), password("two", "two"), password("after", "word")];
    const report = await refused(changed(["pass", "two", "word"], ...wanted));
    for (const [address, sender, kind] of [
      ["pass", "pass", "user"],
      ["two", "two", "shared mailbox"],
      ["word", "after", "user"],
    ]) {
      const said = `mailbox of ${sender}: address: "${address}@.* but the ${kind} of sender "${address}" has to go first; .*; or remove "${sender}" from the stack file`;
      assert.match(report, new RegExp(said));
    }
    await up(changed(["pass", "two", "word"]));
    await upAtOnce(changed(["pass", "two", "word"], ...wanted));
    assert.deepEqual(owners(), ownersBut(["word"], { word: "after" }));
  });

  it("a sender that signs in otherwise at another address is refused, and with another name is not; then its address is free", async () => {
    const wanted = (first: string, second: string) =>
      changed(["pass", "two"], oauth(first, "next"), password(second, "last"));
    const report = await refused(wanted("pass", "two"));
    const said = /has to go first; give it another name and another address/g;
    assert.equal(report.match(said)?.length, 2, report);
    await upAtOnce(wanted("next", "last"));
    assert.deepEqual(owners(), ownersBut(["pass", "two"], { next: "next", last: "last" }));
    await upAtOnce(changed(["pass", "two"], oauth("next", "pass"), password("last", "last")));
    assert.deepEqual(owners(), ownersBut(["pass", "two"], { pass: "next", last: "last" }));
  });
});
