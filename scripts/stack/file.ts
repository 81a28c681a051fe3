import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../setup/root.ts";

/**
 * A stack file's path from the project's folder.
 *
 * @param stack the stack's name, without organisation and project
 */
export async function stackFilePath(stack: string, root = projectRoot): Promise<string> {
  const text = await readFile(join(root, "Pulumi.yaml"), "utf8");
  const { stackConfigDir = "" } = yamlObject(text);
  return join(String(stackConfigDir), `Pulumi.${stack}.yaml`);
}

/**
 * Absolute path of the stack file that the engine reads.
 *
 * @returns undefined where the stack has none; another file is every stack's, and says of none that there is such a stack
 */
export async function ownStackFile(stack: string): Promise<string | undefined> {
  const path = join(projectRoot, await stackFilePath(stack));
  return otherFile() === undefined && existsSync(path) ? path : undefined;
}

/** The one file that the engine reads in place of every stack's, if there is one. */
export const otherFile = (): string | undefined =>
  process.env.PULUMI_OPTION_CONFIG_FILE || undefined;

/** The `config:` of the stack file that the engine reads; empty where there is none, or it can't be read as YAML. */
export async function readStackFile(
  stack: string,
  root = projectRoot,
): Promise<Record<string, unknown>> {
  const path = otherFile() ?? join(root, await stackFilePath(stack, root));
  return configIn(await readFile(path, "utf8").catch(() => ""));
}

/** The `config:` of a stack file's text. */
export const configIn = (text: string): Record<string, unknown> => {
  const { config } = yamlObject(text);
  return typeof config === "object" && config !== null ? (config as Record<string, unknown>) : {};
};

function yamlObject(text: string): Record<string, unknown> {
  try {
    return (parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
