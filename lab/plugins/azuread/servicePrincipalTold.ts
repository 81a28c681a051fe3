import { isObject, type Value, type Values } from "../values.ts";
import type { Graph } from "./graph.ts";
import { step } from "./steps.ts";

/** Outputs that are text, with Graph's names for them. */
const TEXTS = {
  applicationTenantId: "appOwnerOrganizationId",
  clientId: "appId",
  description: "description",
  displayName: "displayName",
  homepageUrl: "homepage",
  loginUrl: "loginUrl",
  logoutUrl: "logoutUrl",
  notes: "notes",
  objectId: "id",
  preferredSingleSignOnMode: "preferredSingleSignOnMode",
  signInAudience: "signInAudience",
  type: "servicePrincipalType",
} as const;

/** Outputs that are lists of texts. */
const LISTS = {
  alternativeNames: "alternativeNames",
  notificationEmailAddresses: "notificationEmailAddresses",
  redirectUris: "replyUrls",
  tags: "tags",
} as const;

/** What the resource and the function tell of a service principal. */
export const TOLD: readonly string[] = [
  ...Object.keys(TEXTS),
  ...Object.keys(LISTS),
  "accountEnabled",
  "appRoleAssignmentRequired",
  "appRoleIds",
  "appRoles",
  "samlMetadataUrl",
  "servicePrincipalNames",
];

/** The outputs that version 1.0 tells. */
export function told(found: Values): Values {
  const renamed = (names: Readonly<Record<string, string>>, none: Value) =>
    Object.fromEntries(Object.entries(names).map(([name, of]) => [name, found[of] ?? none]));
  const names = Array.isArray(found.servicePrincipalNames) ? found.servicePrincipalNames : [];
  const roles = Array.isArray(found.appRoles) ? found.appRoles.filter(isObject) : [];
  return {
    ...renamed(TEXTS, ""),
    ...renamed(LISTS, []),
    accountEnabled: found.accountEnabled ?? false,
    appRoleAssignmentRequired: found.appRoleAssignmentRequired ?? false,
    appRoleIds: Object.fromEntries(
      roles.filter(({ value }) => value).map(({ id, value }) => [String(value), id ?? ""]),
    ),
    appRoles: roles.map(roleOf),
    servicePrincipalNames: names.filter((name) => !isSameId(name, found.appId)),
  };
}

/** Only the beta version tells where the SAML metadata are. */
export async function readBeta(id: string, graph: Graph): Promise<Value> {
  const found = await step(
    `Retrieving Service Principal (Service Principal: "${id}") (beta API)`,
    () =>
      graph.call("GET", `/beta/servicePrincipals/${id}`, { query: { $select: "samlMetadataUrl" } }),
  );
  return found.samlMetadataUrl ?? "";
}

/** Ids are the same in upper and lower case. */
export const isSameId = (one: Value | undefined, other: Value | undefined): boolean =>
  String(one).toLowerCase() === String(other).toLowerCase();

const roleOf = (role: Values): Values => ({
  allowedMemberTypes: role.allowedMemberTypes ?? [],
  description: role.description ?? "",
  displayName: role.displayName ?? "",
  enabled: role.isEnabled ?? false,
  id: role.id ?? "",
  value: role.value ?? "",
});
