import type { HeldRight } from "../../mail/rights/compare.ts";
import { DIRECTORY_ROLES, directoryRoleName } from "../../mail/rights/directoryRoles.ts";
import { appTitle, roleReaderTitle } from "../../mail/rights/names.ts";
import type { AppName, Right, RightKind } from "../../mail/rights/rights.ts";
import { EXCHANGE_ONLINE_APP_ID } from "../../mail/senders/access.ts";
import {
  type App,
  GRAPH_APP_ID,
  type HeldDirectoryRole,
  type HeldPermission,
} from "../../tenant/apps.ts";
import { findApp, type World } from "./world.ts";

/** What an app has in Entra and Exchange, and what of that its stack needs; Cloudflare's tokens are apart. */
export interface HeldRights {
  readonly app: App;
  readonly needed: readonly (HeldRight & Pick<Right, "because" | "extra">)[];
  readonly rights: readonly HeldRight[];
}

/**
 * The rights that an app has.
 *
 * @param directoryRole whether a directory role is asked for in place of the role group
 * @returns undefined while there is no app
 */
export async function heldBy(
  world: World,
  name: AppName,
  directoryRole: boolean,
): Promise<HeldRights | undefined> {
  const app = await findApp(world, name);
  if (app === undefined) return undefined;
  const { entra, stack, rights } = world;
  const principalId = await entra.principalOf(app.appId);
  const broad = DIRECTORY_ROLES[name];
  const inExchange = (kind: RightKind) => ["role", "delegating", "cmdlet"].includes(kind);
  const needed = [
    ...rights[name].filter(({ kind }) => kind !== "zone" && !(directoryRole && inExchange(kind))),
    ...(directoryRole
      ? [{ kind: "directoryRole" as const, name: broad.name, because: "--directory-role" }]
      : []),
  ];
  if (principalId === undefined) return { app, needed, rights: [] };
  const [permissions, directoryRoles] = await Promise.all([
    entra.permissionsOf(principalId),
    entra.directoryRolesOf(principalId),
  ]);
  return {
    app,
    needed,
    rights: [
      ...permissions.map(rightOf),
      ...directoryRoles.map(rightOfRole),
      ...(await ofGroup(world, appTitle(stack, name), principalId)),
    ],
  };
}

/** A permission on another service than Graph and Exchange has the service in its name: no stack needs one. */
export const rightOf = ({ on, name }: HeldPermission): HeldRight =>
  on === EXCHANGE_ONLINE_APP_ID
    ? { kind: "exchange", name }
    : { kind: "permission", name: on === GRAPH_APP_ID ? name : `${name} of ${on}` };

export const rightOfRole = ({ roleDefinitionId }: HeldDirectoryRole): HeldRight => ({
  kind: "directoryRole",
  name: directoryRoleName(roleDefinitionId),
});

/** What it has as a member of its role group. */
async function ofGroup(
  { exchange, stack }: World,
  title: string,
  principalId: string,
): Promise<HeldRight[]> {
  const group = await exchange.group(title);
  if (group === undefined || !group.members.includes(principalId)) return [];
  const own = roleReaderTitle(stack);
  const cmdlets = group.roles.includes(own) ? ((await exchange.ownRole(own))?.cmdlets ?? []) : [];
  return [
    ...group.roles
      .filter((role) => role !== own)
      .map((role): HeldRight => ({ kind: "role", name: role })),
    ...group.delegating.map((role): HeldRight => ({ kind: "delegating", name: role })),
    ...cmdlets.map((cmdlet): HeldRight => ({ kind: "cmdlet", name: cmdlet })),
  ];
}
