import { X509Certificate } from "node:crypto";
import { daysUntil } from "../../../mail/days.ts";
import { unknownOf } from "../../../mail/doctor/finding.ts";
import { type CredentialOfApp, judgeAppPolicies } from "../../../mail/doctor/tenant/appPolicies.ts";
import { credentialsOf } from "../../../tenant/appCredentials.ts";
import type { Connection } from "../../../tenant/connection.ts";
import { isForbidden } from "../../../tenant/graphClient.ts";
import { policies } from "../../../tenant/policies.ts";
import type { Check } from "../check.ts";
import { type AppOfSender, appsOfSenders } from "./senderApps.ts";

/** Days that Entra gives a secret where nobody says how many, as the stack does not (addPassword). */
const SECRET_DAYS = 730;

/** Whether the tenant's policies let senders' apps have their secrets and certificates. */
export const appPolicies: Check = {
  name: "app-policies",
  title: "app management policies",
  async look(context) {
    const apps = appsOfSenders(context);
    if (!apps.some(({ credential }) => daysOf(credential).length > 0)) {
      return { findings: [], notLookedAt: "the stack gives no sender a secret or a certificate" };
    }
    const connection = await context.connect();
    const tenant = policies(connection);
    try {
      const defaults = await tenant.defaultRestrictions();
      const custom = await tenant.appManagement();
      const known: CredentialOfApp[] = [];
      for (const app of apps) known.push(...(await readApp(connection, app)));
      return judgeAppPolicies(known, defaults, custom, new Date());
    } catch (error) {
      if (error instanceof Error && isForbidden(error)) return [noPolicies(error, context.stack)];
      throw error;
    }
  },
};

/** That this app may not read policies. */
export const noPolicies = (error: Error, stack: string) =>
  unknownOf(error, {
    why: "a policy may forbid the credentials of senders: an up or a renewal then fails, or Exchange refuses a sign-in",
    fix: `grant the app Policy.Read.All (Microsoft Graph, application permission) with admin consent; an app that bootstrap made gets it with npm run bootstrap -- --stack ${stack} --extra policies`,
    resource: "permission Policy.Read.All (Microsoft Graph)",
  });

/** For how many days each of a sender's credentials is valid that the stack makes. */
function daysOf(credential: AppOfSender["credential"]): number[] {
  if (credential.by === "secret") return [SECRET_DAYS];
  if (credential.by !== "certificate") return [];
  return credential.certificates.map(({ certificate }) => {
    const { validFrom, validTo } = new X509Certificate(certificate);
    return daysUntil(new Date(validTo), new Date(validFrom));
  });
}

async function readApp(
  connection: Connection,
  { sender, credential, clientId }: AppOfSender,
): Promise<CredentialOfApp[]> {
  const { by } = credential;
  if (by !== "secret" && by !== "certificate") return [];
  const app = clientId === undefined ? undefined : await credentialsOf(connection, clientId);
  const longest = Math.max(...daysOf(credential));
  return [{ sender, by, days: longest, ...(app !== undefined && { app }) }];
}
