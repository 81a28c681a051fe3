import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

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

/** The changes that an operation's events tell of, each once: announced before, or found by a read. */
export function changesOf(events: readonly EngineEvent[]): Change[] {
  const changes = new Map<string, Change>();
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined || !CHANGES.has(metadata.op)) continue;
    const { urn, type, op } = metadata;
    if (type.startsWith("pulumi:providers:")) continue;
    changes.set(`${op} ${urn}`, {
      name: urn.slice(urn.lastIndexOf("::") + 2),
      type: type.slice(Math.max(type.lastIndexOf(":"), type.lastIndexOf("/")) + 1),
      op,
      properties: propertiesOf(metadata),
    });
  }
  return [...changes.values()];
}

/** The bridge of Terraform's plugins notes here which inputs are defaults, and forgets it at a refresh. */
const NO_INPUT = "__defaults";

/** Names of the inputs that differ. The engine tells none for dynamic resources, so they are compared here. */
function propertiesOf({ op, old, new: now }: StepEventMetadata): string[] {
  if (op !== "update" || old === undefined || now === undefined) return [];
  const names = new Set([...Object.keys(old.inputs), ...Object.keys(now.inputs)]);
  return [...names]
    .filter(
      (name) =>
        name !== NO_INPUT && JSON.stringify(old.inputs[name]) !== JSON.stringify(now.inputs[name]),
    )
    .sort();
}
