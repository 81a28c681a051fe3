// The steps in Exchange by which an app gets its management roles.
import { kindsOf } from "../../mail/rights/kinds.ts";
import { appTitle, bootstrapMark, roleReaderTitle } from "../../mail/rights/names.ts";
import { ROLE_MANAGEMENT } from "../../mail/rights/needs.ts";
import type { AppName, Right } from "../../mail/rights/rights.ts";
import { needsOf } from "../../providers/kinds.ts";
import type { Step } from "../steps/steps.ts";
import { appOf, ifThere, principalOf } from "./made.ts";
import { onceKnown, orThere, untilItShows } from "./patience.ts";
import { isMarked, ownerOf, type World } from "./world.ts";

/** Whether the stack itself has what Exchange makes only in an organisation that was customised. */
export const needsCustomising = ({ config }: World): boolean =>
  kindsOf(config).some(({ kind }) => needsOf(kind)?.customised);

export function customizeStep({ exchange }: World, isGiven: boolean): Step {
  return {
    title: "customise the Exchange organisation (Enable-OrganizationCustomization)",
    reason:
      "it was never customised, and Exchange makes no role groups, scopes, limits or policies before",
    undo: "none: this can't be undone",
    alone: { option: "--customize-organization", isGiven },
    isDone: () => exchange.isCustomized(),
    act: () => exchange.customize(),
  };
}

/** The steps that make a role group with just the roles, and the app its member. */
export const roleGroupSteps = (world: World, name: AppName): Step[] =>
  groupSteps(world, name).map(untilItShows);

function groupSteps(world: World, name: AppName): Step[] {
  const { exchange, stack, rights } = world;
  const title = appTitle(stack, name);
  const description = bootstrapMark(ownerOf(stack), name);
  const roles = rights[name].filter(({ kind }) => kind === "role");
  const delegating = rights[name].filter(({ kind }) => kind === "delegating");
  const cmdlets = rights[name].filter(({ kind }) => kind === "cmdlet");
  const ownRole = roleReaderTitle(stack);
  const wanted = [...roles.map((role) => role.name), ...(cmdlets.length > 0 ? [ownRole] : [])];
  const group = async () => {
    const found = await exchange.group(title);
    if (found !== undefined && !isMarked(found.description, stack, name)) {
      throw new Error(
        `the role group "${title}" has no mark of bootstrap in its description, so it is somebody else's; rename it with Set-RoleGroup; nothing was changed`,
      );
    }
    return found;
  };
  const missing = async () => {
    const found = await group();
    return {
      roles: wanted.filter((role) => !found?.roles.includes(role)),
      delegating: delegating.filter((role) => !found?.delegating.includes(role.name)),
    };
  };
  const isMember = async () => {
    const found = await group();
    const is = await ifThere(world, name, async (_, id) => found?.members.includes(id) ?? false);
    return is ?? false;
  };
  return [
    {
      title: `make "${title}" known to Exchange (New-ServicePrincipal)`,
      reason: "only what Exchange knows can be a member of a role group",
      undo: `npm run bootstrap -- --stack ${stack} --remove`,
      isDone: async () =>
        (await ifThere(world, name, async ({ appId }) => await exchange.principal(appId))) !==
        undefined,
      act: async () => {
        const { appId } = await appOf(world, name);
        const objectId = await principalOf(world, name);
        await orThere(() => exchange.addPrincipal({ appId, objectId, displayName: title }));
      },
    },
    ...(cmdlets.length === 0 ? [] : [ownRoleStep(world, name, cmdlets)]),
    {
      title: `create the role group "${title}" in Exchange, with ${[...wanted, ...delegating.map((role) => `the right to give ${role.name}`)].join(", ")}`,
      reason: listed([...roles, ...delegating, ...cmdlets]),
      undo: `npm run bootstrap -- --stack ${stack} --remove`,
      isDone: async () => {
        const lacks = await missing();
        return lacks.roles.length + lacks.delegating.length === 0;
      },
      act: async () => {
        if ((await group()) === undefined) {
          await orThere(() => exchange.createGroup(title, description, wanted));
        }
        const lacks = await missing();
        for (const role of lacks.roles) {
          await onceKnown(() => orThere(() => exchange.addRole(title, role, false)));
        }
        for (const { name: role } of lacks.delegating) {
          await onceKnown(() => orThere(() => exchange.addRole(title, role, true)));
        }
      },
    },
    {
      title: `add "${title}" to its role group`,
      reason: "as a member it has the group's roles; they take up to an hour to spread",
      undo: `npm run bootstrap -- --stack ${stack} --remove`,
      isDone: isMember,
      act: async () => {
        const objectId = await principalOf(world, name);
        await onceKnown(() => orThere(() => exchange.addMember(title, objectId)));
      },
    },
  ];
}

function ownRoleStep({ exchange, stack }: World, app: AppName, cmdlets: readonly Right[]): Step {
  const name = roleReaderTitle(stack);
  const keep = cmdlets.map((cmdlet) => cmdlet.name);
  const lackingIn = (there: readonly string[]) => keep.filter((one) => !there.includes(one));
  const own = async () => {
    const found = await exchange.ownRole(name);
    if (found !== undefined && !isMarked(found.description, stack, app)) {
      throw new Error(
        `the management role "${name}" has no mark of bootstrap in its description, so it is somebody else's; remove it or rename the stack; nothing was changed`,
      );
    }
    return found;
  };
  return {
    title: `create the management role "${name}", with ${keep.join(" and ")} alone`,
    reason: `no built-in role that only reads has them, and ${ROLE_MANAGEMENT} would let the app give itself any right`,
    undo: `npm run bootstrap -- --stack ${stack} --remove`,
    isDone: async () => {
      const cmdlets = (await own())?.cmdlets ?? [];
      return cmdlets.length === keep.length && lackingIn(cmdlets).length === 0;
    },
    act: async () => {
      const found = await own();
      if (found !== undefined && lackingIn(found.cmdlets).length === 0) {
        const others = found.cmdlets.filter((cmdlet) => !keep.includes(cmdlet));
        for (const cmdlet of others) await exchange.removeCmdlet(name, cmdlet);
        return;
      }
      // Made anew, with all of them; the step after this one gives it to the role group again.
      if (found !== undefined) {
        await exchange.removeRole(appTitle(stack, app), name, false);
        await exchange.removeOwnRole(name);
      }
      const mark = bootstrapMark(ownerOf(stack), app);
      await orThere(() => exchange.createOwnRole(name, ROLE_MANAGEMENT, keep, mark));
    },
  };
}

export const listed = (rights: readonly Right[]): string =>
  rights.map(({ name, because }) => `${name} to ${because}`).join("; ");
