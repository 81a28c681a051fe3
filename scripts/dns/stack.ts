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
  const known = await workspace.listStacks();
  // A stack of an organisation is listed with it: org/prod.
  if (!known.some(({ name }) => name === stack || name.endsWith(`/${stack}`))) return new Map();
  const outputs = await workspace.stackOutputs(stack);
  return new Map(Object.entries((outputs.dns?.value ?? {}) as Record<string, KnownDomain>));
}
