// What a call makes of the fields of an object, by the types of their properties.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bind } from "../../src/exchange/binding.ts";
import { giveNothing } from "../../src/exchange/cmdlet.ts";
import {
  initialValues,
  type Properties,
  parametersOf,
  withValues,
} from "../../src/exchange/properties.ts";
import { makeWorld } from "../../src/world/make.ts";

interface Thing {
  note: string;
  allowed: boolean;
  format: boolean | null;
}

const properties: Properties<Thing> = {
  Note: { is: "text", field: "note", default: "" },
  Allowed: { is: "flag", field: "allowed", default: true },
  Format: { is: "flagOrNull", field: "format", default: null },
};

const THING: Thing = { note: "old", allowed: false, format: true };

describe("properties", () => {
  const world = makeWorld("properties");
  const bound = (call: Record<string, unknown>) =>
    bind(
      {
        name: "Set-Thing",
        cmdlet: {
          reads: false,
          parameters: parametersOf(properties, "Set"),
          mandatory: [],
          run: () => giveNothing(),
        },
      },
      call,
    );
  const made = (call: Record<string, unknown>) => initialValues(properties, bound(call), world);
  const changed = (call: Record<string, unknown>) =>
    withValues(properties, THING, bound(call), world);

  it("a new object has Exchange's defaults, null among them", () =>
    assert.deepEqual(made({}), { note: "", allowed: true, format: null }));

  it("a call changes what it names, and nothing else", () => {
    assert.deepEqual(changed({}), THING);
    assert.deepEqual(changed({ Format: false }), { ...THING, format: false });
    assert.deepEqual(changed({ Allowed: true }), { ...THING, allowed: true });
  });

  it("null empties a text, and stays null in a flag that has it", () => {
    assert.deepEqual(changed({ Note: null }), { ...THING, note: "" });
    assert.deepEqual(changed({ Format: null }), { ...THING, format: null });
  });

  it("a flag without null refuses it", () =>
    assert.throws(() => changed({ Allowed: null }), /System\.Boolean/));
});
