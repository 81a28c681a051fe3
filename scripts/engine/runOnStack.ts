import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { projectRoot } from "../setup/root.ts";
import { workspaceEngine } from "./find.ts";
import {
  Cancelled,
  EngineFailure,
  LOG_IN,
  type OperationOptions,
  runOperation,
  shortNameOf,
  wordsOf,
} from "./operation.ts";

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
 * Runs an operation on a stack of the backend that is logged in to, with its own stack file. The stack is not selected, so
 * that the one that its user works with stays selected.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @param program what the stack runs; nothing where the operation only looks at the state
 * @param onOutput gets everything that the engine prints
 * @throws EngineFailure or Cancelled; NoSuchStack, or Error when there is no engine, or the backend can't be read
 */
export async function runOnStack<T>(
  stack: string,
  program: auto.PulumiFn | undefined,
  operate: (opened: auto.Stack, options: OperationOptions) => Promise<T>,
  onOutput: (text: string) => void,
): ReturnType<typeof runOperation<T>> {
  const { pulumiCommand, envVars } = await workspaceEngine();
  const workspace = await auto.LocalWorkspace.create({
    ...{ workDir: projectRoot, pulumiCommand, envVars },
    ...(program && { program }),
  });
  workspace.selectStack = async () => undefined;
  const opened = await auto.Stack.select(stack, workspace);
  try {
    return await runOperation((options) => operate(opened, options), onOutput);
  } catch (error) {
    if (error instanceof EngineFailure || error instanceof Cancelled) throw error;
    throw unopened(stack, error as Error);
  }
}

function unopened(stack: string, cause: Error): Error {
  const words = wordsOf(cause);
  const message = `stack "${shortNameOf(stack)}" can't be opened: ${words}`;
  return /no stack named/.test(words)
    ? new NoSuchStack(`${message}; name one that npm run pulumi -- stack ls lists`, { cause })
    : new Error(`${message}; ${LOG_IN}`, { cause });
}

/**
 * Runs an operation on an empty stack beside the backend, for a stack that has a stack file and was never brought up.
 * Neither the backend nor the stack file is written.
 *
 * @param stackFile its stack file
 * @throws EngineFailure or Cancelled
 */
export async function runOnEmptyStack<T>(
  stack: string,
  program: auto.PulumiFn,
  stackFile: string,
  operate: (opened: auto.Stack, options: OperationOptions) => Promise<T>,
  onOutput: (text: string) => void,
): ReturnType<typeof runOperation<T>> {
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
    return await runOperation((options) => operate(opened, options), onOutput);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
