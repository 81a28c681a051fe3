import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { kindOf, type Properties, text } from "../../mail/properties.ts";
import { nameOf, shortNameOf } from "../engine/operation.ts";
import { NoSuchStack, runOnStack } from "../engine/runOnStack.ts";
import { runUnlocked } from "./unlocked.ts";

/** A resource as the stack's state has it. */
export interface StateResource {
  readonly urn: string;
  /** `InboundConnector` */
  readonly kind: string;
  /** Its logical name. */
  readonly name: string;
  readonly outputs: Properties;
  readonly protect: boolean;
  /** Whether its provider is one of Pulumi's own, which fail to delete what is gone. */
  readonly isOfPlugin: boolean;
}

/** What a teardown has to know of a stack's state. */
export interface StackState {
  readonly resources: readonly StateResource[];
  /** URNs of what a killed run was creating: it may be there, and the state has no id of it. */
  readonly pendingCreates: readonly string[];
  readonly tenants: ReadonlySet<string>;
  /** Ids of zones with records of the stack's, by name. */
  readonly zones: ReadonlyMap<string, string>;
}

interface Deployment {
  readonly resources?: readonly {
    readonly urn: string;
    readonly type: string;
    readonly custom: boolean;
    readonly outputs?: Properties;
    readonly protect?: boolean;
    readonly delete?: boolean;
  }[];
  readonly pending_operations?: readonly {
    readonly type: string;
    readonly resource: { readonly urn: string };
  }[];
}

/**
 * Reads a stack's state.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @param repairs whether a file that a killed engine left half written is taken away; else it is an error
 * @returns undefined where the backend has no such stack
 * @throws Error when there is no engine, or the backend can't be read
 */
export async function readState(
  stack: string,
  { repairs }: { readonly repairs: boolean },
): Promise<StackState | undefined> {
  const read = (opened: Stack) => opened.exportStack();
  try {
    const { deployment } = repairs
      ? await runUnlocked(stack, undefined, read)
      : (await runOnStack(stack, undefined, read, () => {})).result;
    return stateOf(deployment as Deployment);
  } catch (error) {
    if (error instanceof NoSuchStack) return undefined;
    if (!repairs && /failed to load checkpoint/.test((error as Error).message)) {
      throw new Error(
        `stack "${shortNameOf(stack)}" can't be opened: failed to load checkpoint: EOF; a killed run has left a file half written, which a teardown without --dry-run takes away`,
        { cause: error },
      );
    }
    throw error;
  }
}

function stateOf({ resources = [], pending_operations: pending = [] }: Deployment): StackState {
  const custom = resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ urn, type, outputs = {}, protect = false }) => ({
      ...{ urn, outputs, protect },
      kind: kindOf(type),
      name: nameOf(urn),
      isOfPlugin: !type.startsWith("pulumi-nodejs:"),
    }));
  const texts = (key: string) =>
    custom.map(({ outputs }) => text(outputs[key])).filter((value) => value !== "");
  return {
    resources: custom,
    pendingCreates: pending
      .filter(({ type }) => type === "creating" || type === "importing")
      .map(({ resource }) => resource.urn),
    tenants: new Set(texts("tenantId").map((id) => id.toLowerCase())),
    zones: new Map(
      custom.flatMap(({ outputs }) =>
        text(outputs.zoneId) === "" ? [] : [[text(outputs.zone), text(outputs.zoneId)]],
      ),
    ),
  };
}
