import type { Context } from "../context.ts";
import type { Claims } from "../entra/tokens.ts";
import { makeRandom } from "../random.ts";
import type { Actor } from "../world/audit.ts";
import type { World } from "../world/world.ts";
import type { NamedCmdlet, Outcome } from "./cmdlet.ts";

/** How many records the lab keeps, so that a world on disk stays small. */
const MOST_RECORDS = 2000;
/** Client id of Microsoft's Exchange Online PowerShell module, as public records show it. */
const POWERSHELL = "fb78d390-0c51-40cd-8e17-fdbfab77341b";
/** Nouns whose objects are recipients. */
const RECIPIENTS = [
  ...["CASMailbox", "Mailbox", "MailboxPermission", "MailUser", "RecipientPermission", "User"],
  ...["HVEAccountSettings", "HVEAppAccess", "HVEAccountBillingPolicy"],
];
/** Parameters of .NET's SecureString, whose values no log has (assumed: what stands there). */
const SECURE = ["password"];

/** An administrator with Microsoft's PowerShell module. */
export const administrator = (userId: string): Actor => ({
  userId,
  appId: POWERSHELL,
  kind: "administrator",
});

/**
 * Who calls by a token: a person, or an app by itself. Assumed: that an app's UserId is made of its object id, as in
 * Entra's records.
 */
export const callerOf = ({ appid, oid, upn }: Pick<Claims, "appid" | "oid" | "upn">): Actor =>
  upn === undefined
    ? { userId: `ServicePrincipal_${oid}`, appId: appid, kind: "app" }
    : { userId: upn, appId: appid, kind: "administrator" };

/** Records a cmdlet that changed an object; one that only read or asked back is none of the log's. */
export function recordCmdlet(
  { name: operation }: NamedCmdlet,
  parameters: Record<string, unknown>,
  { changed }: Outcome,
  { world, clock, actor }: Context,
): void {
  const { audit, seed } = world;
  if (changed === undefined || actor === undefined || !audit.enabled) return;
  const at = clock.now().toISOString();
  const id = makeRandom(`${seed}/audit/${at}/${audit.records.length}`).guid();
  const given = Object.entries(parameters).filter(([key]) => !key.includes("@"));
  audit.records.push({
    ...{ id, at, operation, actor, objectId: objectIdOf(operation, changed, world) },
    parameters: given.map(([Name, value]) => ({
      Name,
      Value: SECURE.includes(Name.toLowerCase()) ? "******" : written(value),
    })),
  });
  audit.records.splice(0, audit.records.length - MOST_RECORDS);
}

/**
 * A recipient's path in the directory; of an object of the configuration its name, in older records with the
 * organisation before it.
 */
function objectIdOf(cmdlet: string, name: string, { tenant, settings }: World): string {
  if (RECIPIENTS.includes(cmdlet.slice(cmdlet.indexOf("-") + 1))) {
    return `${tenant.forest}/Microsoft Exchange Hosted Organizations/${tenant.initialDomain}/${name}`;
  }
  return settings.auditedName === "name" ? name : `${tenant.initialDomain}\\${name}`;
}

/** A parameter's value as the log has it. Assumed: that the values of a list are joined so. */
function written(value: unknown): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return value.join(";");
  return typeof value === "object" ? "System.Collections.Hashtable" : String(value);
}
