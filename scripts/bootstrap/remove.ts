import { appTitle, roleReaderTitle } from "../../mail/rights/names.ts";
import { APP_NAMES, type AppName } from "../../mail/rights/rights.ts";
import type { Step } from "../steps/steps.ts";
import { untilItShows } from "./patience.ts";
import { findApp, isMarked, type World } from "./world.ts";

/**
 * The steps that take back what bootstrap made, the app itself last: it is what a later run finds the rest by. Each looks for
 * two signals, name and mark. What is not there is done.
 */
export const removeSteps = (world: World): Step[] =>
  APP_NAMES.flatMap((app) => ofApp(world, app).map(untilItShows));

function ofApp(world: World, name: AppName): Step[] {
  const { entra, exchange, stack } = world;
  const title = appTitle(stack, name);
  const ownRole = roleReaderTitle(stack);
  const again = `npm run bootstrap -- --stack ${stack} makes another one`;
  const group = async () => {
    const found = await exchange.group(title);
    return found !== undefined && isMarked(found.description, stack, name);
  };
  const role = async () => {
    const found = await exchange.ownRole(ownRole);
    return found !== undefined && isMarked(found.description, stack, name);
  };
  /** Client ids of what bears the name in Exchange and belongs to the app, or to no app any more. */
  const principals = async (): Promise<string[]> => {
    const app = await findApp(world, name);
    const named = await exchange.principalsNamed(title);
    const ours = await Promise.all(
      named.map(
        async ({ appId }) => appId === app?.appId || (await entra.principalOf(appId)) === undefined,
      ),
    );
    return named.filter((_, index) => ours[index]).map(({ appId }) => appId);
  };
  return [
    {
      title: `remove the role group "${title}" from Exchange`,
      reason: "its member loses the group's roles",
      undo: again,
      isDone: async () => !(await group()),
      act: async () => {
        if (await group()) await exchange.removeGroup(title);
      },
    },
    ...(name === "deploy"
      ? []
      : [
          {
            title: `remove the management role "${ownRole}" from Exchange`,
            reason: "nothing else has it",
            undo: again,
            isDone: async () => !(await role()),
            act: async () => {
              if (await role()) await exchange.removeOwnRole(ownRole);
            },
          },
        ]),
    {
      title: `remove "${title}" from Exchange (Remove-ServicePrincipal)`,
      reason: "it would be left behind when the app goes",
      undo: again,
      isDone: async () => (await principals()).length === 0,
      act: async () => {
        for (const appId of await principals()) await exchange.removePrincipal(appId);
      },
    },
    {
      title: `delete the app registration "${title}", with its credentials and rights`,
      reason: "nothing can sign in as it any more",
      undo: "Entra keeps it for 30 days: Entra admin centre > App registrations > Deleted applications",
      isDone: async () => (await findApp(world, name)) === undefined,
      act: async () => {
        const app = await findApp(world, name);
        if (app !== undefined) await entra.remove(app);
      },
    },
  ];
}
