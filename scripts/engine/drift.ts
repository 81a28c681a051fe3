import * as auto from "@pulumi/pulumi/automation/index.js";
import type { Difference } from "../../mail/drift/describe.ts";
import { projectRoot } from "../setup/root.ts";
import { workspaceEngine } from "./find.ts";
import { LOG_IN, resourceOf, runOperation, shortNameOf, wordsOf } from "./operation.ts";

/**
 * How the world differs from a stack's state: a refresh that is only previewed. It runs no program, and writes neither the
 * world nor the state.
 *
 * @param stack `prod`, or `organization/project/prod`, in the backend that is logged in to
 * @param onOutput gets every line that the engine prints
 * @throws EngineFailure, or Error when there is no engine or no such stack
 */
export async function differencesOf(
  stack: string,
  onOutput: (text: string) => void,
): Promise<Difference[]> {
  const { pulumiCommand, envVars } = await workspaceEngine();
  const opened = await auto.LocalWorkspace.selectStack(
    { stackName: stack, workDir: projectRoot },
    { pulumiCommand, envVars },
  ).catch((cause: Error) => {
    const words = wordsOf(cause);
    const fix = /no stack named/.test(words)
      ? "name one that npm run pulumi -- stack ls lists"
      : LOG_IN;
    throw new Error(`stack "${shortNameOf(stack)}" can't be opened: ${words}; ${fix}`, { cause });
  });
  const { events } = await runOperation((options) => opened.previewRefresh(options), onOutput);
  const found = events
    .map(({ resOutputsEvent }) => resOutputsEvent?.metadata)
    .filter((metadata) => metadata !== undefined)
    .filter(({ op }) => FOUND.has(op));
  if (found.length === 0) return [];
  const modified = await modificationsOf(opened);
  return found.map((metadata) => {
    const { op, urn, old, new: now } = metadata;
    const { type: kind, name } = resourceOf(metadata);
    const outputs = op === "delete" ? undefined : (now?.outputs ?? {});
    const since = modified.get(urn);
    const difference = { kind, name, before: old?.outputs ?? {}, now: outputs };
    return { ...difference, ...(since !== undefined && { since }) };
  });
}

/** When each resource's state was last changed, by URN. */
async function modificationsOf(stack: auto.Stack): Promise<ReadonlyMap<string, string>> {
  const { resources = [] } = (await stack.exportStack()).deployment as {
    readonly resources?: readonly { readonly urn: string; readonly modified?: string }[];
  };
  return new Map(resources.map(({ urn, modified = "" }) => [urn, modified]));
}

/** What a refresh finds. */
const FOUND: ReadonlySet<string> = new Set(["update", "delete"]);
