import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ENGINE_SETTINGS } from "../../scripts/engine/engine.ts";
import { findEngine } from "../../scripts/engine/find.ts";
import { LAB_PASSPHRASE, LAB_STACK, type Scene } from "../stack/scene.ts";

/**
 * Writes what a plain `pulumi` needs to work on a served lab, for a POSIX shell to read with `.`; only its owner
 * may read it, as it holds the lab's client secret.
 *
 * @param name the file's
 * @param env variables of the identity that it is for
 * @param stackFile the stack file to use in place of Pulumi.lab.yaml
 * @returns the file's path
 */
export async function writeEnvFile(
  folder: string,
  name: string,
  env: Readonly<Record<string, string>>,
  { stack }: Pick<Scene, "stack">,
  stackFile: string | undefined,
): Promise<string> {
  const engine = await findEngine();
  const ours = engine.kind === "found" && engine.from !== "PATH" ? [engine.binFolder] : [];
  const variables = {
    ...env,
    PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
    PULUMI_STACK: LAB_STACK,
    PULUMI_CONFIG_PASSPHRASE: LAB_PASSPHRASE,
    ...ENGINE_SETTINGS,
    ...(stackFile === undefined ? {} : { PULUMI_OPTION_CONFIG_FILE: stackFile }),
  };
  // An engine of the user's own comes before ours; the right Node before any other.
  const path = `PATH=${[quoted(dirname(process.execPath)), "$PATH", ...ours.map(quoted)].join(":")}`;
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const file = join(folder, name);
  await rm(file, { force: true });
  await writeFile(file, [...lines, path].map((line) => `export ${line}\n`).join(""), {
    mode: 0o600,
  });
  return file;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
