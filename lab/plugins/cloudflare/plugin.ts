import type { PluginFunction } from "../definition.ts";
import type { Environment } from "../http.ts";
import { type ServedPlugin, servePlugin } from "../service.ts";
import { isAbsent, type Values } from "../values.ts";
import { type Api, fromApi, openApi } from "./api.ts";

/**
 * Serves the stand-in for the `cloudflare` plugin: the function that the relay's stack uses, by the requests that the plugin itself makes.
 *
 * @param version the plugin's version it stands in for
 * @param env names Cloudflare, a token and a CA file where the engine's configuration does not
 */
export function serveCloudflare(version: string, env: Environment): Promise<ServedPlugin> {
  return servePlugin<Api>({
    name: "cloudflare",
    version,
    configure: (config, signal) => openApi(config, env, signal),
    resources: {},
    functions: { "cloudflare:index/getZones:getZones": getZones },
  });
}

/** How many results the plugin collects by default. */
const MAX_ITEMS = 1000;

/** `cloudflare.getZones`, by name or all. Collects pages until one is empty, as the plugin does. */
const getZones: PluginFunction<Api> = async ({ maxItems, name, ...others }, api) => {
  for (const argument of Object.keys(others)) {
    throw new Error(`the lab's stand-in for getZones does not know the argument "${argument}"`);
  }
  const most = Number(maxItems ?? MAX_ITEMS);
  const zones: Values[] = [];
  for (let page = 1; zones.length < most; page++) {
    const query = new URLSearchParams(isAbsent(name) ? {} : { name: String(name) });
    if (page > 1) query.set("page", String(page));
    const found = await api.get(query.size === 0 ? "/zones" : `/zones?${query}`);
    if (!Array.isArray(found) || found.length === 0) break;
    zones.push(...(found as Values[]));
  }
  return { name: name ?? null, results: zones.slice(0, most).map(fromApi) };
};
