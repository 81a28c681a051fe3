// The files that are written by a program and committed. `npm run generate` writes them, `npm run check` says which are
// stale.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stackFileSchema } from "../../config/jsonSchema.ts";
import { unprovenPage } from "../../lab/cli/unproven.ts";
import { declareReplies } from "../../lab/src/replyFiles.ts";
import { DEFAULT_SEED, labStackFile } from "../../lab/stack/stackConfig.ts";
import { forgetMarksScript } from "../../mail/eject/forgetMarks.ts";
import { relayScript } from "../../mail/eject/script.ts";
import { projectRoot } from "../setup/root.ts";
import { ejectExample } from "./ejectExample.ts";
import { guardrailsPage } from "./guardrailsPage.ts";
import { limitsPage } from "./limitsPage.ts";

interface GeneratedFile {
  /** Path from the project's folder. */
  file: string;
  /** The file's whole text. */
  generate(): string | Promise<string>;
}

export const generatedFiles: readonly GeneratedFile[] = [
  {
    file: "docs/reference/config.schema.json",
    generate: () => `${JSON.stringify(stackFileSchema(), null, 2)}\n`,
  },
  { file: "Pulumi.lab.yaml", generate: () => labStackFile(DEFAULT_SEED) },
  { file: "lab/replies/replies.d.ts", generate: declareReplies },
  { file: "docs/reference/unproven.md", generate: unprovenPage },
  { file: "docs/reference/guardrails.md", generate: guardrailsPage },
  { file: "docs/reference/limits.md", generate: limitsPage },
  { file: "docs/examples/eject/relay.ps1", generate: () => relayScript(...ejectExample()) },
  {
    file: "docs/examples/eject/forget-marks.ps1",
    generate: () => forgetMarksScript(...ejectExample()),
  },
];

/** A sentence for each generated file that is not what its generator would write now. */
export async function staleFiles(): Promise<string[]> {
  const problems = await Promise.all(generatedFiles.map(staleness));
  return problems.filter((text) => text !== undefined);
}

async function staleness({ file, generate }: GeneratedFile): Promise<string | undefined> {
  try {
    const [committed, wanted] = await Promise.all([readText(join(projectRoot, file)), generate()]);
    if (committed === wanted) return undefined;
    return `${file} is ${committed === undefined ? "missing" : "stale"}: run \`npm run generate\``;
  } catch (error) {
    return `${file} can't be generated: ${(error as Error).stack}`;
  }
}

/** A file's text; undefined when there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
