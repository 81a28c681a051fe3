// The steps by which the two apps get exactly the rights that their stack needs.

import { compareRights, type RightState } from "../../mail/rights/compare.ts";
import { DIRECTORY_ROLES } from "../../mail/rights/directoryRoles.ts";
import { appTitle, bootstrapMark, roleReaderTitle } from "../../mail/rights/names.ts";
import { ROLE_MANAGEMENT } from "../../mail/rights/needs.ts";
import { APP_NAMES, type AppName, type Right } from "../../mail/rights/rights.ts";
import type { Workload } from "../../mail/rights/workloads.ts";
import { EXCHANGE_ONLINE_APP_ID } from "../../mail/senders/access.ts";
import { type App, GRAPH_APP_ID } from "../../tenant/apps.ts";
import type { Step } from "../steps/steps.ts";
import { heldBy } from "./held.ts";
import {
  findApp,
  isMarked,
  onceKnown,
  orThere,
  ownerOf,
  untilItShows,
  type World,
} from "./world.ts";

/** A certificate that an app is to sign in with. */
export interface CertificateToAdd {
  readonly app: AppName;
  /** base64 of its DER. */
  readonly key: string;
  /** SHA-1 thumbprint, hexadecimal, upper case. */
  readonly thumbprint: string;
  /** Its subject, for people. */
  readonly subject: string;
}

export interface MakeOptions {
  /** Whether directory roles are assigned, in place of role groups with just the roles. */
  readonly directoryRole: boolean;
  /** Whether the organisation may be customised, which can't be undone. */
  readonly customize: boolean;
  readonly workloads: readonly Workload[];
  readonly certificates: readonly CertificateToAdd[];
}

/** The steps for both apps, in order. Each can be cut off and taken again. */
export async function makeSteps(world: World, options: MakeOptions): Promise<Step[]> {
  const steps: Step[] = [];
  for (const app of APP_NAMES) {
    steps.push(...appSteps(world, app));
    if (options.directoryRole) steps.push(directoryRoleStep(world, app));
    else {
      if (app === "deploy") steps.push(customizeStep(world, options.customize));
      steps.push(...roleGroupSteps(world, app).map(untilItShows));
    }
    const extras = await takeAwaySteps(world, app, options.directoryRole);
    steps.push(...extras.map(untilItShows));
    steps.push(...credentialSteps(world, app, options));
  }
  return steps;
}

const TITLES = { deploy: "runs up and destroy", read: "runs previews, reviews and drift jobs" };

/** The app, which an earlier step has made. */
async function appOf(world: World, name: AppName): Promise<App> {
  return onceKnown(async () => {
    const app = await findApp(world, name);
    if (app === undefined)
      throw new Error(`the app "${appTitle(world.stack, name)}" was not found in Entra`);
    return app;
  });
}

/** Object id of its enterprise application, which an earlier step has made. */
async function principalOf(world: World, name: AppName): Promise<string> {
  const { appId } = await appOf(world, name);
  return onceKnown(async () => {
    const id = await world.entra.principalOf(appId);
    if (id === undefined)
      throw new Error(`the enterprise application of ${appId} was not found in Entra`);
    return id;
  });
}

const ifThere = async <T>(
  world: World,
  name: AppName,
  look: (app: App, principalId: string) => Promise<T>,
): Promise<T | undefined> => {
  const app = await findApp(world, name);
  const principalId = app && (await world.entra.principalOf(app.appId));
  return app === undefined || principalId === undefined ? undefined : look(app, principalId);
};

const listed = (rights: readonly Right[]): string =>
  rights.map(({ name, because }) => `${name} to ${because}`).join("; ");

function appSteps(world: World, name: AppName): Step[] {
  const { entra, stack, rights } = world;
  const title = appTitle(stack, name);
  const wanted = rights[name].filter(({ kind }) => kind === "permission" || kind === "exchange");
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
      isDone: async () =>
        (await ifThere(world, name, async (_, id) => (await missing(id)).length === 0)) ?? false,
      act: async () => {
        const principalId = await principalOf(world, name);
        for (const right of await missing(principalId)) {
          await onceKnown(() => entra.grant(principalId, on(right), right.name));
        }
      },
    },
  ];
}

function customizeStep({ exchange }: World, isGiven: boolean): Step {
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

function roleGroupSteps(world: World, name: AppName): Step[] {
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
  const own = async () => {
    const found = await exchange.ownRole(name);
    if (found !== undefined && !isMarked(found.description, stack, app)) {
      throw new Error(
        `the management role "${name}" has no mark of bootstrap in its description, so it is somebody else's; remove it or rename the stack; nothing was changed`,
      );
    }
    return found;
  };
  const others = async () => (await own())?.cmdlets.filter((cmdlet) => !keep.includes(cmdlet));
  return {
    title: `create the management role "${name}", with ${keep.join(" and ")} alone`,
    reason: `no built-in role that only reads has them, and ${ROLE_MANAGEMENT} would let the app give itself any right`,
    undo: `npm run bootstrap -- --stack ${stack} --remove`,
    isDone: async () => (await others())?.length === 0,
    act: async () => {
      if ((await own()) === undefined) {
        const mark = bootstrapMark(ownerOf(stack), app);
        await orThere(() => exchange.createOwnRole(name, ROLE_MANAGEMENT, mark));
      }
      for (const cmdlet of (await others()) ?? []) await exchange.removeCmdlet(name, cmdlet);
    },
  };
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

/** What an app has, and the stack does not need: after the stack file has changed, or by hand. */
async function takeAwaySteps(world: World, name: AppName, directoryRole: boolean): Promise<Step[]> {
  const { entra, exchange, stack, rights } = world;
  const title = appTitle(stack, name);
  const extra = async (): Promise<RightState[]> => {
    const held = await heldBy(world, name, directoryRole);
    const all = held === undefined ? [] : compareRights(held.needed, held.rights);
    return all.filter(({ state }) => state === "too much");
  };
  const found = await extra();
  if (found.length === 0) return [];
  return [
    {
      title: `take away from "${title}" ${found.map((right) => right.name).join(", ")}`,
      reason: "the stack's configuration does not need them",
      undo: "give them back by hand, or run this again with a configuration that needs them",
      isDone: async () => (await extra()).length === 0,
      act: async () => {
        const principalId = await principalOf(world, name);
        const permissions = await entra.permissionsOf(principalId);
        const directoryRoles = await entra.directoryRolesOf(principalId);
        const tooMuch = await extra();
        const ownRole = roleReaderTitle(stack);
        const keepsOwnRole = rights[name].some(({ kind }) => kind === "cmdlet");
        for (const right of tooMuch) {
          const permission = permissions.find((one) => one.name === right.name);
          if (right.kind === "role") await exchange.removeRole(title, right.name, false);
          else if (right.kind === "delegating") await exchange.removeRole(title, right.name, true);
          else if (right.kind === "cmdlet" && keepsOwnRole) {
            await exchange.removeCmdlet(ownRole, right.name);
          } else if (right.kind === "cmdlet") {
            await exchange.removeRole(title, ownRole, false);
          } else if (right.kind === "directoryRole") {
            for (const held of directoryRoles) await entra.removeDirectoryRole(held);
          } else if (permission !== undefined) await entra.revoke(permission);
        }
      },
    },
  ];
}

function credentialSteps(
  world: World,
  name: AppName,
  { workloads, certificates }: MakeOptions,
): Step[] {
  const { entra, stack } = world;
  const title = appTitle(stack, name);
  return [
    ...workloads
      .filter(({ app }) => app === name)
      .map(
        ({ name: displayName, issuer, subject, audience, what }): Step => ({
          title: `let ${what} sign in as "${title}"`,
          reason: `a federated credential (subject ${subject}) needs no secret`,
          undo: "it goes with the app registration",
          isDone: async () => {
            const app = await findApp(world, name);
            const all = app === undefined ? [] : await entra.federatedCredentialsOf(app);
            return all.some((one) => one.issuer === issuer && one.subject === subject);
          },
          act: async () => {
            const app = await appOf(world, name);
            const credential = { name: displayName, issuer, subject, audiences: [audience] };
            await onceKnown(() => entra.addFederatedCredential(app, credential));
          },
        }),
      ),
    ...certificates
      .filter(({ app }) => app === name)
      .map(
        ({ key, thumbprint, subject }): Step => ({
          title: `let "${title}" sign in with the certificate ${thumbprint} (${subject})`,
          reason: "whoever has its key signs in; the key stays where it is",
          undo: "remove it in the Entra admin centre, or with the app registration",
          isDone: async () => hasCertificate(await findApp(world, name), thumbprint),
          act: async () => {
            const app = await appOf(world, name);
            await onceKnown(() => entra.addCertificate(app, key, title));
          },
        }),
      ),
  ];
}

/** Graph shows thumbprints as hexadecimal or base64. */
function hasCertificate(app: App | undefined, thumbprint: string): boolean {
  const forms = [thumbprint, Buffer.from(thumbprint, "hex").toString("base64")];
  return (app?.certificates ?? []).some(({ customKeyIdentifier: id }) =>
    forms.some((form) => form.toLowerCase() === String(id).toLowerCase()),
  );
}
