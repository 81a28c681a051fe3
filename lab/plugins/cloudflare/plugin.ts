import { type ServedPlugin, servePlugin } from "../server.ts";
import { type Api, openApi } from "./api.ts";
import { dnsRecord } from "./dnsRecord.ts";
import { getDnsRecords, getZones } from "./lists.ts";

/**
 * Serves the stand-in for the `cloudflare` plugin: the resource type and the functions that the relay's stack uses,
 * by the requests that the plugin itself makes.
 *
 * @param version the plugin's version it stands in for
 * @param env where Cloudflare, a token and a CA file are found when the engine's configuration does not say
 */
export function serveCloudflare(
  version: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServedPlugin> {
  return servePlugin<Api>({
    name: "cloudflare",
    version,
    configure: (config, signal) => openApi(config, env, signal),
    resources: { "cloudflare:index/dnsRecord:DnsRecord": dnsRecord },
    functions: {
      "cloudflare:index/getZones:getZones": getZones,
      "cloudflare:index/getDnsRecords:getDnsRecords": getDnsRecords,
    },
  });
}
