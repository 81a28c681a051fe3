import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { parse } from "yaml";
import { workspaceEngine } from "../engine/find.ts";
import { projectRoot } from "../setup/root.ts";

/** What only a stack that was brought up knows of a domain: its output `dns`. */
export interface KnownDomain {
  /** The CNAME records that DKIM needs. */
  readonly dkim: readonly { readonly name: string; readonly content: string }[];
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: string;
}

/**
 * The `config:` of a stack file as Pulumi hands it to the program: text, or JSON as text.
 *
 * @throws Error when there is no such file, or it holds none
 */
export async function rawConfigOf(stack: string): Promise<Record<string, string>> {
  const file = process.env.PULUMI_OPTION_CONFIG_FILE ?? join(projectRoot, `Pulumi.${stack}.yaml`);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(
      `there is no stack file Pulumi.${stack}.yaml; use the name of a stack that has one`,
    );
  });
  const { config } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config ?? {}).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/**
 * What a stack's outputs say of its domains; nothing of a stack that was never brought up.
 *
 * @throws Error when the engine or its backend can't be had
 */
export async function knownDomainsOf(stack: string): Promise<Map<string, KnownDomain>> {
  const workspace = await auto.LocalWorkspace.create({
    workDir: projectRoot,
    ...(await workspaceEngine()),
  });
  const outputs = await outputsOf(stack, workspace).catch(unreadable);
  return new Map(Object.entries((outputs.dns?.value ?? {}) as Record<string, KnownDomain>));
}

async function outputsOf(stack: string, workspace: auto.Workspace): Promise<auto.OutputMap> {
  const known = await workspace.listStacks();
  // A stack of an organisation is listed with it: org/prod.
  const isKnown = known.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
  return isKnown ? workspace.stackOutputs(stack) : {};
}

/** Repeats what the engine says of its backend, without the command line that it was called with. */
function unreadable(cause: Error): never {
  const words = /^error: (.*)$/m.exec(cause.message)?.[1] ?? cause.message;
  throw new Error(
    `the stack's outputs can't be read from Pulumi's backend: ${words}; run npm run pulumi -- login, or set PULUMI_BACKEND_URL and PULUMI_CONFIG_PASSPHRASE`,
    { cause },
  );
}
