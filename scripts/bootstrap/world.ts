// What bootstrap has to know before it makes, checks or removes anything.
import type { Config } from "../../config/read.ts";
import { sentence } from "../../mail/problem.ts";
import { appTitle, bootstrapMark, bootstrapNameProblem } from "../../mail/rights/names.ts";
import { APP_NAMES, type AppName, rightsOf, type StackRights } from "../../mail/rights/rights.ts";
import { needsOf } from "../../providers/kinds.ts";
import { type App, type Apps, apps } from "../../tenant/apps.ts";
import type { Connection } from "../../tenant/connection.ts";
import { type RoleGroups, roleGroups } from "../../tenant/roleGroups.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import { loadConfig } from "../stack/config.ts";

/** A stack, what its apps need, and a person who may give it to them. */
export interface World {
  /** Without organisation and project. */
  readonly stack: string;
  readonly config: Config;
  readonly rights: StackRights;
  readonly connection: Connection;
  readonly entra: Apps;
  readonly exchange: RoleGroups;
}

/**
 * A stack's configuration and the rights that follow from it. Nothing is asked of any service but the stack's backend.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws ConfigError; Error when there is no stack file
 */
export async function readRights(stack: string) {
  const { name, config } = await loadConfig(stack);
  const problem = bootstrapNameProblem(name);
  if (problem !== undefined) throw new Error(sentence(problem));
  return { stack: name, config, rights: rightsOf(config, needsOf) };
}

export const worldOf = (
  known: Awaited<ReturnType<typeof readRights>>,
  connection: Connection,
): World => ({
  ...known,
  connection,
  entra: apps(connection),
  exchange: roleGroups(connection),
});

/** `project/stack`, as marks name it. */
export const ownerOf = (stack: string): string => `${PROJECT}/${stack}`;

/** What bears this mark, followed by anything or nothing. */
export const isMarked = (text: string, stack: string, app: AppName): boolean =>
  text === bootstrapMark(ownerOf(stack), app);

/**
 * The app that bootstrap made: two signals agree, its name and its mark.
 *
 * @returns undefined while there is none
 * @throws Error when another app has the name, or two have name and mark
 */
export async function findApp({ entra, stack }: World, app: AppName): Promise<App | undefined> {
  const title = appTitle(stack, app);
  const named = await entra.find(title);
  const [own, ...more] = named.filter(({ notes }) => isMarked(notes, stack, app));
  if (more.length > 0) {
    const ids = [own, ...more].map((one) => one?.appId).join(", ");
    throw new Error(
      `there are ${more.length + 1} apps "${title}" that bootstrap made (client ids ${ids}); remove those that nothing signs in as, in the Entra admin centre`,
    );
  }
  const [other] = named;
  if (own === undefined && other !== undefined) {
    throw new Error(
      `the app "${title}" (client id ${other.appId}) has no mark of bootstrap in its notes, so it is somebody else's; rename it, or write "${bootstrapMark(ownerOf(stack), app)}" into its internal notes to hand it over; nothing was changed`,
    );
  }
  return own;
}

/** Both apps, by name; undefined for one that is not there. */
export async function findApps(world: World): Promise<Record<AppName, App | undefined>> {
  const [deploy, read] = await Promise.all(APP_NAMES.map((app) => findApp(world, app)));
  return { deploy, read };
}
