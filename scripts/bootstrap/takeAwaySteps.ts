import { compareRights, type HeldRight, type RightState } from "../../mail/rights/compare.ts";
import { appTitle, roleReaderTitle } from "../../mail/rights/names.ts";
import type { AppName } from "../../mail/rights/rights.ts";
import type { Step } from "../steps/steps.ts";
import { heldBy, rightOf, rightOfRole } from "./held.ts";
import { principalOf } from "./made.ts";
import { untilItShows } from "./patience.ts";
import type { World } from "./world.ts";

/** Takes away what an app has and the stack does not need: after the stack file has changed, or by hand. */
export async function takeAwaySteps(
  world: World,
  name: AppName,
  directoryRole: boolean,
): Promise<Step[]> {
  const { entra, exchange, stack, rights } = world;
  const title = appTitle(stack, name);
  const extra = async (): Promise<RightState[]> => {
    const held = await heldBy(world, name, directoryRole);
    const all = held === undefined ? [] : compareRights(held.needed, held.rights);
    return all.filter(({ state }) => state === "too much");
  };
  const found = await extra();
  if (found.length === 0) return [];
  const steps: Step[] = [
    {
      title: `take away from "${title}" ${found.map((right) => right.name).join(", ")}`,
      reason: "the stack's configuration does not need them",
      undo: "give them back by hand, or run this again with a configuration that needs them",
      isDone: async () => (await extra()).length === 0,
      act: async () => {
        const principalId = await principalOf(world, name);
        const permissions = await entra.permissionsOf(principalId);
        const directoryRoles = await entra.directoryRolesOf(principalId);
        const isOf = (right: HeldRight) => (one: HeldRight) =>
          one.kind === right.kind && one.name === right.name;
        const tooMuch = await extra();
        const ownRole = roleReaderTitle(stack);
        const keepsOwnRole = rights[name].some(({ kind }) => kind === "cmdlet");
        for (const right of tooMuch) {
          const permission = permissions.find((one) => isOf(right)(rightOf(one)));
          const role = directoryRoles.find((one) => isOf(right)(rightOfRole(one)));
          if (right.kind === "role") await exchange.removeRole(title, right.name, false);
          else if (right.kind === "delegating") await exchange.removeRole(title, right.name, true);
          else if (right.kind === "cmdlet" && keepsOwnRole) {
            await exchange.removeCmdlet(ownRole, right.name);
          } else if (right.kind === "cmdlet") {
            await exchange.removeRole(title, ownRole, false);
          } else if (role !== undefined) await entra.removeDirectoryRole(role);
          else if (permission !== undefined) await entra.revoke(permission);
        }
      },
    },
  ];
  return steps.map(untilItShows);
}
