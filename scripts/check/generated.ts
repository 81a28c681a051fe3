import { stackFileSchema } from "../../config/jsonSchema.ts";
import { declareReplies } from "../../lab/src/replyFiles.ts";
import { DEFAULT_SEED, labStackFile } from "../../lab/stack/stackFile.ts";

/** A file that is written by a program and committed. */
export interface GeneratedFile {
  /** Path from the project's folder. */
  file: string;
  /** The file's whole text. */
  generate(): string | Promise<string>;
}

/** Every generated file. `npm run generate` writes them, `npm run check` says which are stale. */
export const generatedFiles: readonly GeneratedFile[] = [
  {
    file: "docs/reference/config.schema.json",
    generate: () => `${JSON.stringify(stackFileSchema(), null, 2)}\n`,
  },
  { file: "Pulumi.lab.yaml", generate: () => labStackFile(DEFAULT_SEED) },
  { file: "lab/replies/replies.d.ts", generate: declareReplies },
];
