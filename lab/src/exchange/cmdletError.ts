import { buildReply, type Holes, type ReplyWith, type Sourced } from "../reply.ts";
import type { Settings } from "../world/settings.ts";

/** What went wrong in a cmdlet. */
export interface Failure {
  status: 400 | 404 | 429;
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
export function refusal<Name extends ReplyWith<{ status: 400 | 404 | 429; type: string }>>(
  name: Name,
  ...holes: Holes<Name>
): CmdletError {
  return new CmdletError(buildReply(name, ...holes) as Sourced<Failure>);
}

/** A failure's text, in a tenant with this shape of errors. */
export const failureText = (failure: Failure, shape: Settings["errorText"]): string =>
  TEXTS[shape](failure);

/** `[ExCODE]|Full.Exception.Type|human text` */
export function pipeText({ type, text }: Failure): string {
  return `${CODES[type] ?? ""}|${type}|${text}`;
}

function jsonText({ type, text }: Failure): string {
  return JSON.stringify({ Message: text, TypeName: type, StackTrace: null, InnerError: null });
}

/** The codes of exceptions that were seen with one; the others came with an empty one. */
const CODES: Record<string, string> = {
  "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException": "Ex6F9304",
};

const TEXTS: Record<Settings["errorText"], (failure: Failure) => string> = {
  pipes: pipeText,
  json: jsonText,
  "pipes in json": (failure) =>
    JSON.stringify({ Message: pipeText(failure), ExceptionType: failure.type }),
  header: ({ text }) => text,
  "no json": ({ text }) => text,
};
