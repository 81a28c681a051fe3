import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** An operation of the engine that failed, told by its own error diagnostics instead of all it printed. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";
  /** One text per error that the engine reported. */
  readonly diagnostics: readonly string[];

  constructor(diagnostics: readonly string[], cause: unknown) {
    super(diagnostics.join("\n"), { cause });
    this.diagnostics = diagnostics;
  }
}

/** The engine's errors out of its events; what it said itself when there are none. */
export function engineFailure(events: readonly EngineEvent[], cause: unknown): unknown {
  const told = events
    .map(({ diagnosticEvent }) => diagnosticEvent)
    .filter((diagnostic) => diagnostic?.severity === "error")
    .map((diagnostic) => plain(diagnostic?.message ?? ""))
    .filter((message) => message !== "" && !/^(update|preview|destroy) failed$/.test(message));
  return told.length === 0 ? cause : new EngineFailure([...new Set(told)], cause);
}

/** Without the engine's colour marks, `<{%reset%}>`. */
const plain = (text: string): string => text.replace(/<\{%[^%]*%\}>/g, "").trim();
