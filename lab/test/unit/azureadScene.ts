import { after, before, beforeEach } from "node:test";
import { serveAzureAd } from "../../plugins/azuread/plugin.ts";
import type { ServedPlugin } from "../../plugins/service.ts";
import { type FakeMicrosoft, openFakeMicrosoft, type Request } from "./fakeMicrosoft.ts";
import { attachClient, type PluginClient } from "./pluginClient.ts";
import { recordingOf } from "./recording.ts";

/** The stand-in for the azuread plugin, with a Microsoft that answers the least that it needs. */
export interface AzureAdScene {
  readonly microsoft: FakeMicrosoft;
  /** An engine, configured, for one resource type: `application:Application`. */
  engine(type: string): Promise<PluginClient>;
  /** The requests to Graph since the last call, without the sign-in. */
  asked(): Request[];
}

/** Opens both for a suite; every test begins with an empty directory. */
export function azureAdScene(): AzureAdScene {
  let microsoft: FakeMicrosoft;
  let plugin: ServedPlugin;
  const opened: PluginClient[] = [];
  before(async () => {
    microsoft = await openFakeMicrosoft();
    plugin = await serveAzureAd("6.9.1", microsoft.env);
  });
  beforeEach(() => microsoft.clear());
  after(async () => {
    for (const client of opened) client.close();
    await plugin.close();
    await microsoft.close();
  });
  return {
    get microsoft() {
      return microsoft;
    },
    async engine(type) {
      const client = attachClient(plugin.port, `azuread:index/${type}`);
      opened.push(client);
      await client.configure({});
      return client;
    },
    asked: () => microsoft.requests.splice(0).filter(({ path }) => /^\/(v1\.0|beta)\//.test(path)),
  };
}

/** Requests as texts, without what differs from run to run: ids, the server, keys. */
export function shapes(requests: readonly Request[]): string[] {
  return requests.map(({ method, path, body }) => {
    const line = `${method} ${path} ${body === undefined ? "" : JSON.stringify(inOrder(body))}`;
    return line
      .trim()
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
      .replaceAll(/https:\/\/localhost:\d+/g, "ORIGIN")
      .replaceAll(/appRoleAssignedTo\/\w+/g, "appRoleAssignedTo/ID")
      .replaceAll(/"key":"[^"]+"/g, '"key":"KEY"');
  });
}

/** The recorded requests of a phase that `fits` accepts, as texts. */
export function recorded(phase: string, fits: (request: Request) => boolean): string[] {
  return shapes(
    recordingOf("microsoft").filter((request) => request.phase === phase && fits(request)),
  );
}

/** Pulumi's mark of a secret. */
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, held]) => [name, inOrder(held)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}
