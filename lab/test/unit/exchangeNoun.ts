// What holds for every noun that has New, Get, Set and Remove. A noun passes by declaring a case.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { isDocumented } from "../../src/exchange/parameterPages.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { inUse, run, stateOf } from "./exchangeState.ts";

/** A noun, and how a test gets at its objects. */
export interface NounCase {
  noun: string;
  /** Makes what New needs. */
  prepare?(bench: ExchangeBench): Promise<void>;
  /** Parameters that New takes. */
  good(bench: ExchangeBench): Record<string, unknown>;
  mandatory: string[];
  /** Parameters by which New would make the same object again. */
  again(bench: ExchangeBench): Record<string, unknown>;
  /** Every identity of the object that Get answers. */
  identities(object: Record<string, unknown>, bench: ExchangeBench): string[];
  /** A change that Set makes. */
  change: Record<string, unknown>;
  /** The switch that lets Remove act. @default Confirm:false */
  removal?: Record<string, boolean>;
  /** Whether New has a Name of 1 to 64 characters. */
  isNamed: boolean;
}

/** The identities of an object of the configuration. */
export const configurationIdentities =
  (container: string): NounCase["identities"] =>
  ({ Name, Guid }, { world }) => {
    const { initialDomain, forest } = world.tenant;
    const domain = forest.split(".").map((part) => `DC=${part}`);
    const unit = `CN=${initialDomain},CN=ConfigurationUnits`;
    return [
      String(Name),
      String(Name).toUpperCase(),
      String(Guid),
      `{${String(Guid).toUpperCase()}}`,
      `${initialDomain}\\${Name}`,
      `CN=${Name},CN=${container},CN=Configuration,${unit},${domain.join(",")}`,
    ];
  };

/** The contract of a noun. */
export function testNoun({ noun, removal = { Confirm: false }, ...spec }: NounCase): void {
  describe(`${noun} cmdlets`, () => {
    let bench: ExchangeBench;
    beforeEach(async () => {
      bench = await makeExchangeBench();
      await spec.prepare?.(bench);
    });
    const make = async (change: object = {}) => {
      const reply = await bench.invoke(`New-${noun}`, { ...spec.good(bench), ...change });
      await bench.dkimKeys.idle();
      return reply;
    };
    const get = (parameters: object = {}) => bench.invoke(`Get-${noun}`, parameters);
    const set = (parameters: object) =>
      bench.invoke(`Set-${noun}`, { ...spec.change, Confirm: false, ...parameters });
    const remove = (parameters: object) =>
      bench.invoke(`Remove-${noun}`, { ...removal, ...parameters });

    /** The object of a new one, as Get shows it, and an identity of it. */
    async function create(): Promise<{ object: Record<string, unknown>; Identity: string }> {
      const { status, value, text } = await make();
      assert.equal(status, 200, text);
      const [object = {}] = value;
      return { object, Identity: spec.identities(object, bench)[0] ?? "" };
    }
    /** Runs what must be refused, and proves that nothing changed. */
    async function refuses(
      call: () => ReturnType<ExchangeBench["invoke"]>,
      words: RegExp,
      expected = 400,
    ): Promise<void> {
      const before = stateOf(bench.world);
      const { status, text } = await call();
      assert.equal(status, expected, text);
      assert.match(text, words);
      assert.deepEqual(stateOf(bench.world), before);
    }

    it("New answers the object that Get reads back", async () => {
      const { object, Identity } = await create();
      assert.deepEqual((await get({ Identity })).value, [object]);
    });

    it("Get without Identity, or with null, answers every object", async () => {
      const before = (await get()).value;
      const { object } = await create();
      assert.deepEqual((await get()).value, [...before, object]);
      assert.deepEqual((await get({ Identity: null })).value, [...before, object]);
    });

    it("Get and Set find an object by each of its identities", async () => {
      const { object } = await create();
      for (const Identity of spec.identities(object, bench)) {
        assert.deepEqual((await get({ Identity })).value, [object], Identity);
        const asked = await bench.invoke(`Set-${noun}`, { Identity, ...spec.change });
        assert.ok(asked.body["@adminapi.confirmationmessage"], Identity);
      }
    });

    it("Set changes the object", async () => {
      const { object, Identity } = await create();
      const { status, value, warnings, text } = await set({ Identity });
      assert.equal(status, 200, text);
      assert.deepEqual([value, warnings], [[], []]);
      const [changed = {}] = (await get({ Identity })).value;
      assert.notDeepEqual(changed, object);
      assert.equal(changed.Guid, object.Guid);
    });

    it("Set warns when nothing changes", async () => {
      const { Identity } = await create();
      await set({ Identity });
      const before = stateOf(bench.world);
      const { status, warnings } = await set({ Identity });
      assert.equal(status, 200);
      assert.match(warnings.join(), /completed successfully but no settings of '.+' have been/);
      assert.deepEqual(stateOf(bench.world), before);
    });

    it("Remove finds an object by each of its identities, and leaves the world as it was", async () => {
      const before = inUse(bench.world);
      const { length } = spec.identities((await create()).object, bench);
      for (let index = 0; index < length; index += 1) {
        const [object = {}] = (await get()).value.slice(-1);
        const Identity = spec.identities(object, bench)[index];
        const { status, value, text } = await remove({ Identity });
        assert.deepEqual([status, value], [200, []], text);
        assert.deepEqual(inUse(bench.world), before, Identity);
        assert.equal((await get({ Identity })).status, 404);
        await create();
      }
    });

    const strangers: [string, (identity: string) => string][] = [
      ["the beginning of one", (identity) => identity.slice(0, -1)],
      ["a wildcard", (identity) => `${identity.slice(0, -1)}*`],
      ["a wildcard alone", () => "*"],
      ["one with a blank before it", (identity) => ` ${identity}`],
      ["another GUID", () => "00000000-0000-0000-0000-000000000000"],
    ];
    for (const [what, other] of strangers) {
      it(`Get, Set and Remove find nothing by ${what}`, async () => {
        const Identity = other((await create()).Identity);
        const words = /ManagementObjectNotFoundException\|.* couldn't be found on /;
        for (const cmdlet of [get, set, remove]) {
          await refuses(() => cmdlet({ Identity }), words, 404);
        }
      });
    }

    it("Set and Remove refuse null for Identity", async () => {
      await create();
      const words = /missing mandatory parameters: Identity/;
      await refuses(() => set({ Identity: null }), words);
      await refuses(() => remove({ Identity: null }), words);
    });

    it("Get, Set and Remove refuse an empty Identity", async () => {
      await create();
      const words = /ParameterTransformationException\|.*'Identity'/;
      for (const cmdlet of [get, set, remove]) {
        await refuses(() => cmdlet({ Identity: "" }), words);
      }
    });

    it("New refuses an object that exists already", async () => {
      await create();
      await refuses(() => make(spec.again(bench)), /ADObjectAlreadyExistsException\|The object '/);
    });

    for (const parameter of spec.mandatory) {
      it(`New refuses a call without ${parameter}`, async () => {
        const words = new RegExp(`missing mandatory parameters: .*${parameter}`);
        await refuses(() => make({ [parameter]: undefined }), words);
        if (typeof spec.good(bench)[parameter] !== "string") return;
        await refuses(() => make({ [parameter]: null }), words);
      });
    }

    it("every cmdlet refuses an unknown parameter", async () => {
      const words = /AmbiguousParameterSetException\|.*Nonsense$/;
      await refuses(() => make({ Nonsense: 1 }), words);
      const { Identity } = await create();
      for (const cmdlet of [get, set, remove]) {
        await refuses(() => cmdlet({ Identity, Nonsense: 1 }), words);
      }
    });

    const confirms = isDocumented(`New-${noun}`, "Confirm");
    it(`New ${confirms ? "asks with Confirm:true" : "has no Confirm"}, and changes nothing`, async () => {
      const before = stateOf(bench.world);
      if (!confirms) {
        return refuses(() => make({ Confirm: true }), /Invalid cmdlet parameters.* Confirm$/);
      }
      const { status, body } = await make({ Confirm: true });
      assert.equal(status, 200);
      assert.match(body["@adminapi.confirmationmessage"] ?? "", new RegExp(`New-${noun} on '`));
      assert.deepEqual(stateOf(bench.world), before);
    });

    it("Set and Remove ask unless the switch says no, and change nothing", async () => {
      const { Identity } = await create();
      const before = stateOf(bench.world);
      const [[removalSwitch = "", acts] = []] = Object.entries(removal);
      const asked: [string, object][] = [
        ["Set", { Identity, ...spec.change }],
        ["Set", { Identity, ...spec.change, Confirm: true }],
        ["Remove", { Identity }],
        ["Remove", { Identity, [removalSwitch]: !acts }],
      ];
      for (const [verb, parameters] of asked) {
        const { status, body } = await bench.invoke(`${verb}-${noun}`, parameters);
        assert.equal(status, 200);
        const question = new RegExp(`${verb}-${noun} on '`);
        assert.match(body["@adminapi.confirmationmessage"] ?? "", question);
      }
      assert.deepEqual(stateOf(bench.world), before);
    });

    it("a text is no answer to the question", async () => {
      const { Identity } = await create();
      const [removalSwitch = ""] = Object.keys(removal);
      const words = /Cannot convert value .* to type "System\.Boolean"/;
      if (confirms) await refuses(() => make({ Confirm: "false" }), words);
      await refuses(() => set({ Identity, Confirm: "false" }), words);
      await refuses(() => remove({ Identity, [removalSwitch]: "true" }), words);
    });

    if (!spec.isNamed) return;
    const badNames: [string, string][] = [
      ["of 65 characters", "x".repeat(65)],
      ["with a blank at its end", "relay "],
      ["of two lines", "re\nlay"],
      ["without a character", ""],
    ];
    for (const [what, Name] of badNames) {
      it(`New refuses a name ${what}`, () =>
        refuses(
          () => make({ Name }),
          /'Name' must have 1 to 64 characters, no line breaks, and no blank at either end/,
        ));
    }
  });
}

/** Runs a cmdlet that prepares a case. */
export const prepare =
  (...calls: [string, object][]) =>
  async (bench: ExchangeBench): Promise<void> => {
    for (const [name, parameters] of calls) await run(bench, name, parameters);
  };
