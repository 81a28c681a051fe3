import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isGrpcError, RunError } from "@pulumi/pulumi/errors.js";
import { type Lab, openLab } from "../../lab/src/lab.ts";
import { type AttachedPlugins, attachPlugins, type UsedPlugin } from "../../lab/stack/plugins.ts";
import { takeSnapshot } from "../../lab/stack/snapshot.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { type OpenedStack, openStack, type StackSettings } from "../../scripts/engine/openStack.ts";
import { EngineFailure } from "../../scripts/engine/operation.ts";
import { openKeyService } from "./keyService.ts";
import { openProviderHost } from "./providerHost/open.ts";

/** The seed that `npm test` drew or was given. */
export const SEED = process.env.LAB_SEED ?? "1";

/** A lab and the stacks on it, for one test or for all tests of a file. */
export interface Fixture {
  readonly lab: Lab;
  /** Holds the stacks' state, settings and stack files. */
  readonly folder: string;
  /** The environment of the stacks' engine. */
  readonly env: Readonly<Record<string, string>>;
  /** Pulumi's plugins, or what stands in for them. */
  readonly plugins: readonly UsedPlugin[];
  /** Everything the engine printed. */
  output(): string;
  /** Opens the lab's stack, or another one. What was opened before is opened again, with this configuration. */
  open(other?: OpenOptions): Promise<OpenedStack>;
  /** Remembers the world and the state. The answer puts both back. */
  snapshot(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface OpenOptions {
  /** @default what the lab's customer would write */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Variables beside the lab's. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default what Pulumi.yaml has */
  readonly project?: string;
  /** @default "lab" */
  readonly stack?: string;
  /** @default index.ts */
  readonly program?: StackSettings["program"];
  /** @default none */
  readonly policyPack?: StackSettings["policyPack"];
  readonly onEvent?: StackSettings["onEvent"];
}

export interface FixtureOptions {
  /**
   * Whether the engine writes its state after each step, as users' engines do, and not once at the end. It takes
   * longer, and only tests that look at the state of a running operation need it.
   * @default false
   */
  readonly checkpoints?: boolean;
  /**
   * Whether a passphrase protects the secrets of a state, as it does where a user chooses nothing else.
   * @default false: a service keeps their key
   */
  readonly passphrase?: boolean;
}

/** Opens a lab of its own, on free ports and in a folder of its own. */
export async function openFixture({
  checkpoints = false,
  passphrase = false,
}: FixtureOptions = {}): Promise<Fixture> {
  tolerateProgramFailures();
  const folder = await mkdtemp(join(tmpdir(), "m365-test-"));
  const lab = await openLab({ seed: SEED });
  const plugins = await attachPlugins(lab.env);
  const attached: AttachedPlugins[] = [plugins];
  const keys = await openKeyService();
  const host = checkpoints ? undefined : await openProviderHost(folder, lab.env);
  const engineEnv = {
    ...lab.env,
    ...plugins.env,
    ...host?.env,
    ...keys.env,
    ...(checkpoints ? {} : { PULUMI_SKIP_CHECKPOINTS: "true" }),
  };
  const printed: string[] = [];
  const opened = new Map<string, OpenedStack>();

  /** A stand-in has the environment that it was started with, as a plugin has its engine's. */
  const pluginsFor = async (env: Readonly<Record<string, string>>) => {
    const own = await attachPlugins({ ...lab.env, ...env });
    attached.push(own);
    return own.env;
  };
  return {
    lab,
    folder,
    env: engineEnv,
    plugins: plugins.used,
    output: () => printed.join(""),
    async open({
      config = labConfig(lab.world),
      env,
      project,
      stack = "lab",
      program,
      policyPack,
      onEvent,
    } = {}) {
      const isOrdinary = !(env || program || project || policyPack);
      const known = isOrdinary ? opened.get(stack) : undefined;
      if (known) {
        await known.configure(config);
        return known;
      }
      const another = await openStack({
        ...(project && { project }),
        stack,
        folder,
        config,
        env: { ...engineEnv, ...env, ...(env && (await pluginsFor(env))) },
        passphrase: "test",
        ...(!passphrase && { secretsProvider: keys.provider }),
        onOutput: (text) => printed.push(text),
        ...(program && { program }),
        ...(policyPack && { policyPack }),
        ...(onEvent && { onEvent }),
      });
      if (isOrdinary) opened.set(stack, another);
      return another;
    },
    snapshot: () => takeSnapshot(lab, folder),
    async close() {
      await Promise.all(attached.map(({ close }) => close()));
      host?.close();
      keys.close();
      await lab.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a test with a fixture of its own. */
export async function withFixture(
  test: (fixture: Fixture) => Promise<void>,
  options?: FixtureOptions,
): Promise<void> {
  const fixture = await openFixture(options);
  try {
    await test(fixture);
  } finally {
    await fixture.close();
  }
}

/** The errors that an operation of the engine ends with; none when it succeeds. */
export async function errorsOf(operation: Promise<unknown>): Promise<readonly string[]> {
  try {
    await operation;
    return [];
  } catch (error) {
    if (error instanceof EngineFailure) return error.diagnostics;
    throw error;
  }
}

/** The changes of an operation, `update relay-erp-connector: senderIPAddresses`, in alphabetical order. */
export function summaryOf(changes: Awaited<ReturnType<OpenedStack["preview"]>>): string[] {
  return changes
    .map(({ op, name, properties }) => [
      `${op} ${name}`,
      ...[properties.join(", ")].filter(Boolean),
    ])
    .map((parts) => parts.join(": "))
    .sort();
}

/** Names of the cmdlets that changed something in Exchange. */
export function exchangeWrites({ log }: Lab): string[] {
  return log
    .events({ service: "exchange" })
    .map(({ what }) => what)
    .filter((what) => !/^(Get|Test|Search)-/.test(what));
}

/** Requests that changed something at Cloudflare, `POST /zones/…`. */
export function zoneWrites({ log }: Lab): string[] {
  return log
    .events({ service: "cloudflare" })
    .map(({ what }) => what)
    .filter((what) => !what.startsWith("GET "));
}

/** How many requests reached Entra, Graph and Exchange. */
export function requestsTo({ log }: Lab): number {
  return log.events().filter(({ service }) => ["entra", "graph", "exchange"].includes(service))
    .length;
}

/** The text of every file in a folder and those below it. */
export async function filesIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")),
  );
  return texts.join("\n");
}

let tolerated = false;

/** What the SDK says of a resource whose inputs never come, as what they depend on has failed. */
const UNRESOLVED = /^error serializing property /;

/**
 * When a program fails, the SDK leaves rejected promises behind; in a process of its own that is how the failure is
 * noticed. The test runner would count them as failures of a test that expects the program to fail. To be called
 * inside a test, when the runner listens already; every other unhandled rejection still reaches it.
 */
export function tolerateProgramFailures(): void {
  if (tolerated) return;
  tolerated = true;
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason, promise) => {
    if (RunError.isInstance(reason) || isGrpcError(reason as Error)) return;
    if (reason instanceof Error && UNRESOLVED.test(reason.message)) return;
    for (const listener of listeners) listener(reason, promise);
  });
}
