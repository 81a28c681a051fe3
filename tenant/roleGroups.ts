// Role groups of Exchange with the apps in them, as a person makes them.
import type { Connection } from "./connection.ts";
import { exchange, type Invoke, type OnPause } from "./exchange.ts";
import { ExchangeError, isNotFound } from "./exchangeError.ts";

/** A role group. */
export interface RoleGroup {
  readonly name: string;
  readonly description: string;
  /** Management roles that its members have, by name. */
  readonly roles: readonly string[];
  /** Management roles that its members may give to others. */
  readonly delegating: readonly string[];
  /** Whatever names its members: names, ids. */
  readonly members: readonly string[];
}

/** An app in Exchange. */
export interface Principal {
  readonly appId: string;
  /** Object id of its enterprise application. */
  readonly objectId: string;
  readonly displayName: string;
}

/** A management role of the organisation's own. */
export interface OwnRole {
  readonly description: string;
  readonly cmdlets: readonly string[];
}

/** Who may manage role groups. */
const MANAGERS = "Exchange Administrator or Global Administrator";

/**
 * What a person does with role groups in Exchange.
 *
 * @throws ExchangeError from the returned functions, for a person without the right with the directory role that is missing
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-rolegroup
 * @see https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2 (Assign custom Exchange role groups)
 */
export function roleGroups(connection: Connection, onPause?: OnPause) {
  const invoke = forPerson(exchange(connection, onPause), connection);
  const find = async (cmdlet: string, parameters: object): Promise<readonly Shown[]> => {
    try {
      return (await invoke(cmdlet, { ...parameters })).value;
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  };
  const assignmentsOf = (group: string): Promise<readonly Shown[]> =>
    find("Get-ManagementRoleAssignment", { RoleAssignee: group });

  return {
    /** Whether the organisation was customised, without which Exchange makes no role group. */
    async isCustomized(): Promise<boolean> {
      const [organization] = await find("Get-OrganizationConfig", {});
      return organization?.IsDehydrated !== true;
    },
    async customize(): Promise<void> {
      await invoke("Enable-OrganizationCustomization", {});
    },

    async principal(appId: string): Promise<Principal | undefined> {
      const [found] = await find("Get-ServicePrincipal", { Identity: appId });
      return found && toPrincipal(found);
    },
    async principalsNamed(displayName: string): Promise<readonly Principal[]> {
      const all = (await find("Get-ServicePrincipal", {})).map(toPrincipal);
      return all.filter((principal) => principal.displayName === displayName);
    },
    async addPrincipal({ appId, objectId, displayName }: Principal): Promise<void> {
      const parameters = { AppId: appId, ObjectId: objectId, DisplayName: displayName };
      await invoke("New-ServicePrincipal", parameters);
    },
    async removePrincipal(appId: string): Promise<void> {
      await invoke("Remove-ServicePrincipal", { Identity: appId, Confirm: false });
    },

    async group(name: string): Promise<RoleGroup | undefined> {
      const [found] = await find("Get-RoleGroup", { Identity: name });
      if (found === undefined) return undefined;
      const [assignments, members] = [
        await assignmentsOf(name),
        await find("Get-RoleGroupMember", { Identity: name }),
      ];
      const rolesOf = (isDelegating: boolean) => [
        ...new Set(
          assignments
            .filter((assignment) => delegates(assignment) === isDelegating)
            .map(({ Role }) => text(Role)),
        ),
      ];
      return {
        name: text(found.Name),
        description: text(found.Description),
        roles: rolesOf(false),
        delegating: rolesOf(true),
        members: members.flatMap((member) => MEMBER_NAMES.map((key) => text(member[key]))),
      };
    },
    async createGroup(name: string, description: string, roles: readonly string[]): Promise<void> {
      await invoke("New-RoleGroup", { Name: name, Description: description, Roles: roles });
    },
    /** @param isDelegating whether members may give it to others, instead of having it */
    async addRole(group: string, role: string, isDelegating: boolean): Promise<void> {
      const delegating = isDelegating ? { Delegating: true } : {};
      const parameters = { SecurityGroup: group, Role: role, ...delegating };
      await invoke("New-ManagementRoleAssignment", parameters);
    },
    async removeRole(group: string, role: string, isDelegating: boolean): Promise<void> {
      const held = (await assignmentsOf(group)).filter(
        (one) => text(one.Role) === role && delegates(one) === isDelegating,
      );
      for (const { Name } of held) {
        await invoke("Remove-ManagementRoleAssignment", { Identity: Name, Confirm: false });
      }
    },
    async addMember(group: string, objectId: string): Promise<void> {
      await invoke("Add-RoleGroupMember", { Identity: group, Member: objectId, Confirm: false });
    },
    async removeGroup(name: string): Promise<void> {
      await invoke("Remove-RoleGroup", { Identity: name, Confirm: false });
    },

    /** A management role of the organisation's own, with the cmdlets in it. */
    async ownRole(name: string): Promise<OwnRole | undefined> {
      const [found] = await find("Get-ManagementRole", { Identity: name });
      if (found === undefined) return undefined;
      const entries = await find("Get-ManagementRoleEntry", { Identity: `${name}\\*` });
      return {
        description: text(found.Description),
        cmdlets: entries.map((entry) => text(entry.Name)),
      };
    },
    /** @param cmdlets those of the parent that it has */
    async createOwnRole(
      name: string,
      parent: string,
      cmdlets: readonly string[],
      description: string,
    ): Promise<void> {
      const content = { Parent: parent, EnabledCmdlets: cmdlets, Description: description };
      await invoke("New-ManagementRole", { Name: name, ...content });
    },
    async removeCmdlet(role: string, cmdlet: string): Promise<void> {
      const parameters = { Identity: `${role}\\${cmdlet}`, Confirm: false };
      await invoke("Remove-ManagementRoleEntry", parameters);
    },
    async removeOwnRole(name: string): Promise<void> {
      await invoke("Remove-ManagementRole", { Identity: name, Confirm: false });
    },
  };
}

export type RoleGroups = ReturnType<typeof roleGroups>;

type Shown = Readonly<Record<string, unknown>>;

/** Properties of a member, of which one is its object id in Entra. */
const MEMBER_NAMES = ["Name", "ExternalDirectoryObjectId", "Guid", "DisplayName"] as const;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const toPrincipal = ({ AppId, ObjectId, DisplayName }: Shown): Principal => ({
  appId: text(AppId),
  objectId: text(ObjectId),
  displayName: text(DisplayName),
});

/** `Regular`, `Delegating`, `DelegatingOrgWide` */
const delegates = ({ RoleAssignmentDelegationType: type }: Shown): boolean =>
  text(type).startsWith("Delegating");

/**
 * A refusal for a person says what the person lacks; no app is meant. Exchange lets give a role only who has a delegating
 * assignment of it: Organization Management has one of each, and live tenants were seen to want an explicit membership.
 */
function forPerson(invoke: Invoke, { person }: Connection): Invoke {
  return async (cmdlet, parameters) => {
    try {
      return await invoke(cmdlet, parameters);
    } catch (error) {
      if (!(error instanceof ExchangeError) || person === undefined) throw error;
      const who = person.userPrincipalName;
      const { status, type, mayHaveRun } = error;
      const message =
        status === 403
          ? `${cmdlet}: ${who} may not run it; sign in as somebody with the directory role ${MANAGERS}`
          : /delegating role assignment/.test(error.message)
            ? `${error.message}; add ${who} to the role group Organization Management in the Exchange admin centre and sign in again; where the organisation was customised less than an hour ago, run it again later`
            : error.message;
      throw new ExchangeError({ cmdlet, status, type, mayHaveRun, message, cause: error });
    }
  };
}
