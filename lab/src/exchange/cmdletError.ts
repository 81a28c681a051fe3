import type { Sourced } from "../reply.ts";

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
