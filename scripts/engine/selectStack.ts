import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { projectRoot } from "../setup/root.ts";
import { workspaceEngine } from "./find.ts";
import { LOG_IN, shortNameOf, wordsOf } from "./operation.ts";

/** The project's name, as Pulumi.yaml has it. */
export const PROJECT = "m365-smtp-relay";

/** The project's Pulumi.yaml with the program's folder added, for stacks whose settings are in another folder. */
export async function projectFile(name: string): Promise<string> {
  const project = parse(await readFile(join(projectRoot, "Pulumi.yaml"), "utf8")) as object;
  return stringify({ ...project, name, main: projectRoot, stackConfigDir: undefined });
}

/** The backend has no stack of that name. */
export class NoSuchStack extends Error {
  override readonly name = "NoSuchStack";
}

/**
 * Opens a stack of the backend that is logged in to, with its own stack file.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @param program what it runs; nothing where it only looks at the state
 * @throws NoSuchStack, or Error when there is no engine, or the backend can't be read
 */
export async function selectStack(stack: string, program?: auto.PulumiFn): Promise<auto.Stack> {
  const { pulumiCommand, envVars } = await workspaceEngine();
  const options = { pulumiCommand, envVars };
  const selected =
    program === undefined
      ? auto.LocalWorkspace.selectStack({ stackName: stack, workDir: projectRoot }, options)
      : auto.LocalWorkspace.selectStack(
          { stackName: stack, projectName: PROJECT, program },
          { ...options, workDir: projectRoot },
        );
  return selected.catch((cause: Error) => {
    const words = wordsOf(cause);
    const message = `stack "${shortNameOf(stack)}" can't be opened: ${words}`;
    if (/no stack named/.test(words)) {
      throw new NoSuchStack(`${message}; name one that npm run pulumi -- stack ls lists`, {
        cause,
      });
    }
    throw new Error(`${message}; ${LOG_IN}`, { cause });
  });
}

/**
 * Opens an empty stack beside the backend, for a stack that has a stack file and was never brought up. Neither the backend
 * nor the stack file is written.
 *
 * @param stackFile its stack file
 * @param use what is done with it; its state is gone afterwards
 */
export async function withEmptyStack<T>(
  stack: string,
  program: auto.PulumiFn,
  stackFile: string,
  use: (opened: auto.Stack) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "m365-new-stack-"));
  try {
    await writeFile(join(folder, "Pulumi.yaml"), await projectFile(PROJECT));
    await copyFile(stackFile, join(folder, `Pulumi.${shortNameOf(stack)}.yaml`));
    const { pulumiCommand, envVars } = await workspaceEngine();
    const { PULUMI_CONFIG_PASSPHRASE = "none", PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
    const passphrase =
      PULUMI_CONFIG_PASSPHRASE_FILE === undefined ? { PULUMI_CONFIG_PASSPHRASE } : {};
    const backend = { PULUMI_BACKEND_URL: `file://${folder}` };
    const opened = await auto.LocalWorkspace.createStack(
      { stackName: shortNameOf(stack), projectName: PROJECT, program },
      { workDir: folder, pulumiCommand, envVars: { ...envVars, ...passphrase, ...backend } },
    );
    return await use(opened);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
