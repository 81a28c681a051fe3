// What one operation of the engine did, why it failed, and how it is cancelled.
import {
  CommandError,
  type EngineEvent,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation/index.js";
import { withoutCredentials } from "../../mail/credentialText.ts";
import { differingNames, kindOf } from "../../mail/properties.ts";

/** One resource that an operation of the engine changes or found changed. */
export interface Change {
  /** The resource's logical name. */
  readonly name: string;
  /** Its type, without the provider's prefix: `InboundConnector`. */
  readonly type: string;
  /** Pulumi's word for it: `create`, `update`, `delete`, `replace`, … */
  readonly op: string;
  /** Names of the properties that change, of an update. */
  readonly properties: readonly string[];
}

const CHANGES: ReadonlySet<string> = new Set([
  "create",
  "update",
  "delete",
  "replace",
  "create-replacement",
  "delete-replaced",
  "import",
]);

/** The changes among an operation's events, each once: announced before it is made, or found by a read. */
export function changesOf(events: readonly EngineEvent[]): Change[] {
  const changes = new Map<string, Change>();
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined || !CHANGES.has(metadata.op)) continue;
    const { urn, type, op } = metadata;
    if (type.startsWith("pulumi:providers:")) continue;
    const properties = propertiesOf(metadata);
    changes.set(`${op} ${urn}`, { ...resourceOf(metadata), op, properties });
  }
  return [...changes.values()];
}

/** A resource's logical name. */
export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** A resource's logical name, and its type without the provider's prefix. */
export const resourceOf = ({ urn, type }: StepEventMetadata): Pick<Change, "name" | "type"> => ({
  name: nameOf(urn),
  type: kindOf(type),
});

/** Where the bridge of Terraform's plugins notes which inputs are defaults; a refresh drops it. */
const NO_INPUTS: ReadonlySet<string> = new Set(["__defaults"]);

/** Names of the inputs that differ. The engine reports none for dynamic resources, so they are compared here. */
function propertiesOf({ op, old, new: now }: StepEventMetadata): string[] {
  if (op !== "update" || old === undefined || now === undefined) return [];
  return differingNames(old.inputs, now.inputs, NO_INPUTS);
}

/** An operation of the engine that failed, described by its error diagnostics instead of all it printed. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";
  /** One text per error that the engine reported. */
  readonly diagnostics: readonly string[];
  /** All that the engine reported until then. */
  readonly events: readonly EngineEvent[];

  constructor(diagnostics: readonly string[], events: readonly EngineEvent[], cause: unknown) {
    super(diagnostics.join("\n"), { cause });
    this.diagnostics = diagnostics;
    this.events = events;
  }
}

/** Ctrl-C or SIGTERM ended an operation of the engine, so that how it ended says nothing of the stack. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** The errors among an operation's events as one EngineFailure; `cause` itself when there are none. */
function engineFailure(events: readonly EngineEvent[], cause: unknown): unknown {
  const errors = events
    .map(({ diagnosticEvent }) => diagnosticEvent)
    .filter((diagnostic) => diagnostic?.severity === "error")
    .map((diagnostic) => withoutColour(diagnostic?.message ?? ""))
    .filter((message) => message !== "" && !/^(update|preview|destroy) failed$/.test(message));
  return errors.length === 0 ? cause : new EngineFailure([...new Set(errors)], events, cause);
}

/** What the engine says, without the command line that it was called with, what else it printed, and credentials. */
export function wordsOf(cause: Error): string {
  const said = cause instanceof CommandError ? "pulumi failed" : cause.message;
  const words = /^error: (.*)$/m.exec(cause.message)?.[1] ?? said;
  return withoutCredentials(words.endsWith(":") ? `${words}${placesIn(cause.message)}` : words);
}

/** Where a YAML file is wrong, by its lines; what they say of its texts is left out, as these may be anything. */
function placesIn(message: string): string {
  const places = [...message.matchAll(/^ +(line \d+: .*)$/gm)].map(([, place = ""]) =>
    place.replaceAll(/"[^"]*"|`[^`]*`/g, "…"),
  );
  return ` ${[...new Set(places)].join(", ")}`;
}

/** A stack's name without organisation and project: `prod` of `organization/project/prod`. */
export const shortNameOf = (stack: string): string => stack.slice(stack.lastIndexOf("/") + 1);

/** What helps where the engine can't read its backend. */
export const LOG_IN =
  "run npm run pulumi -- login, or set PULUMI_BACKEND_URL and PULUMI_CONFIG_PASSPHRASE";

/** Without the engine's colour marks, `<{%reset%}>`. */
const withoutColour = (text: string): string => text.replace(/<\{%[^%]*%\}>/g, "").trim();

/** What the Automation API's operations take. */
export interface OperationOptions {
  readonly onOutput: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly color: "never";
}

/**
 * Runs one operation of the engine, keeps its events, and hands it Ctrl-C.
 *
 * @param onOutput gets everything that the engine prints
 * @throws EngineFailure or Cancelled
 */
export async function runOperation<T>(
  operate: (options: OperationOptions) => Promise<T>,
  onOutput: (text: string) => void,
): Promise<{ readonly result: T; readonly events: readonly EngineEvent[] }> {
  const events: EngineEvent[] = [];
  const cancel = cancelOnSignal();
  try {
    const result = await operate({
      color: "never",
      signal: cancel.signal,
      onOutput: (text) => {
        cancel.onOutput(text);
        onOutput(text);
      },
      onEvent: (event) => events.push(event),
    });
    return { result, events };
  } catch (error) {
    if (cancel.isRequested()) throw new Cancelled("it was interrupted", { cause: error });
    throw engineFailure(events, error);
  } finally {
    cancel.done();
  }
}

/** Hands Ctrl-C and SIGTERM to a running operation of the engine. */
interface Cancellation {
  readonly signal: AbortSignal;
  /** Whether a signal came. */
  isRequested(): boolean;
  /** Takes everything the engine prints, so that the engine is not interrupted twice. */
  onOutput(text: string): void;
  /** Call it when the operation has ended. */
  done(): void;
}

/** A terminal's Ctrl-C reaches the engine by itself; how long to wait for it to say so, in milliseconds. */
const ENGINE_ANSWERS_WITHIN = 500;

/**
 * On SIGINT the engine gets half a second to notice by itself, as a second signal would make it drop the running
 * operation and leave it pending in the state; SIGTERM is handed on at once. Either way the running operation ends
 * first, everything is recorded and the lock is gone.
 */
function cancelOnSignal(): Cancellation {
  const abort = new AbortController();
  let isRequested = false;
  let engineHeard = false;
  let waiting: NodeJS.Timeout | undefined;
  const onInterrupt = () => {
    isRequested = true;
    waiting ??= setTimeout(() => {
      if (!engineHeard) abort.abort();
    }, ENGINE_ANSWERS_WITHIN);
  };
  const onTerminate = () => {
    isRequested = true;
    abort.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  return {
    signal: abort.signal,
    isRequested: () => isRequested,
    onOutput(text) {
      if (text.includes("^C received")) engineHeard = true;
    },
    done() {
      clearTimeout(waiting);
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
    },
  };
}
