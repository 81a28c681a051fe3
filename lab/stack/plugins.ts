import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import which from "which";
import { serveAzureAd } from "../plugins/azuread/plugin.ts";
import { serveCloudflare } from "../plugins/cloudflare/plugin.ts";

/** A plugin that the lab's engines use, or its stand-in. */
export interface UsedPlugin {
  readonly plugin: string;
  readonly version: string;
  readonly kind: "stand-in" | "plugin";
  /** Why this one. */
  readonly reason: string;
}

/** The plugins of one engine environment. */
export interface AttachedPlugins {
  /** What belongs into the engine's environment, beside the lab's. */
  readonly env: Readonly<Record<string, string>>;
  readonly used: readonly UsedPlugin[];
  /** Ends the stand-ins. */
  close(): Promise<void>;
}

/** The plugins that have a stand-in. Each takes the version and the environment that the plugin would have. */
const STAND_INS = { azuread: serveAzureAd, cloudflare: serveCloudflare } as const;

/**
 * Gives the lab's engines the plugins they need: the installed ones of the SDKs' versions, else stand-ins that run
 * in this process. The environment variable LAB_PLUGINS forces one of them: `real` or `stand-in`.
 *
 * @param env the lab's environment for the engine, with which a plugin would start
 * @throws Error when LAB_PLUGINS can't be followed
 */
export async function attachPlugins(
  env: Readonly<Record<string, string>>,
): Promise<AttachedPlugins> {
  const used = Object.keys(STAND_INS).map((plugin) => choose(plugin as StandIn, env));
  const served = await Promise.all(
    used
      .filter(({ kind }) => kind === "stand-in")
      .map(async ({ plugin, version }) => ({
        plugin,
        server: await STAND_INS[plugin as StandIn](version, env),
      })),
  );
  const ports = served.map(({ plugin, server }) => `${plugin}:${server.port}`);
  return {
    env: {
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...(ports.length === 0 ? {} : { PULUMI_DEBUG_PROVIDERS: ports.join(",") }),
    },
    used,
    async close() {
      await Promise.all(served.map(({ server }) => server.close()));
    },
  };
}

/** Which plugins are used, a line each: `cloudflare: stand-in (the plugin 6.22.1 is not installed here)`. */
export function pluginLines(used: readonly UsedPlugin[]): string {
  return used.map(({ plugin, kind, reason }) => `${plugin}: ${kind} (${reason})\n`).join("");
}

type StandIn = keyof typeof STAND_INS;

/**
 * What the environment variable LAB_PLUGINS forces; undefined where it is unset or empty.
 *
 * @throws Error for a value that is not known
 */
export function forcedPlugins(): "real" | "stand-in" | undefined {
  const value = process.env.LAB_PLUGINS || undefined;
  if (value === undefined || value === "real" || value === "stand-in") return value;
  throw new Error(
    `LAB_PLUGINS: "${value}" is not a known value; use real or stand-in, or unset it`,
  );
}

function choose(plugin: StandIn, env: Readonly<Record<string, string>>): UsedPlugin {
  const version = sdkVersionOf(plugin);
  const forced = forcedPlugins();
  if (forced === "stand-in") {
    return { plugin, version, kind: "stand-in", reason: "LAB_PLUGINS=stand-in" };
  }
  if (isInstalled(plugin, version, env)) {
    return { plugin, version, kind: "plugin", reason: `${version} is installed here` };
  }
  if (isOnPath(plugin, env)) {
    const reason = "found on PATH, which the engine takes in whatever version it is";
    return { plugin, version, kind: "plugin", reason };
  }
  if (forced === "real") {
    throw new Error(
      `LAB_PLUGINS: "real" needs the plugin ${plugin} ${version}, which is not installed here; ` +
        `run npm run pulumi -- plugin install resource ${plugin} ${version}`,
    );
  }
  const reason = `the plugin ${version} is not installed here`;
  return { plugin, version, kind: "stand-in", reason };
}

/** The plugin's version that its SDK asks for. */
function sdkVersionOf(plugin: string): string {
  const manifest = fileURLToPath(import.meta.resolve(`@pulumi/${plugin}/package.json`));
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** Whether the engine would take it from PATH, which it does before it looks for an installed one. */
const isOnPath = (plugin: string, env: Readonly<Record<string, string>>): boolean =>
  which.sync(`pulumi-resource-${plugin}`, {
    nothrow: true,
    path: env.PATH ?? process.env.PATH ?? "",
  }) !== null;

/** Whether the engine would find it in its own folder of plugins. */
function isInstalled(
  plugin: string,
  version: string,
  env: Readonly<Record<string, string>>,
): boolean {
  const home = env.PULUMI_HOME || process.env.PULUMI_HOME || join(homedir(), ".pulumi");
  const folder = join(home, "plugins", `resource-${plugin}-v${version}`);
  const binary = `pulumi-resource-${plugin}`;
  return [binary, `${binary}.exe`].some(
    (name) => which.sync(join(folder, name), { nothrow: true }) !== null,
  );
}
