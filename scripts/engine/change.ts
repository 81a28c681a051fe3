import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** One resource that an operation of the engine changes or found changed. */
export interface Change {
  /** The resource's logical name. */
  readonly name: string;
  /** Its type, without the provider's prefix: `InboundConnector`. */
  readonly type: string;
  /** Pulumi's word for it: `create`, `update`, `delete`, `replace`, … */
  readonly op: string;
  /** Names of the properties that change, where the engine tells. */
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

/** The changes that an operation's events tell of, each once: announced before, or found by a read. */
export function changesOf(events: readonly EngineEvent[]): Change[] {
  const changes = new Map<string, Change>();
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined || !CHANGES.has(metadata.op)) continue;
    const { urn, type, op, diffs } = metadata;
    changes.set(`${op} ${urn}`, {
      name: urn.slice(urn.lastIndexOf("::") + 2),
      type: type.slice(Math.max(type.lastIndexOf(":"), type.lastIndexOf("/")) + 1),
      op,
      properties: diffs ?? [],
    });
  }
  return [...changes.values()];
}
