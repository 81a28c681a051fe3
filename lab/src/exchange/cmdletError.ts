import { buildReply, type Holes, type ReplyWith, type Sourced } from "../reply.ts";

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

/** Thrown by cmdlets; only a reply of lab/replies can be thrown. */
export class CmdletError extends Error {
  readonly failure: Sourced<Failure>;

  constructor(failure: Sourced<Failure>) {
    super(failure.text);
    this.name = "CmdletError";
    this.failure = failure;
  }
}

/** The error of a cmdlet that refuses, by the name of its reply and the values of its holes. */
export function refusal<Name extends ReplyWith<{ status: 400 | 404; type: string }>>(
  name: Name,
  ...holes: Holes<Name>
): CmdletError {
  return new CmdletError(buildReply(name, ...holes) as Sourced<Failure>);
}
