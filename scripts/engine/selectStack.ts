import * as auto from "@pulumi/pulumi/automation/index.js";
import { projectRoot } from "../setup/root.ts";
import { workspaceEngine } from "./find.ts";
import { LOG_IN, shortNameOf, wordsOf } from "./operation.ts";

/**
 * Opens a stack of the backend that is logged in to, with its own stack file.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @param program what it runs; nothing where it only looks at the state
 * @throws Error when there is no engine or no such stack
 */
export async function selectStack(stack: string, program?: auto.PulumiFn): Promise<auto.Stack> {
  const { pulumiCommand, envVars } = await workspaceEngine();
  const options = { pulumiCommand, envVars };
  const selected =
    program === undefined
      ? auto.LocalWorkspace.selectStack({ stackName: stack, workDir: projectRoot }, options)
      : auto.LocalWorkspace.selectStack(
          { stackName: stack, projectName: "m365-smtp-relay", program },
          { ...options, workDir: projectRoot },
        );
  return selected.catch((cause: Error) => {
    const words = wordsOf(cause);
    const fix = /no stack named/.test(words)
      ? "name one that npm run pulumi -- stack ls lists"
      : LOG_IN;
    throw new Error(`stack "${shortNameOf(stack)}" can't be opened: ${words}; ${fix}`, { cause });
  });
}
