// A stack in the lab that is torn down: by the script, in a process of its own.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Lab } from "../../../lab/src/lab.ts";
import { labConfig } from "../../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../../lab/story/world.ts";
import type { OpenedStack } from "../../../scripts/engine/openStack.ts";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { type Fixture, type FixtureOptions, filesIn, openFixture } from "../fixture.ts";
import type { Ended } from "../readingScript.ts";
import { scriptEnv } from "../runScript.ts";

/** Variables that override those of the script; undefined takes one away. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface TeardownBench {
  readonly fixture: Fixture;
  readonly lab: Lab;
  readonly stack: OpenedStack;
  readonly tenant: string;
  readonly domain: string;
  /** The world before the first `up`, with what Entra and Exchange keep. */
  readonly first: string;
  /** The zone's records before it. */
  readonly zone: Zone["records"];
  /** The stack file. */
  readonly file: string;
  /** What answers the script's questions. */
  readonly confirmed: readonly string[];
  /** Puts world and state back as they were after the `up`. */
  restore(): Promise<void>;
  /** The script's environment. */
  env(variables?: Variables): NodeJS.ProcessEnv;
  /** Starts the script in a process group of its own. */
  start(args: readonly string[], variables?: Variables): ChildProcess;
  /** Runs it on the stack, or on another one with `--stack`. */
  teardown(args: readonly string[], variables?: Variables): Promise<Ended>;
  /** State and world, to compare. */
  everything(): Promise<readonly string[]>;
  /** The run that comes after a trouble: nothing is left, and the world is as it was before the first `up`. */
  clean(): Promise<void>;
}

type Zone = Lab["world"]["cloudflare"]["zones"][number];

export const SCRIPT = join(projectRoot, "scripts/teardown/main.ts");

/**
 * Brings up a stack with these senders of the lab's, and remembers how everything is then.
 *
 * @param senders `erp` relays; `shop` has an app and a mailbox; `scanner` is a user with a password
 */
export async function openTeardown(
  senders: readonly ("erp" | "shop" | "scanner")[],
  options: FixtureOptions = {},
): Promise<TeardownBench> {
  const fixture = await openFixture(options);
  const { lab } = fixture;
  const { id: tenant, domain } = lab.world.tenant;
  lab.world.deployer.appRoles.graph.push("User.DeleteRestore.All");
  lab.world.settings.dkimRemovable = true;
  const first = comparableWorld(lab, { deletedItems: true });
  const zone = structuredClone(recordsOf(lab, domain));
  const stack = await fixture.open({ config: configOf(lab, senders) });
  await stack.up({ skipPreview: true });
  const restore = await fixture.snapshot();
  const file = join(fixture.folder, "Pulumi.lab.yaml");
  const confirmed = ["--yes", "--tenant", tenant];
  const env = (variables: Variables = {}) => ({ ...scriptEnv(fixture), ...variables });
  const start = (args: readonly string[], variables?: Variables) =>
    spawn(
      process.execPath,
      [SCRIPT, ...(args.includes("--stack") ? [] : ["--stack", "lab"]), ...args],
      {
        ...{ cwd: projectRoot, detached: true, stdio: ["ignore", "pipe", "pipe"] },
        env: env(variables),
      },
    );
  const teardown = (args: readonly string[], variables?: Variables) =>
    ended(start(args, variables));
  return {
    ...{ fixture, lab, stack, tenant, domain, first, zone, file, confirmed },
    ...{ restore, env, start, teardown },
    everything: async () => [
      await filesIn(stack.stateFolder),
      comparableWorld(lab, { deletedItems: true }),
    ],
    async clean() {
      const { code, stdout, stderr } = await teardown([...confirmed, "--purge"]);
      assert.deepEqual([code, stdout], [0, 'stack "lab": nothing left\n'], stderr);
      assert.equal(comparableWorld(lab, { deletedItems: true }), first);
    },
  };
}

/** The configuration of a stack with these senders. */
export function configOf({ world }: Lab, wanted: readonly string[]): Record<string, unknown> {
  const { domain } = world.tenant;
  const config = labConfig(world);
  const key = "m365-smtp-relay:senders";
  const scanner = {
    ...{ name: "scanner", from: [`scanner@${domain}`], authentication: ["password"] },
    ...{ license: "EXCHANGESTANDARD", recipientsPerDay: 50 },
  };
  const all = [...(config[key] as { name: string }[]), scanner];
  return { ...config, [key]: all.filter(({ name }) => wanted.includes(name)) };
}

export const recordsOf = ({ world }: Lab, domain: string): Zone["records"] =>
  world.cloudflare.zones.find(({ name }) => name === domain)?.records ?? [];

/** Waits for a script, and gives what it printed. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk) => {
      texts[stream] += chunk;
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code: code ?? -1, ...texts }));
  });
}
