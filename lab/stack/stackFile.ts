import { stringify } from "yaml";
import { makeWorld } from "../src/world/make.ts";
import { labConfig } from "./stackConfig.ts";

/** The seed of the lab's world when nobody names one; the committed stack file is of this world. */
export const DEFAULT_SEED = "1";

/** Salt of the lab's passphrase, committed so that no run has to write one into the stack file. */
const SALT = "v1:PWn/HdFr2Uo=:v1:3Nycit5wzzq5QTMD:wweKjeX+5Q8qS2wN6MexT1tovAx2FQ==";

/** The stack file of a lab's world, for the plain `pulumi` command. */
export function labStackFile(seed: string): string {
  const stackFile = { encryptionsalt: SALT, config: labConfig(makeWorld(seed)) };
  return `# yaml-language-server: $schema=docs/reference/config.schema.json
# The lab's stack, of the world with seed ${seed}. Written by \`npm run generate\`; see scripts/lab/stackConfig.ts.
${stringify(stackFile, { lineWidth: 0 })}`;
}
