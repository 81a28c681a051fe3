// The steps by which the two apps get exactly the rights that their stack needs.
import { DIRECTORY_ROLES } from "../../mail/rights/directoryRoles.ts";
import { appTitle, bootstrapMark } from "../../mail/rights/names.ts";
import type { ExtraName } from "../../mail/rights/needs.ts";
import { APP_NAMES, type AppName, type Right } from "../../mail/rights/rights.ts";
import { EXCHANGE_ONLINE_APP_ID } from "../../mail/senders/access.ts";
import { GRAPH_APP_ID } from "../../tenant/apps.ts";
import type { Step } from "../steps/steps.ts";
import { type Credentials, credentialSteps } from "./credentialSteps.ts";
import { customizeStep, listed, needsCustomising, roleGroupSteps } from "./groupSteps.ts";
import { appOf, ifThere, principalOf } from "./made.ts";
import { onceKnown } from "./patience.ts";
import { takeAwaySteps } from "./takeAwaySteps.ts";
import { findApp, ownerOf, type World } from "./world.ts";

export interface MakeOptions extends Credentials {
  /** Whether directory roles are assigned, in place of role groups with just the roles. */
  readonly directoryRole: boolean;
  /** Whether the organisation may be customised, which can't be undone. */
  readonly customize: boolean;
  /** Which rights are given that the stack can live without. */
  readonly extras: readonly ExtraName[];
}

/** The steps for both apps, in order. Each can be cut off and taken again. */
export async function makeSteps(world: World, options: MakeOptions): Promise<Step[]> {
  const { directoryRole, customize, extras } = options;
  const steps: Step[] = [];
  // First, as it may be declined and takes longest to spread.
  if (!directoryRole || needsCustomising(world)) steps.push(customizeStep(world, customize));
  for (const app of APP_NAMES) {
    steps.push(
      ...appSteps(world, app, extras),
      ...(directoryRole ? [directoryRoleStep(world, app)] : roleGroupSteps(world, app)),
      ...(await takeAwaySteps(world, app, directoryRole)),
      ...credentialSteps(world, app, options),
    );
  }
  return steps;
}

const TITLES = { deploy: "runs up and destroy", read: "runs previews, reviews and drift jobs" };

function appSteps(world: World, name: AppName, extras: readonly ExtraName[]): Step[] {
  const { entra, stack, rights } = world;
  const title = appTitle(stack, name);
  const wanted = rights[name].filter(
    ({ kind, extra }) =>
      (kind === "permission" || kind === "exchange") &&
      (extra === undefined || extras.includes(extra)),
  );
  const on = ({ kind }: Right) => (kind === "exchange" ? EXCHANGE_ONLINE_APP_ID : GRAPH_APP_ID);
  const missing = async (principalId: string) => {
    const held = await entra.permissionsOf(principalId);
    return wanted.filter(
      (right) => !held.some((one) => one.on === on(right) && one.name === right.name),
    );
  };
  return [
    {
      title: `create the app registration "${title}"`,
      reason: `it ${TITLES[name]} of stack ${stack}; its internal notes say that bootstrap made it`,
      undo: `npm run bootstrap -- --stack ${stack} --remove`,
      isDone: async () => (await findApp(world, name)) !== undefined,
      act: async () => {
        await entra.create(title, bootstrapMark(ownerOf(stack), name));
        await appOf(world, name);
      },
    },
    {
      title: `create the enterprise application of "${title}"`,
      reason: "the tenant gives rights to this, not to the app registration",
      undo: "it goes with the app registration",
      isDone: async () => (await ifThere(world, name, async () => true)) ?? false,
      act: async () => {
        const { appId } = await appOf(world, name);
        await onceKnown(() => entra.createPrincipal(appId));
        await principalOf(world, name);
      },
    },
    {
      title: `grant "${title}" ${wanted.length} application permissions, with admin consent`,
      reason: listed(wanted),
      undo: "they go with the app registration",
      isDone: async () => {
        const lacks = await ifThere(world, name, async (_, id) => (await missing(id)).length > 0);
        if (lacks !== false) entra.demandGranter();
        return lacks === false;
      },
      act: async () => {
        const principalId = await principalOf(world, name);
        for (const right of await missing(principalId)) {
          await onceKnown(() => entra.grant(principalId, on(right), right.name));
        }
      },
    },
  ];
}

function directoryRoleStep(world: World, name: AppName): Step {
  const { entra, stack, rights } = world;
  const role = DIRECTORY_ROLES[name];
  const narrow = rights[name].filter(({ kind }) => kind === "role").map((right) => right.name);
  return {
    title: `assign "${appTitle(stack, name)}" the Entra directory role ${role.name}`,
    reason: `--directory-role asks for it; it is far broader than the roles that the stack needs (${narrow.join(", ")})${role.lacks}`,
    undo: "it goes with the app registration",
    isDone: async () =>
      (await ifThere(world, name, async (_, id) =>
        (await entra.directoryRolesOf(id)).some((held) => held.roleDefinitionId === role.id),
      )) ?? false,
    act: async () => {
      const principalId = await principalOf(world, name);
      await onceKnown(() => entra.assignDirectoryRole(principalId, role.id));
    },
  };
}
