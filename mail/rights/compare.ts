import type { ExtraName } from "./needs.ts";
import type { Right, RightKind } from "./rights.ts";

/** A right that an app has: one of those that stacks need, or a directory role of Entra. */
export interface HeldRight {
  readonly kind: RightKind | "directoryRole";
  readonly name: string;
}

/** What is to be said of one right. */
export interface RightState extends HeldRight {
  /** `too much`: the configuration does not need it. `optional`: not held, and the stack can live without it. */
  readonly state: "held" | "missing" | "optional" | "too much";
  /** What it is for; empty of what is not needed. */
  readonly because: string;
  /** As of a right; what is optional has it always. */
  readonly extra?: ExtraName;
}

/** The rights that an app needs and those that it has, each once: the needed ones first. */
export function compareRights(
  needed: readonly (HeldRight & Pick<Right, "because" | "extra">)[],
  held: readonly HeldRight[],
): RightState[] {
  const has = (all: readonly HeldRight[], { kind, name }: HeldRight) =>
    all.some((one) => one.kind === kind && one.name === name);
  return [
    ...needed.map(
      (right): RightState => ({
        ...right,
        state: has(held, right) ? "held" : right.extra === undefined ? "missing" : "optional",
      }),
    ),
    ...held
      .filter((right) => !has(needed, right))
      .map((right): RightState => ({ ...right, state: "too much", because: "" })),
  ];
}
