// What earlier steps have made, for those that need it.
import { appTitle } from "../../mail/rights/names.ts";
import type { AppName } from "../../mail/rights/rights.ts";
import type { App } from "../../tenant/apps.ts";
import { onceKnown } from "./patience.ts";
import { findApp, type World } from "./world.ts";

/** The app, which an earlier step has made. */
export async function appOf(world: World, name: AppName): Promise<App> {
  return onceKnown(async () => {
    const app = await findApp(world, name);
    if (app === undefined)
      throw new Error(`the app "${appTitle(world.stack, name)}" was not found in Entra`);
    return app;
  });
}

/** Object id of its enterprise application, which an earlier step has made. */
export async function principalOf(world: World, name: AppName): Promise<string> {
  const { appId } = await appOf(world, name);
  return onceKnown(async () => {
    const id = await world.entra.principalOf(appId);
    if (id === undefined)
      throw new Error(`the enterprise application of ${appId} was not found in Entra`);
    return id;
  });
}

/** What `look` says of an app; undefined while it, or its enterprise application, is not there. */
export const ifThere = async <T>(
  world: World,
  name: AppName,
  look: (app: App, principalId: string) => Promise<T>,
): Promise<T | undefined> => {
  const app = await findApp(world, name);
  const principalId = app && (await world.entra.principalOf(app.appId));
  return app === undefined || principalId === undefined ? undefined : look(app, principalId);
};
