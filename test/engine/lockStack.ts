import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";

/** No process has this id: it is beyond what Linux gives. */
export const NOBODY = 2 ** 22 + 1;

/** Locks a stack `lab` as the file backend does for an engine of this host and process. */
export async function lockStack(
  { stateFolder }: OpenedStack,
  { host, pid }: { readonly host: string; readonly pid: number },
): Promise<void> {
  const folder = join(stateFolder, ".pulumi/locks/organization/m365-smtp-relay/lab");
  await mkdir(folder, { recursive: true });
  const lock = { pid, username: "root", hostname: host, timestamp: new Date().toISOString() };
  await writeFile(join(folder, "0b0d5a3c-7f0e-4c55-9b61-3f3f0f5f9c11.json"), JSON.stringify(lock));
}
