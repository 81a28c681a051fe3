import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../../scripts/setup/root.ts";

const HERE = import.meta.dirname;

/** The dynamic provider of a fixture's stacks. */
export interface ProviderHost {
  /** What belongs into the engine's environment, beside the lab's. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/**
 * Starts a process that is the dynamic provider of every run of an engine with this environment.
 *
 * @param folder holds its socket
 * @param root of the project, or of another checkout of it
 */
export async function openProviderHost(
  folder: string,
  env: Readonly<Record<string, string>>,
  root = projectRoot,
): Promise<ProviderHost> {
  const socket = join(folder, "provider.sock");
  const host = fork(join(HERE, "host.ts"), [socket], {
    cwd: root,
    env: { ...process.env, ...env },
    // It takes the types out of TypeScript by a function of Node's that says each time that it is experimental.
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  await once(host, "message");
  const preload = pathToFileURL(join(HERE, "handOver.mjs")).href;
  return {
    env: { PROVIDER_HOST: socket, NODE_OPTIONS: `--import=${preload}` },
    close: () => void host.kill("SIGKILL"),
  };
}
