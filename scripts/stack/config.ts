import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { parse } from "yaml";
import { groupOutputs } from "../../config/outputs.ts";
import { type Config, readConfig } from "../../config/read.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import { listed } from "../../mail/naming.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { workspaceEngine } from "../engine/find.ts";
import { LOG_IN, shortNameOf, wordsOf } from "../engine/operation.ts";
import { projectRoot } from "../setup/root.ts";

/** What only a stack that was brought up knows of a domain: its output `dns.<domain>`. */
export interface KnownDomain {
  /** The CNAME records that DKIM needs. */
  readonly dkim: readonly { readonly name: string; readonly content: string }[];
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: string;
}

/** A stack's configuration as its program would get it. */
export interface StackConfig {
  /** The stack's name, without organisation and project. */
  readonly stack: string;
  /** Each value as text, or as JSON in a text; secrets are decrypted. */
  readonly raw: Readonly<Record<string, string>>;
  /** Keys whose values are secret, or contain something secret. */
  readonly secretKeys: readonly string[];
}

/**
 * A stack's configuration, judged by every rule that needs no network.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws ConfigError that lists every problem; Error as `configOf`
 */
export async function loadConfig(
  stack: string,
): Promise<{ readonly name: string; readonly config: Config }> {
  const { stack: name, raw, secretKeys } = await configOf(stack);
  return { name, config: readConfig(raw, name, secretKeys) };
}

/**
 * The sender of a name, which Exchange tells from the others.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws Error that names the senders of the stack; Error for one that sends through another one, which names that one
 */
export function senderNamed(name: string, config: Config, stack: string): Sender {
  const sender = frontOf(name, config, stack);
  if (sender.name === name) return sender;
  throw new Error(
    `sender "${name}" sends through "${sender.name}", and Exchange can't tell the two apart: name "${sender.name}", and it is done for all that send through it; nothing was changed`,
  );
}

/**
 * The sender of a name, or the one that it sends through.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws Error that names the senders of the stack
 */
export function frontOf(name: string, { senders }: Config, stack: string): Sender {
  const isNamed = (one: { readonly name: string }) => one.name === name;
  const sender = senders.find(isNamed) ?? senders.find(({ members }) => members?.some(isNamed));
  if (sender !== undefined) return sender;
  const known = senders.flatMap((one) => [one, ...(one.members ?? [])]).map((one) => one.name);
  throw new Error(
    `stack "${shortNameOf(stack)}" has no sender "${name}"; use one of ${listed(known)}; nothing was changed`,
  );
}

/**
 * Reads what `pulumi config` shows: from the stack file, Pulumi.yaml and Pulumi ESC. The engine reads it, as no other
 * YAML reader takes all that it takes. A stack that is not in the backend, or whose backend can't be reached, is read
 * by its files alone.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @param root the project's folder
 * @throws Error when there is no configuration, or it can't be read; no value is in its message
 */
export async function configOf(stack: string, root = projectRoot): Promise<StackConfig> {
  const name = shortNameOf(stack);
  const config = await openProject({}, { workDir: root })
    .then((workspace) => workspace.getAllConfig(stack))
    .catch(async (cause: Error) => {
      const words = wordsOf(cause);
      return configOfFiles(name, root).catch((error: Error) =>
        unreadable(/no stack named/.test(words) || isOfYaml(error) ? error : cause, stack, root),
      );
    });
  const entries = Object.entries(config);
  if (entries.length === 0) {
    throw new Error(
      `there is no stack file Pulumi.${name}.yaml with a config: in it; use the name of a stack that has one`,
    );
  }
  return {
    stack: name,
    raw: Object.fromEntries(entries.map(([key, { value = "" }]) => [key, value])),
    secretKeys: entries.filter(([, { secret }]) => secret).map(([key]) => key),
  };
}

/** Reads the configuration under an empty backend. The stack is created beside the project, whose files stay as they are. */
async function configOfFiles(name: string, root: string): Promise<auto.ConfigMap> {
  const folder = await mkdtemp(join(tmpdir(), "m365-dns-"));
  try {
    const backend = { PULUMI_BACKEND_URL: `file://${folder}` };
    const project = parse(await readFile(join(root, "Pulumi.yaml"), "utf8")) as {
      name: string;
    };
    const beside = await openProject(
      { ...backend, PULUMI_CONFIG_PASSPHRASE: "none", PULUMI_OPTION_CONFIG_FILE: "" },
      { workDir: folder, projectSettings: { name: project.name, runtime: "nodejs" } },
    );
    await beside.createStack(name);
    const workspace = await openProject(backend, { workDir: root });
    return await workspace.getAllConfig(name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a file is no YAML that the engine takes, whatever the backend says. */
const isOfYaml = (error: Error): boolean => /\byaml: /i.test(wordsOf(error));

async function openProject(
  variables: Readonly<Record<string, string>>,
  options: auto.LocalWorkspaceOptions,
): Promise<auto.LocalWorkspace> {
  const { pulumiCommand, envVars } = await workspaceEngine();
  return auto.LocalWorkspace.create({
    ...options,
    pulumiCommand,
    envVars: { ...envVars, ...variables },
  });
}

async function unreadable(cause: Error, stack: string, root: string): Promise<never> {
  const words = wordsOf(cause);
  if (/decrypt|passphrase/i.test(words)) {
    const { file, keys } = await undecryptable(stack, root);
    const which = keys.length === 0 ? "values" : keys.join(", ");
    const fix = /passphrase/i.test(words)
      ? "export PULUMI_CONFIG_PASSPHRASE with the passphrase of this stack"
      : "set each again with pulumi config set --secret";
    throw new Error(`${file}: ${which} can't be decrypted: ${words}; ${fix}`, { cause });
  }
  const fix = /ESC|environments/.test(words)
    ? "import no environments in the stack file, or run npm run pulumi -- login to Pulumi Cloud, which alone can resolve them"
    : "correct the file that it names, or set what it asks for";
  throw new Error(`the stack's configuration can't be read: ${words}; ${fix}`, { cause });
}

/** The stack file, and those of its keys that have a secret value which can't be decrypted: all, where that is not known. */
async function undecryptable(stack: string, root: string) {
  const load = async (file: string): Promise<Record<string, unknown>> =>
    readFile(join(root, file), "utf8").then(parse, () => ({}));
  const { stackConfigDir = "" } = await load("Pulumi.yaml");
  const file = join(String(stackConfigDir), `Pulumi.${shortNameOf(stack)}.yaml`);
  const { config } = await load(file).catch(() => ({ config: {} }));
  const secret = Object.entries(config ?? {})
    .filter(([, value]) => JSON.stringify(value).includes('"secure":'))
    .map(([key]) => key);
  const workspace = await openProject({}, { workDir: root });
  const outcomes = await Promise.allSettled(secret.map((key) => workspace.getConfig(stack, key)));
  const failed = secret.filter((_, index) => outcomes[index]?.status === "rejected");
  return { file, keys: failed.length > 0 ? failed : secret };
}

/** What a stack's outputs say, each group by its names. */
export interface StackOutputs {
  readonly domains: ReadonlyMap<string, KnownDomain>;
  readonly senders: ReadonlyMap<string, SenderOutput>;
  /** The secrets and passwords that the stack has made, by sender. They are nobody's but the sender's: none is to be printed. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Reads a stack's outputs, all in one start of the engine; a stack that was never brought up has none.
 *
 * @throws Error when the engine or its backend can't be had
 */
export async function outputsOf(stack: string): Promise<StackOutputs> {
  const workspace = await openProject({}, { workDir: projectRoot });
  const outputs = await workspace.stackOutputs(stack).catch((cause: Error) => {
    const words = wordsOf(cause);
    if (/no stack named/.test(words)) return {} as auto.OutputMap;
    const message = `the stack's outputs can't be read from Pulumi's backend: ${words}; ${LOG_IN}`;
    throw new Error(message, { cause });
  });
  const groups = groupOutputs(outputs) as Record<string, auto.OutputMap>;
  const groupOf = <T>(group: "dns" | "senders" | "secrets"): Map<string, T> =>
    new Map(Object.entries(groups[group] ?? {}).map(([name, { value }]) => [name, value as T]));
  return { domains: groupOf("dns"), senders: groupOf("senders"), secrets: groupOf("secrets") };
}
