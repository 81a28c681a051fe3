import type { Lab } from "../src/lab.ts";

/** Parameters of a command: what the script gives, by the names that it uses. */
export type Given = ReadonlyMap<string, unknown>;

/** What a script runs with: the lab, what it is signed in to, what it has said. */
export interface Session {
  readonly lab: Lab;
  /** Answers to Read-Host, by the prompt. */
  readonly answer: (prompt: string) => string;
  /** What the console shows, a line each. */
  readonly printed: string[];
  /** Warnings, and errors that did not end the script. */
  readonly warnings: string[];
  /** Whether Connect-ExchangeOnline was run. */
  isInExchange: boolean;
  /** What Connect-MgGraph was run with. */
  graph: GraphSession | undefined;
}

export interface GraphSession {
  /** Sends a request; `body` is JSON. */
  ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>;
}

/** A command that failed as a service or PowerShell would have it fail: a script can catch it. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** A command: gets its parameters and what is piped to it, and gives values to the pipeline. */
export type Command = (
  call: { readonly given: Given; readonly input: readonly unknown[]; readonly line: number },
  session: Session,
) => Promise<unknown[]> | unknown[];
