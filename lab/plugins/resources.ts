import type { CheckFailure, ResourceKind } from "./definition.ts";
import { type Difference, differences } from "./differences.ts";
import { isAbsent, type Values } from "./values.ts";

/** What is wrong with the inputs: names that the stand-in does not know, and what the kind says. */
export function checkInputs<Session>(kind: ResourceKind<Session>, inputs: Values): CheckFailure[] {
  const unknown = Object.keys(inputs)
    .filter((name) => !kind.inputs.includes(name))
    .map((property) => ({ property, reason: "the lab's stand-in does not know this property" }));
  return [...unknown, ...kind.check(inputs)];
}

/** Where what is to be differs from what is, and by which properties it becomes another object. */
export function compare<Session>(
  kind: ResourceKind<Session>,
  inputs: Values,
  old: Values,
): { changes: Map<string, Difference[]>; replaces: string[] } {
  const plan = kind.plan(inputs, old);
  const changes = new Map(
    kind.inputs
      .map((name) => [name, differences(name, old[name], plan[name])] as const)
      .filter(([, found]) => found.length > 0),
  );
  return { changes, replaces: kind.replacedBy.filter((name) => changes.has(name)) };
}

/** The inputs that a read object would have come from: those it had, or all that are set when it is imported. */
export function inputsOf<Session>(
  kind: ResourceKind<Session>,
  outputs: Values,
  old: Values,
): Values {
  const had = kind.inputs.filter((name) => name in old);
  const names = had.length > 0 ? had : kind.inputs;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = outputs[name];
      return isAbsent(value) ? [] : [[name, value]];
    }),
  );
}
