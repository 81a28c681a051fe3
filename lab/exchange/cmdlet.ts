import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import type { Bound } from "./binding.ts";
import type { ParameterType } from "./parameter.ts";

/** An object as a cmdlet gives it: property name to JSON value. */
export type ExchangeObject = Record<string, string | number | boolean | null | string[]>;

/** What went wrong in a cmdlet. */
export interface Failure {
  status: 400 | 404;
  /** Full name of the .NET exception. */
  type: string;
  text: string;
}

/** A warning's text. */
export interface Warning {
  text: string;
}

/** Thrown by cmdlets; only a reply of the catalogue can be thrown. */
export class CmdletError extends Error {
  readonly failure: Sourced<Failure>;

  constructor(failure: Sourced<Failure>) {
    super(failure.text);
    this.name = "CmdletError";
    this.failure = failure;
  }
}

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
  parameters: Record<string, ParameterType>;
  mandatory: string[];
  /** @throws CmdletError */
  run(bound: Bound, context: Context): Outcome;
}
