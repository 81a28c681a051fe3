import * as auto from "@pulumi/pulumi/automation/index.js";
import program from "../../index.ts";
import type { Difference } from "../../mail/drift/describe.ts";
import { projectRoot } from "../setup/root.ts";
import { workspaceEngine } from "./find.ts";
import { PROJECT } from "./openStack.ts";
import { cancelOnSignal, engineFailure, LOG_IN, wordsOf } from "./operation.ts";

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
  const name = stack.slice(stack.lastIndexOf("/") + 1);
  const opened = await auto.LocalWorkspace.selectStack(
    { stackName: stack, projectName: PROJECT, program },
    { workDir: projectRoot, pulumiCommand, envVars },
  ).catch((cause: Error) => {
    const words = wordsOf(cause);
    const fix = /no stack named/.test(words)
      ? "name one that npm run pulumi -- stack ls lists"
      : LOG_IN;
    throw new Error(`stack "${name}" can't be opened: ${words}; ${fix}`, { cause });
  });
  const events: auto.EngineEvent[] = [];
  const cancel = cancelOnSignal();
  try {
    await opened.previewRefresh({
      color: "never",
      signal: cancel.signal,
      onOutput: (text) => {
        cancel.onOutput(text);
        onOutput(text);
      },
      onEvent: (event) => events.push(event),
    });
  } catch (error) {
    throw engineFailure(events, error);
  } finally {
    cancel.done();
  }
  return events.flatMap(({ resOutputsEvent }) => {
    const metadata = resOutputsEvent?.metadata;
    if (metadata === undefined || !FOUND.has(metadata.op)) return [];
    const { urn, type, op, old, new: now } = metadata;
    return [
      {
        kind: type.slice(Math.max(type.lastIndexOf(":"), type.lastIndexOf("/")) + 1),
        name: urn.slice(urn.lastIndexOf("::") + 2),
        before: old?.outputs ?? {},
        now: op === "delete" ? undefined : (now?.outputs ?? {}),
      },
    ];
  });
}

/** What a refresh finds. */
const FOUND: ReadonlySet<string> = new Set(["update", "delete"]);
