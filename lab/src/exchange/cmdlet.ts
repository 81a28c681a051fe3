import type { Context } from "../context.ts";
import { buildReply, type Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import type { Warning } from "./cmdletError.ts";
import type { Bound, ParameterType } from "./parameters.ts";

/** An object as a cmdlet gives it: property name to JSON value. */
export type ExchangeObject = Record<string, string | number | boolean | null | string[]>;

/** What a cmdlet gave. `confirmation` means that it asked instead of acting. */
export interface Outcome {
  value: ExchangeObject[];
  warnings: Sourced<Warning>[];
  confirmation?: Sourced<Warning>;
  /** Name of the object that it changed. @default it changed nothing */
  changed?: string;
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

/** A cmdlet with its name in its own letter case. */
export interface NamedCmdlet {
  name: string;
  cmdlet: Cmdlet;
}

/** The outcome of a cmdlet that answers objects. */
export function give(...value: ExchangeObject[]): Outcome {
  return { value, warnings: [] };
}

/** The outcome of a cmdlet that answers nothing, but for warnings. */
export function giveNothing(...warnings: Sourced<Warning>[]): Outcome {
  return { value: [], warnings };
}

/** The outcome of a cmdlet that asks for confirmation. */
export function ask(cmdlet: string, identity: string): Outcome {
  return {
    ...giveNothing(),
    confirmation: buildReply("exchange.confirmation", { cmdlet, identity }),
  };
}

/** The outcome of a cmdlet that has ResultSize: as many objects as it says, and a warning that there are more. */
export function giveSome(objects: ExchangeObject[], bound: Bound, { settings }: World): Outcome {
  const given = bound.text("ResultSize") ?? String(settings.defaultResultSize);
  const value = given === "Unlimited" ? objects : objects.slice(0, Number(given));
  const warnings = value.length < objects.length ? [buildReply("exchange.more-results")] : [];
  return { value, warnings };
}
