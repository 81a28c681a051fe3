import { newRoleAssignmentParameters } from "../../mail/exchange/access.ts";
import { sentence } from "../../mail/problem.ts";
import { missingRoleProblem, SMTP_MANAGEMENT_ROLE } from "../../mail/senders/access.ts";
import { directoryIdProblem, objectNameProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";
import type { Tenants } from "../host/tenants.ts";
import { type ExchangeObject, findAll, findOne, text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { differences, type Identity, judgeContent, type Named, type Observed } from "./named.ts";

/** The role of RBAC for Applications that lets an app submit mail, over one scope. */
export interface ManagementRoleAssignmentInputs extends Identity {
  readonly name: string;
  /** Client id of an app that has a service principal in Exchange. */
  readonly appId: string;
  /** Object id of its enterprise application. A role goes with the service principal that has it. */
  readonly objectId: string;
  /** Name of the management scope. */
  readonly scope: string;
}

interface AssignmentForm {
  readonly name: string;
  readonly appId: string;
  readonly objectId: string;
  readonly role: string;
  /** Empty for the whole organisation. */
  readonly scope: string;
  readonly enabled: boolean;
}

interface AssignmentFacts {
  /** Exchange's own id. */
  readonly guid: string;
}

const CONTENT = ["appId", "objectId", "role", "scope"] as const;

const assignment: Named<ManagementRoleAssignmentInputs, AssignmentForm, AssignmentFacts> = {
  title: ({ name }) => `role assignment "${name}"`,
  rules: {
    name: (key: string, value: string) => objectNameProblem(key, value, "a role assignment's"),
    appId: directoryIdProblem,
    objectId: directoryIdProblem,
    scope: (key: string, value: string) => objectNameProblem(key, value, "a management scope's"),
  },
  roles: { read: ["View-Only Configuration"], write: ["Role Management"] },
  // What the app may send with it is tested by ClientSubmission.
  needs: {
    delegates: [SMTP_MANAGEMENT_ROLE],
    hidden: ["Test-ServicePrincipalAuthorization"],
    customised: true,
  },
  keys: ["name", ...CONTENT, "enabled"],
  replaces: ["appId", "objectId", "role"],
  keeps: ["name"],
  form: ({ name, appId, objectId, scope }) => ({
    name: name.trim(),
    appId: appId.toLowerCase(),
    objectId: objectId.toLowerCase(),
    role: SMTP_MANAGEMENT_ROLE,
    scope: scope.trim(),
    enabled: true,
  }),

  findByName: (invoke, wanted) => findAssignment(invoke, wanted.name, wanted),
  findById: findAssignment,
  judge: ({ id, form }, wanted) =>
    judgeContent(
      { what: "a role assignment", name: form.name, guid: id },
      differences(CONTENT, form, wanted),
    ),

  async make(invoke, { name, appId, scope }) {
    const parameters = newRoleAssignmentParameters({ name, appId, scope });
    try {
      await invoke("New-ManagementRoleAssignment", parameters);
    } catch (error) {
      if (isNotFound(error)) await demandRole(invoke);
      throw error;
    }
  },
  async set(invoke, { id }, { scope, enabled }) {
    const parameters = { Identity: id, CustomResourceScope: scope, Enabled: enabled };
    await invoke("Set-ManagementRoleAssignment", { ...parameters, Confirm: false });
  },
  async remove(invoke, { id }) {
    await invoke("Remove-ManagementRoleAssignment", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `ManagementRoleAssignment`.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
export const managementRoleAssignment = (tenants: Tenants) => lifecycle(tenants, assignment);

async function demandRole(invoke: Invoke): Promise<void> {
  if (await hasSendRole(invoke)) return;
  throw new Error(`${sentence(missingRoleProblem(SMTP_MANAGEMENT_ROLE))}; nothing was changed`);
}

/** Whether the tenant has the role that lets an app submit mail. */
export const hasSendRole = async (invoke: Invoke): Promise<boolean> =>
  (await findOne(invoke, "Get-ManagementRole", SMTP_MANAGEMENT_ROLE, ["Name"])) !== undefined;

async function findAssignment(
  invoke: Invoke,
  identity: string,
  app: AppIds,
): Promise<Observed<AssignmentForm, AssignmentFacts> | undefined> {
  const object = await findOne(invoke, "Get-ManagementRoleAssignment", identity);
  if (object === undefined) return undefined;
  const guid = text(object.Guid);
  const form = {
    name: text(object.Name),
    ...(await appOf(invoke, object, app)),
    role: text(object.Role),
    scope: text(object.CustomResourceScope),
    enabled: object.Enabled === true,
  };
  return { id: guid, form, facts: { guid } };
}

type AppIds = Pick<AssignmentForm, "appId" | "objectId">;

/**
 * The app that has an assignment. RoleAssigneeName is a display name, which apps may share, and what RoleAssignee holds is
 * not documented. Where that is no id of the expected app, Exchange says which assignments the app has.
 */
async function appOf(
  invoke: Invoke,
  { Guid, RoleAssignee }: ExchangeObject,
  { appId, objectId }: AppIds,
): Promise<AppIds> {
  const shown = text(RoleAssignee).toLowerCase();
  if ([appId, objectId].includes(shown)) return { appId, objectId };
  const held = await findAll(invoke, "Get-ManagementRoleAssignment", { RoleAssignee: objectId });
  const isOfApp = held.some((one) => one.Guid === Guid);
  return isOfApp ? { appId, objectId } : { appId: shown, objectId: shown };
}
