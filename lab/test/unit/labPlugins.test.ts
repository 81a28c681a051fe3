// Which plugins the lab's engines get: the installed ones, else stand-ins, else what LAB_PLUGINS forces.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "node:test";
import { attachPlugins, pluginLines } from "../../stack/plugins.ts";

describe("the plugins of the lab's engines", () => {
  const home = mkdtempSync(join(tmpdir(), "plugins-"));
  const installed = join(home, "installed");
  const empty = { PULUMI_HOME: join(home, "empty"), PATH: join(home, "empty") };
  const forced = process.env.LAB_PLUGINS;
  delete process.env.LAB_PLUGINS;
  afterEach(() => {
    delete process.env.LAB_PLUGINS;
  });
  after(() => {
    rmSync(home, { recursive: true });
    if (forced !== undefined) process.env.LAB_PLUGINS = forced;
  });

  const install = async () => {
    for (const { plugin, version } of await chosen(empty)) {
      const folder = join(installed, "plugins", `resource-${plugin}-v${version}`);
      mkdirSync(folder, { recursive: true });
      const binary = join(folder, `pulumi-resource-${plugin}`);
      writeFileSync(binary, "");
      chmodSync(binary, 0o755);
    }
  };

  it("are stand-ins that engines attach to where none is installed", async () => {
    const { env, used, close } = await attachPlugins(empty);
    assert.match(
      pluginLines(used),
      /^azuread: stand-in \(the plugin 6\.\S+ is not installed here\)\ncloudflare: stand-in \(the plugin 6\.\S+ is not installed here\)\n$/,
    );
    assert.equal(env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
    const [, ...ports] =
      /^azuread:(\d+),cloudflare:(\d+)$/.exec(env.PULUMI_DEBUG_PROVIDERS ?? "") ?? [];
    const listening = () => Promise.all(ports.map((port) => answers(Number(port))));
    assert.deepEqual(await listening(), [true, true]);
    await close();
    assert.deepEqual(await listening(), [false, false]);
  });

  it("are the installed ones of the SDK's version", async () => {
    await install();
    const { env, used, close } = await attachPlugins({ PULUMI_HOME: installed });
    assert.deepEqual(
      used.map(({ kind }) => kind),
      ["plugin", "plugin"],
    );
    assert.equal("PULUMI_DEBUG_PROVIDERS" in env, false);
    assert.equal(env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
    await close();
  });

  it("are those on PATH, which the engine would take", async () => {
    const path = join(home, "bin");
    mkdirSync(path);
    const binary = join(path, "pulumi-resource-azuread");
    writeFileSync(binary, "");
    chmodSync(binary, 0o755);
    const { env, used, close } = await attachPlugins({ ...empty, PATH: path });
    assert.match(
      pluginLines(used),
      /^azuread: plugin \(found on PATH, .*\)\ncloudflare: stand-in \(/,
    );
    assert.match(env.PULUMI_DEBUG_PROVIDERS ?? "", /^cloudflare:\d+$/);
    await close();
  });

  it("are those that LAB_PLUGINS names, or the run is refused with the reason", async () => {
    await install();
    process.env.LAB_PLUGINS = "stand-in";
    assert.equal((await chosen({ PULUMI_HOME: installed }))[0]?.kind, "stand-in");
    process.env.LAB_PLUGINS = "real";
    assert.equal((await chosen({ PULUMI_HOME: installed }))[0]?.kind, "plugin");
    await assert.rejects(
      chosen(empty),
      /azuread 6\.\S+, which is not installed here; run npm run pulumi/,
    );
    process.env.LAB_PLUGINS = "maybe";
    await assert.rejects(chosen(empty), /LAB_PLUGINS: "maybe" is not a known value/);
  });
});

async function chosen(env: Record<string, string>) {
  const { used, close } = await attachPlugins(env);
  await close();
  return used;
}

/** Whether somebody listens on a port. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
