// `npm run bootstrap` as a process, for a stack of connectors whose DNS is elsewhere.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { comparableWorld } from "../../../lab/story/world.ts";
import type { OpenedStack } from "../../../scripts/engine/openStack.ts";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { configIn } from "../../unit/bootstrap/scene.ts";
import { SENDERS } from "../../unit/mail/rights/stacks.ts";
import { openFixture } from "../fixture.ts";
import type { Ended } from "../readingScript.ts";

type Env = Readonly<Record<string, string>>;

export const SCRIPT = join(projectRoot, "scripts/bootstrap/main.ts");

/** A lab with such a stack, that was never brought up. */
export async function openBootstrap() {
  const fixture = await openFixture();
  const more = { "m365-smtp-relay:domains": [{ name: "contoso.com", dns: { host: "external" } }] };
  const stack: OpenedStack = await fixture.open({
    config: configIn(fixture.lab, [SENDERS.connector], more),
  });
  const { ARM_CLIENT_ID: _, ARM_CLIENT_SECRET: __, ...lab } = fixture.env;
  /** The variables of the script: without an identity, and without a person's tokens. */
  const env = {
    ...process.env,
    ...lab,
    PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "Pulumi.lab.yaml"),
  };
  return {
    fixture,
    env,
    /** Access tokens of an administrator. */
    tokens: (await fixture.lab.adminEnv()) as Env,
    /** Puts the world back. */
    back: await fixture.snapshot(),
    world: () => comparableWorld(fixture.lab),
    /** Runs it where nobody can be asked. */
    async run(args: readonly string[], more: Env): Promise<Ended> {
      const options = { cwd: fixture.folder, env: { ...env, ...more } };
      const ended = promisify(execFile)(process.execPath, [SCRIPT, ...args], options);
      // Its standard input is no terminal.
      ended.child.stdin?.end();
      return ended.then(
        (output) => ({ code: 0, ...output }),
        (error: Ended) => error,
      );
    },
  };
}

export type BootstrapBench = Awaited<ReturnType<typeof openBootstrap>>;
