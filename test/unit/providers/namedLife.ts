import assert from "node:assert/strict";
import { it } from "node:test";
import type * as pulumi from "@pulumi/pulumi";
import { REPLICATING_NOUNS } from "../../../lab/src/world/recipients.ts";
import { ABSENT_SHAPES } from "../../../lab/src/world/settings.ts";
import { asDynamicProvider } from "../../../providers/host/dynamicProvider.ts";
import type { Tenants } from "../../../providers/host/tenants.ts";
import { thrownBy } from "../tenant/bench.ts";
import type { Around, ProviderFixture } from "./fixture.ts";
import { lifeOf } from "./life.ts";
import { unanswered } from "./trouble.ts";

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const OWNER = "relay/test/erp";
export const MARK = `Managed by Pulumi: ${OWNER}. Changes made by hand are undone.`;
export const THEIRS = "Managed by Pulumi: relay/prod/erp. Changes made by hand are undone.";
/** A directory role that may look at everything. */
const GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";

type Kind = Required<Omit<pulumi.dynamic.ResourceProvider, "configure">>;
// biome-ignore lint/suspicious/noExplicitAny: what a kind keeps in state differs from kind to kind
type State = any;

/** A kind of named object, and how a test gets at one. */
export interface NamedCase {
  readonly fixture: ProviderFixture;
  kind(tenants: Tenants): Kind;
  /** What a program declares. */
  declare(change?: object): object;
  /** The cmdlets that make and remove it. */
  readonly makes: string;
  readonly removes: string;
  /** Inputs of which a new value replaces the object. */
  readonly another: object;
  /** Inputs of which a new value is an update, where the kind can be changed and is marked. */
  readonly change?: object;
  /** Names that a program declares once the stack is renamed. */
  readonly renamed?: object;
  /** Whether Exchange can't give it another name. @default false */
  readonly keepsName?: boolean;
  /** Removes it as an administrator does. */
  removeByHand(): void;
  /** Writes another mark on it, where the kind is marked. */
  markByHand?(mark: string): void;
}

/** Fields that differ after a change that was undone. */
const TRACES = ["whenChanged", "effectiveAt", "smtpClientAuthentication", "deletedItems"];

/** The outside world, but for when it was changed and what is in its recycle bins: equal before and after means that nothing was made, changed or left. */
export function heldIn(fixture: ProviderFixture): object {
  const withoutTraces = (key: string, value: unknown) => (TRACES.includes(key) ? undefined : value);
  return JSON.parse(JSON.stringify(fixture.state(), withoutTraces));
}

/** A life of such a kind in the lab. */
export function namedLife(one: Pick<NamedCase, "fixture" | "kind">, around?: Around) {
  return lifeOf<State, State>(() => one.kind(one.fixture.run(around)));
}

/** What a kind says that can't be made now; the tenant stays as it is. */
export async function refusalOf(
  one: Pick<NamedCase, "fixture" | "kind">,
  news: object,
): Promise<string> {
  const inputs = await namedLife(one).checked(news);
  const before = heldIn(one.fixture);
  const { message } = await thrownBy(() => namedLife(one).create(inputs));
  assert.deepEqual(heldIn(one.fixture), before, "nothing was changed");
  return message;
}

/** What is the same for every kind of named object. */
export function testNamed(one: NamedCase): void {
  const life = (around?: Around) => namedLife(one, around);
  const held = () => heldIn(one.fixture);

  it("is made, read, left alone when nothing changed, and removed", async () => {
    const before = held();
    const made = await life().up(one.declare());
    assert.deepEqual(
      [made.outs.ready, made.outs.pending, made.outs.preexisting],
      [true, "", false],
    );
    assert.notDeepEqual(held(), before);
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs, seen?.inputs], [false, made.outs, made.inputs]);
    assert.equal((await life().up(one.declare(), made)).step, "same");
    await life().destroy(made);
    assert.deepEqual(held(), before);
    await life().destroy(made);
    assert.deepEqual(held(), before);
  });

  for (const absentObject of ABSENT_SHAPES) {
    it(`is made, missed and made again where Exchange answers what is absent so: ${absentObject}`, async () => {
      const { settings } = one.fixture.lab.world;
      settings.absentObject = absentObject;
      const before = held();
      const made = await life().up(one.declare());
      assert.deepEqual([made.outs.ready, made.outs.preexisting], [true, false]);
      assert.equal((await life().refresh(made))?.drift, false);
      one.removeByHand();
      assert.equal(await life().refresh(made), undefined);
      await life().destroy(made);
      const again = await life().up(one.declare());
      assert.equal(again.outs.ready, true);
      await life().destroy(again);
      await life().destroy(again);
      assert.deepEqual(held(), before);
    });
  }

  it("what the host gets has no undefined in it", async () => {
    const kind = one.kind(one.fixture.run());
    const host = asDynamicProvider(kind);
    const { inputs } = await kind.check({}, one.declare());
    const { id, outs } = await kind.create(inputs);
    assert.deepStrictEqual(outs, JSON.parse(JSON.stringify(outs)));
    const __provider = "exports.handler = 1";
    const read = await host.read?.(id, { ...outs, __provider });
    assert.deepStrictEqual(read?.props, { ...outs, __provider });
  });

  it("an unchanged check, and a diff, ask nothing; what is not known yet means another object", async () => {
    const made = await life().up(one.declare());
    const asked = one.fixture.events().length;
    const kind = one.kind(one.fixture.run());
    assert.equal((await life().up(one.declare(), made)).step, "same");
    for (const key of Object.keys(one.another)) {
      const news = one.declare({ [key]: UNKNOWN });
      assert.deepEqual(await kind.check(made.inputs, news), { inputs: news, failures: [] });
      assert.deepEqual(await kind.diff(made.id, made.outs, news), {
        changes: true,
        replaces: [key],
        deleteBeforeReplace: true,
      });
    }
    assert.equal(one.fixture.events().length, asked);
  });

  it("one that was made although no answer came is ours", async () => {
    const before = held();
    const made = await life(unanswered(one.makes)).up(one.declare());
    assert.deepEqual([made.outs.preexisting, made.outs.ready], [false, true]);
    await life().destroy(made);
    assert.deepEqual(held(), before);
  });

  it("one of a run that was killed before it wrote state is taken over", async () => {
    const before = held();
    await life().up(one.declare());
    const again = await life().up(one.declare());
    assert.equal(one.fixture.asked(one.makes), 1);
    assert.equal(again.outs.preexisting, false);
    await life().destroy(again);
    assert.deepEqual(held(), before);
  });

  for (const [order, nouns] of [
    ["first to last", REPLICATING_NOUNS],
    ["last to first", REPLICATING_NOUNS.toReversed()],
  ] as const) {
    it(`servers that learn of new objects one after the other, ${order}, are waited for`, async () => {
      const before = held();
      const { settings } = one.fixture.lab.world;
      const lags = nouns.map((noun, index) => [noun, 100 * index]);
      settings.replicationMs = Object.fromEntries(lags);
      const made = await life().up(one.declare());
      assert.deepEqual(
        [made.outs.ready, made.outs.preexisting, made.outs.pending],
        [true, false, ""],
      );
      const again = await life().up(one.declare());
      assert.deepEqual(
        [again.id, again.outs],
        [made.id, made.outs],
        "a killed run's is taken over",
      );
      assert.equal((await life().refresh(made))?.drift, false);
      await life().destroy(made);
      settings.replicationMs = {};
      assert.deepEqual(held(), before);
    });
  }

  it("one whose removal was not answered is gone", async () => {
    const before = held();
    const made = await life().up(one.declare());
    await life(unanswered(one.removes)).destroy(made);
    assert.deepEqual(held(), before);
  });

  it("gone by hand: a refresh says so, and destroy is done", async () => {
    const made = await life().up(one.declare());
    one.removeByHand();
    const after = held();
    assert.equal(await life().refresh(made), undefined);
    await life().destroy(made);
    assert.deepEqual(held(), after);
    const removals = one.fixture
      .events()
      .filter(({ service, what }) => service === "exchange" && what === one.removes);
    assert.deepEqual(removals, []);
  });

  it("a failed read is never absent", async () => {
    const made = await life().up(one.declare());
    const { lab } = one.fixture;
    const before = held();
    lab.faults.inject({
      where: { service: "exchange" },
      what: { kind: "expiredToken" },
      times: 9,
    });
    await thrownBy(() => life().refresh(made));
    await thrownBy(() => life().destroy(made));
    await thrownBy(() => life().up(one.declare()));
    assert.deepEqual(held(), before);
  });

  it("a missing right is named, and nothing changes", async () => {
    const { lab } = one.fixture;
    lab.world.deployer.directoryRoles = [GLOBAL_READER];
    one.fixture.signOut();
    const before = held();
    const error = await thrownBy(() => life().up(one.declare()));
    assert.match(
      error.message,
      /assign its service principal Exchange Administrator.*an Exchange role group with .* is enough in place of the directory role/,
    );
    assert.deepEqual(held(), before);
  });

  testRenamed(one);
  if (Object.keys(one.another).length > 0) testReplaced(one);
  if (one.markByHand !== undefined) testMarked(one, one.markByHand);

  it("another tenant is refused", async () => {
    const made = await life().up(one.declare());
    const other = one.declare({ tenantId: "11111111-2222-3333-4444-555555555555" });
    assert.match((await life().refusals(other, made))[0] ?? "", /^tenantId: is not the tenant/);
  });
}

/** What is the same for every kind when the stack or the project gets another name. */
function testRenamed(one: NamedCase): void {
  const life = () => namedLife(one);
  const held = () => heldIn(one.fixture);
  const renamed = () => one.declare({ owner: "relays/renamed/erp", ...one.renamed });

  it("of a renamed stack is updated in place, and removed under either name", async () => {
    const before = held();
    const made = await life().up(one.declare());
    const first = held();
    const updated = await life().up(renamed(), made);
    assert.deepEqual([updated.step, updated.id], ["update", made.id]);
    const text = JSON.stringify(held());
    if (one.markByHand !== undefined) {
      assert.ok(!text.includes(OWNER), "no mark names the old owner");
      assert.ok(text.includes("relays/renamed/erp"), "the mark names the new one");
    }
    for (const name of Object.values(one.renamed ?? {})) {
      assert.equal(text.includes(String(name)), one.keepsName !== true, String(name));
    }
    assert.equal((await life().up(renamed(), updated)).step, "same");
    assert.equal((await life().refresh(updated))?.drift, false);
    const back = await life().up(one.declare(), updated);
    assert.deepEqual(held(), first);
    const again = await life().up(renamed(), back);
    await life().destroy(again);
    assert.deepEqual(held(), before);
  });
}

function testReplaced(one: NamedCase): void {
  it("another object is a replacement, the old one first", async () => {
    const made = await namedLife(one).up(one.declare());
    const inputs = await namedLife(one).checked(one.declare(one.another), made);
    const { changes, replaces, deleteBeforeReplace } = await one
      .kind(one.fixture.run())
      .diff(made.id, made.outs, inputs);
    assert.deepEqual([changes, deleteBeforeReplace], [true, true]);
    assert.ok(replaces !== undefined && replaces.length > 0);
  });
}

/** What is the same for every kind that Exchange keeps our mark on. */
function testMarked(one: NamedCase, markByHand: (mark: string) => void): void {
  const held = () => heldIn(one.fixture);
  const life = () => namedLife(one);

  it("one that another stack manages by now is neither changed nor removed", async () => {
    const made = await life().up(one.declare());
    const inputs = await life().checked(one.declare(one.change), made);
    markByHand(THEIRS);
    const before = held();
    const kind = one.kind(one.fixture.run());
    for (const [verb, act] of [
      ["change", () => kind.update(made.id, made.outs, inputs)],
      ["remove", () => kind.delete(made.id, made.outs)],
    ] as const) {
      const words = ` (${made.id}) is now managed by relay/prod/erp, so it was not ${verb}d; if that one keeps it, remove it from the state of this stack with pulumi state delete; if this stack keeps it, write its ownership mark back in Exchange by hand`;
      const { message } = await thrownBy(act);
      assert.ok(message.endsWith(words), message);
    }
    assert.deepEqual(held(), before);
  });

  for (const mark of ["", "Kept for the auditors.", `x ${MARK}`]) {
    it(`one marked "${mark}" is not removed; an update marks it again, and then it is`, async () => {
      const before = held();
      const made = await life().up(one.declare());
      const marked = held();
      markByHand(mark);
      const unmarked = held();
      assert.match(
        (await thrownBy(() => life().destroy(made))).message,
        /is not marked as ours any more, so it was not removed; run pulumi up --refresh with its sender still in the stack file, which marks it again$/,
      );
      assert.deepEqual(held(), unmarked);
      const seen = await life().refresh(made);
      const again = await life().up(one.declare(), seen);
      assert.deepEqual(held(), marked);
      await life().destroy(again);
      assert.deepEqual(held(), before);
    });
  }
}

/** An organisation that was never customised has to be, by a person. */
export function testDehydrated(one: Pick<NamedCase, "fixture" | "kind" | "declare">): void {
  it("in an organisation that was never customised, the error names the cmdlet to run", async () => {
    const { organization } = one.fixture.lab.world;
    organization.isDehydrated = true;
    assert.match(
      await refusalOf(one, one.declare()),
      /have an administrator run Enable-OrganizationCustomization once, which can't be undone/,
    );
    assert.equal(organization.isDehydrated, true);
    assert.equal(one.fixture.asked("Enable-OrganizationCustomization"), 0);
  });
}
