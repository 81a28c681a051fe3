// A library rather than a script: the lab, the tests of the real engine and the benchmarks open their stacks with it.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { groupOutputs } from "../../config/outputs.ts";
import program from "../../index.ts";
import { workspaceEngine } from "./find.ts";
import { type Change, changesOf, runOperation } from "./operation.ts";
import { hasStaleLock, removeTornAttributes } from "./recovery.ts";
import { PROJECT, projectFile } from "./runOnStack.ts";

export interface StackSettings {
  /** The project's name. @default what Pulumi.yaml has */
  readonly project?: string;
  /** The stack's name. */
  readonly stack: string;
  /** Folder that holds the stack's state and its settings; made when it is missing. */
  readonly folder: string;
  /** The stack file's `config:`, by full key. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Environment of the engine and its providers, beside this process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Passphrase of the state's secrets. */
  readonly passphrase: string;
  /** A service that keeps the key of a new stack's secrets, `hashivault://…`. @default the passphrase */
  readonly secretsProvider?: string;
  /** The program; index.ts when left out. */
  readonly program?: auto.PulumiFn;
  /** A policy pack that each preview and `up` has to pass: its path, and that of its configuration. @default none */
  readonly policyPack?: { readonly path: string; readonly config?: string };
  /** Gets every line that the engine prints. */
  readonly onOutput?: (text: string) => void;
  /** Gets what the engine reports while it works. */
  readonly onEvent?: (event: auto.EngineEvent) => void;
}

/** A stack on the real engine, with the program that users run. Calls reject with EngineFailure, or with Cancelled. */
export interface OpenedStack {
  /**
   * What an `up` would do, by its state alone; unchanged resources are left out.
   *
   * @param options `diff` prints it as `--diff` does. @default false
   */
  preview(options?: { readonly diff?: boolean }): Promise<Change[]>;
  /** How the world differs from the state; writes nothing. */
  drift(): Promise<Change[]>;
  /**
   * Brings the world to what the program declares, after a refresh of the state when `refresh` is set. Like the
   * command it previews first, so that a refused check stops it before anything is written. Resources that a killed
   * run left unfinished are taken over, and their pending operations are cleared.
   */
  up(options?: UpOptions): Promise<UpResult>;
  /** Brings the state up to what the world is. */
  refresh(): Promise<Change[]>;
  /**
   * Deletes everything. Resources that a killed run left unfinished are brought into the state first: the engine
   * would forget them and leave them in the world.
   */
  destroy(): Promise<Change[]>;
  /** Gives the stack another configuration, from the next operation on. */
  configure(config: StackSettings["config"]): Promise<void>;
  /** The state as it lies on disk, secrets encrypted. */
  exportState(): Promise<auto.Deployment>;
  importState(state: auto.Deployment): Promise<void>;
  /** Folder of the state files. */
  readonly stateFolder: string;
}

/** As the command's options of these names; none is set by default. */
export interface UpOptions {
  readonly refresh?: boolean;
  /** For a change that is known to pass. */
  readonly skipPreview?: boolean;
  /** Goes on with the other resources when one fails. */
  readonly continueOnError?: boolean;
}

export interface UpResult {
  readonly changes: Change[];
  /** The stack's outputs, grouped: `senders`, `dns`, `secrets`, `pending`. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Opens a stack: the one way that the lab, the tests, the benchmarks and the scripts run the program.
 *
 * The stack's settings are a copy of its own in `folder`, so that no run edits a committed stack file. The program
 * runs in this process. Ctrl-C cancels the running operation and keeps the state whole. The lock of an engine that died
 * on this machine is removed, and so are the files that it was writing.
 *
 * @throws Error when there is no engine
 */
export async function openStack(settings: StackSettings): Promise<OpenedStack> {
  const { project = PROJECT, stack: name, folder, onOutput = () => {} } = settings;
  const policies = policyOptions(settings.policyPack);
  const { pulumiCommand, envVars: engineEnv } = await workspaceEngine();
  const stateFolder = join(folder, "state");
  await mkdir(stateFolder, { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), await projectFile(project));
  const configure = (config: StackSettings["config"]) =>
    writeStackFile(join(folder, `Pulumi.${name}.yaml`), config);
  await configure(settings.config);
  await removeTornAttributes(stateFolder);
  const envVars = {
    ...engineEnv,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: settings.passphrase,
    ...settings.env,
  };
  const { observed, outputs } = observeOutputs(settings.program ?? program);
  const workspace = await auto.LocalWorkspace.create({
    workDir: folder,
    program: observed,
    pulumiCommand,
    envVars,
    ...(settings.secretsProvider && { secretsProvider: settings.secretsProvider }),
  });
  // Every command names its stack: to select it would start the engine, and to ask whether it is there once more.
  workspace.selectStack = async () => undefined;
  const stateFile = join(stateFolder, ".pulumi", "stacks", project, `${name}.json`);
  const stack = existsSync(stateFile)
    ? await auto.Stack.select(name, workspace)
    : await auto.Stack.create(name, workspace);

  // After `up` the SDK starts the engine three times for the outputs and for a summary: more than a second.
  stack.info = async () => undefined;
  stack.outputs = async () => outputs();

  if (await hasStaleLock(stateFolder, name)) await stack.cancel();

  const run = async <T>(
    operate: Parameters<typeof runOperation<T>>[0],
  ): Promise<{ result: T; changes: Change[] }> => {
    const { result, events } = await runOperation(
      (options) =>
        operate({
          ...options,
          onEvent(event) {
            options.onEvent(event);
            settings.onEvent?.(event);
          },
        }),
      onOutput,
    );
    return { result, changes: changesOf(events) };
  };

  const up = async ({
    refresh = false,
    skipPreview = false,
    continueOnError = false,
  }: UpOptions = {}): Promise<UpResult> => {
    if (!skipPreview) await run((options) => stack.preview({ ...options, ...policies, refresh }));
    const { result, changes } = await run((options) =>
      stack.up({ ...options, ...policies, refresh, continueOnError, showSecrets: false }),
    );
    const outputs = Object.entries(result.outputs).map(([key, { value }]) => [key, value]);
    return { changes, outputs: groupOutputs(Object.fromEntries(outputs)) };
  };
  const refresh = async (clearPendingCreates: boolean): Promise<Change[]> => {
    const { changes } = await run((options) =>
      stack.refresh({ ...options, clearPendingCreates, showSecrets: false }),
    );
    return changes;
  };
  const isPending = async (): Promise<boolean> => {
    const { checkpoint } = JSON.parse(await readFile(stateFile, "utf8")) as StateFile;
    return (checkpoint.latest?.pending_operations ?? []).length > 0;
  };

  return {
    stateFolder,
    configure,
    preview: async ({ diff = false } = {}) =>
      (await run((options) => stack.preview({ ...options, ...policies, diff }))).changes,
    drift: async () => (await run((options) => stack.previewRefresh(options))).changes,
    up: async (options) => {
      const done = await up(options);
      if (await isPending()) await refresh(true);
      return done;
    },
    refresh: () => refresh(false),
    destroy: async () => {
      if (await isPending()) {
        await up();
        await refresh(true);
      }
      const { changes } = await run((options) => stack.destroy({ ...options, showSecrets: false }));
      return changes;
    },
    exportState: () => stack.exportStack(),
    importState: (state) => stack.importStack(state),
  };
}

/** A program, and the outputs that it had when it last ran: as the engine keeps them, and secrets in clear text. */
function observeOutputs(program: auto.PulumiFn) {
  let last: Readonly<Record<string, unknown>> = {};
  const observed = async () => {
    const returned = await program();
    pulumi.output(returned ?? {}).apply((values) => {
      last = JSON.parse(JSON.stringify(values, inOrder)) as Record<string, unknown>;
    });
    return returned;
  };
  const outputs = (): auto.OutputMap =>
    Object.fromEntries(Object.entries(last).map(([key, value]) => [key, { value, secret: false }]));
  return { observed, outputs };
}

/** The engine keeps an object's keys in alphabetical order. */
const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** A policy pack as options of an operation. */
const policyOptions = (
  pack: StackSettings["policyPack"],
): Pick<auto.PreviewOptions, "policyPacks" | "policyPackConfigs"> => {
  if (pack === undefined) return {};
  const { path, config } = pack;
  return { policyPacks: [path], ...(config !== undefined && { policyPackConfigs: [config] }) };
};

/** What we read of a state as the file backend keeps it; `pulumi stack export` takes half a second to say the same. */
interface StateFile {
  readonly checkpoint: {
    readonly latest?: { readonly pending_operations?: readonly unknown[] } | null;
  };
}

/** Keeps what an earlier run put there of the secrets' key: without it the state's secrets can't be read. */
async function writeStackFile(path: string, config: StackSettings["config"]): Promise<void> {
  const there = await readFile(path, "utf8").catch(() => "{}");
  const { config: _, ...kept } = (parse(there) ?? {}) as Record<string, unknown>;
  await writeFile(path, stringify({ ...kept, config }));
}
