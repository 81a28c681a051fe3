import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import type { Warning } from "./failure.ts";
import type { Bound, ParameterType } from "./parameterType.ts";

/** An object as a cmdlet gives it: property name to JSON value. */
export type ExchangeObject = Record<string, string | number | boolean | null | string[]>;

/** What a cmdlet gave. `confirmation` means that it asked instead of acting. */
export interface Outcome {
  value: ExchangeObject[];
  warnings: Sourced<Warning>[];
  confirmation?: Sourced<Warning>;
}

/** One cmdlet: its parameters by name, and what it does. */
export interface Cmdlet {
  /** Whether it only reads; reading roles are allowed nothing else. */
  reads: boolean;
  /** Whether this tenant has it. @default every tenant does */
  isOffered?(world: World): boolean;
  parameters: Record<string, ParameterType>;
  mandatory: string[];
  /** @throws CmdletError */
  run(bound: Bound, context: Context): Outcome;
}
