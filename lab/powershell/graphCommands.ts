import { type Command, CommandFailure } from "./session.ts";
import { ScriptError } from "./syntax.ts";

/** A cmdlet of Microsoft Graph PowerShell: the request that it makes, as its page says. */
interface GraphCmdlet {
  readonly method: "GET" | "POST" | "PATCH";
  /** With `{Parameter}` for each value that stands in it. */
  readonly path: string;
  /** Its further parameters: properties of the body, or options of the query. */
  readonly parameters: readonly string[];
  /** The properties that a script may read of what it gives; an absent one is nothing. */
  readonly gives?: readonly string[];
}

const APP = ["Id", "AppId", "DisplayName", "Notes", "KeyCredentials", "PasswordCredentials"];
const PRINCIPAL = ["Id", "AppId", "Notes", "AppRoles"];
const USER = ["Id", "UserPrincipalName", "DisplayName", "UsageLocation", "AssignedLicenses"];

const apps = "/v1.0/applications";
const principals = "/v1.0/servicePrincipals";
const users = "/v1.0/users";
const federated = `${apps}/{ApplicationId}/federatedIdentityCredentials`;
const assigned = `${principals}/{ServicePrincipalId}/appRoleAssignedTo`;

const get = (path: string, parameters: string[], gives: string[]): GraphCmdlet => ({
  ...{ method: "GET", path, parameters, gives },
});
const post = (path: string, parameters: string[], gives: string[]): GraphCmdlet => ({
  ...{ method: "POST", path, parameters, gives },
});
const patch = (path: string, parameters: string[]): GraphCmdlet => ({
  ...{ method: "PATCH", path, parameters },
});

/**
 * The cmdlets by name; each has a page of its own.
 *
 * @see https://learn.microsoft.com/powershell/module/microsoft.graph.applications
 * @see https://learn.microsoft.com/powershell/module/microsoft.graph.users
 */
const CMDLETS: Readonly<Record<string, GraphCmdlet>> = {
  "Get-MgApplication": get(apps, ["Filter"], APP),
  "New-MgApplication": post(apps, ["DisplayName", "SignInAudience", "Notes"], APP),
  "Update-MgApplication": patch(`${apps}/{ApplicationId}`, ["KeyCredentials", "Notes"]),
  "Add-MgApplicationPassword": post(
    `${apps}/{ApplicationId}/addPassword`,
    ["PasswordCredential"],
    ["KeyId", "SecretText", "EndDateTime"],
  ),
  "Get-MgApplicationFederatedIdentityCredential": get(federated, ["All"], ["Id", "Name"]),
  "New-MgApplicationFederatedIdentityCredential": post(
    federated,
    ["Name", "Issuer", "Subject", "Audiences"],
    ["Id"],
  ),
  "Get-MgServicePrincipal": get(principals, ["Filter"], PRINCIPAL),
  "New-MgServicePrincipal": post(principals, ["AppId", "Notes"], PRINCIPAL),
  "Update-MgServicePrincipal": patch(`${principals}/{ServicePrincipalId}`, ["Notes"]),
  "Get-MgServicePrincipalAppRoleAssignedTo": get(
    assigned,
    ["All"],
    ["Id", "PrincipalId", "AppRoleId"],
  ),
  "New-MgServicePrincipalAppRoleAssignedTo": post(
    assigned,
    ["PrincipalId", "ResourceId", "AppRoleId"],
    ["Id"],
  ),
  "Get-MgUser": get(users, ["Filter", "Property"], USER),
  "New-MgUser": post(
    users,
    [
      ...["UserPrincipalName", "DisplayName", "MailNickname", "ShowInAddressList"],
      ...["AccountEnabled", "PasswordPolicies", "PasswordProfile"],
    ],
    USER,
  ),
  "Update-MgUser": patch(`${users}/{UserId}`, ["UsageLocation"]),
  "Set-MgUserLicense": post(
    `${users}/{UserId}/assignLicense`,
    ["AddLicenses", "RemoveLicenses"],
    USER,
  ),
  "Get-MgSubscribedSku": get(
    "/v1.0/subscribedSkus",
    ["All"],
    ["SkuId", "SkuPartNumber", "ServicePlans"],
  ),
  "Get-MgOrganization": get(
    "/v1.0/organization",
    ["Property"],
    ["Id", "CountryLetterCode", "DefaultUsageLocation"],
  ),
};

/** What is asked for by id in place of a list. */
const BY_ID: Readonly<Record<string, string>> = { "Get-MgUser": "UserId" };

export const graphCommands: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries(CMDLETS).map(([name, cmdlet]) => [name, graphCommand(name, cmdlet)]),
);

function graphCommand(name: string, cmdlet: GraphCmdlet): Command {
  return async ({ given, input, line }, { graph }) => {
    if (graph === undefined) {
      throw new CommandFailure("Authentication needed. Please call Connect-MgGraph.");
    }
    if (input.length > 0) throw new ScriptError(line, `the lab pipes nothing to ${name}`);
    const left = new Map(given);
    const take = (parameter: string): unknown => {
      const value = left.get(parameter.toLowerCase());
      left.delete(parameter.toLowerCase());
      return value;
    };
    const byId = BY_ID[name];
    const id = byId === undefined ? undefined : take(byId);
    const wholePath = id === undefined ? cmdlet.path : `${cmdlet.path}/{${byId}}`;
    const path = wholePath.replace(/\{(\w+)\}/g, (_, parameter: string) => {
      const value = parameter === byId ? id : take(parameter);
      if (typeof value !== "string" || value === "") {
        throw new CommandFailure(`${name}: -${parameter} is empty.`);
      }
      return encodeURIComponent(value);
    });
    const values = cmdlet.parameters.flatMap((parameter) => {
      const value = take(parameter);
      return value === undefined ? [] : [[parameter, value] as const];
    });
    const [other] = left.keys();
    if (other !== undefined) {
      throw new ScriptError(line, `the lab does not know the parameter ${other} of ${name}`);
    }
    const { status, body } =
      cmdlet.method === "GET"
        ? await graph.ask("GET", `${path}${queryOf(values)}`)
        : await graph.ask(cmdlet.method, path, asBody(Object.fromEntries(values)));
    if (status >= 400) {
      const { error } = body as { error?: { code: string; message: string } };
      throw new CommandFailure(`${name}: ${error?.code}: ${error?.message}`);
    }
    if (cmdlet.gives === undefined) return [];
    const { value: items = [body] } = body as { value?: object[] };
    return items.map((item) => present(item as Record<string, unknown>, cmdlet.gives ?? []));
  };
}

/** `-Filter` and `-Property` as `$filter` and `$select`; `-All` follows pages, of which the lab has one. */
function queryOf(values: readonly (readonly [string, unknown])[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of values) {
    if (name === "Filter") query.set("$filter", String(value));
    if (name === "Property")
      query.set(
        "$select",
        [value]
          .flat()
          .map((one) => lowerFirst(String(one)))
          .join(","),
      );
  }
  return query.size === 0 ? "" : `?${query}`;
}

/** A table as JSON: the module's models have the same names in camel case; bytes are base64. */
function asBody(value: unknown): object {
  return convert(value) as object;
}

function convert(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [lowerFirst(name), convert(one)]),
  );
}

const lowerFirst = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

/** What an answer has of the properties that the cmdlet gives, at every depth as it came. */
const present = (item: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, item[lowerFirst(name)] ?? null]));
