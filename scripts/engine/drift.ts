import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import type { Difference } from "../../mail/drift/describe.ts";
import { resourceOf } from "./operation.ts";
import { runOnStack } from "./runOnStack.ts";

/**
 * How the world differs from a stack's state: a refresh that is only previewed. It runs no program, and writes neither the
 * world nor the state.
 *
 * @param stack `prod`, or `organization/project/prod`, in the backend that is logged in to
 * @param onOutput gets every line that the engine prints
 * @throws EngineFailure or Cancelled, or Error when there is no engine or no such stack
 */
export async function differencesOf(
  stack: string,
  onOutput: (text: string) => void,
): Promise<Difference[]> {
  const { result, events } = await runOnStack(
    stack,
    undefined,
    async (opened, options) => {
      await opened.previewRefresh(options);
      return opened;
    },
    onOutput,
  );
  const found = differencesIn(events, ["update", "delete"]);
  if (found.length === 0) return [];
  const modified = await modificationsOf(result);
  return found.map(({ urn, ...difference }) => {
    const since = modified.get(urn);
    return { ...difference, ...(since !== undefined && { since }) };
  });
}

/** When each resource's state was last changed, by URN. */
async function modificationsOf(stack: Stack): Promise<ReadonlyMap<string, string>> {
  const { resources = [] } = (await stack.exportStack()).deployment as {
    readonly resources?: readonly { readonly urn: string; readonly modified?: string }[];
  };
  return new Map(resources.map(({ urn, modified = "" }) => [urn, modified]));
}

/**
 * What the reads of an operation found, with the resources' URNs.
 *
 * @param operations the engine's words for a resource that was read: those of a refresh alone, or of one before a preview
 */
export function differencesIn(
  events: readonly EngineEvent[],
  operations: readonly string[],
): (Difference & { readonly urn: string })[] {
  return events.flatMap(({ resOutputsEvent }) => {
    const metadata = resOutputsEvent?.metadata;
    if (metadata === undefined || !operations.includes(metadata.op)) return [];
    const { op, urn, old, new: now } = metadata;
    const { type: kind, name } = resourceOf(metadata);
    const outputs = op === "delete" ? undefined : now?.outputs;
    return [{ kind, name, urn, before: old?.outputs ?? {}, now: outputs }];
  });
}
