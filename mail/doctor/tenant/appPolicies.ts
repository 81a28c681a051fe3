// Whether the tenant's policies let the senders' apps have the credentials that the stack gives them.
import type { Finding } from "../finding.ts";

/** A rule on the credentials of apps, as Graph shows it. */
interface CredentialRestriction {
  /** `passwordAddition`, `passwordLifetime`, `asymmetricKeyLifetime`, … */
  readonly restrictionType: string;
  /** An ISO 8601 duration. */
  readonly maxLifetime?: string | null;
  /** Apps that were created before are free; null for none. */
  readonly restrictForAppsCreatedAfterDateTime?: string | null;
  /** Older answers have none: the rule counts. */
  readonly state?: string;
}

export interface AppRestrictions {
  readonly passwordCredentials?: readonly CredentialRestriction[];
  readonly keyCredentials?: readonly CredentialRestriction[];
}

/** A policy with the client ids, lower case, of the apps that it is for. */
export interface AppManagementPolicy {
  readonly displayName: string;
  readonly restrictions: AppRestrictions;
  readonly appliesTo: readonly string[];
}

/** An app of a sender, and what the stack gives it. */
export interface CredentialOfApp {
  readonly sender: string;
  readonly by: "secret" | "certificate";
  /** Days that the credential is valid. */
  readonly days: number;
  /** Left out while there is no app. */
  readonly app?: { readonly appId: string; readonly createdDateTime: string };
}

const DAY = 86_400;

/**
 * Whether each app may have its credential. A policy of the app's own counts in place of the default one. What is there already
 * stays good: a policy is asked when a credential is added.
 *
 * @see https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy
 */
export function judgeAppPolicies(
  apps: readonly CredentialOfApp[],
  defaults: AppRestrictions,
  custom: readonly AppManagementPolicy[],
  now: Date,
): Finding[] {
  return apps.map((credential): Finding => {
    const { sender, by, days, app } = credential;
    const own = custom.find(({ appliesTo }) => app && appliesTo.includes(app.appId.toLowerCase()));
    const policy =
      own === undefined
        ? "the default app management policy"
        : `the app management policy "${own.displayName}"`;
    const { passwordCredentials = [], keyCredentials = [] } = own?.restrictions ?? defaults;
    const created = app === undefined ? now : new Date(app.createdDateTime);
    const held = (by === "secret" ? passwordCredentials : keyCredentials).filter(
      ({ state = "enabled", restrictForAppsCreatedAfterDateTime: from }) =>
        state === "enabled" && (!from || created >= new Date(from)),
    );
    const find = (type: string) => held.find(({ restrictionType }) => restrictionType === type);
    const longest = find(
      by === "secret" ? "passwordLifetime" : "asymmetricKeyLifetime",
    )?.maxLifetime;
    const most = longest ? secondsOf(longest) / DAY : Number.POSITIVE_INFINITY;
    const forbidden = by === "secret" && find("passwordAddition") !== undefined;
    if (!forbidden && days <= most) {
      return { severity: "ok", what: `${policy} allows the ${by} of ${sender}` };
    }
    const said = forbidden
      ? "forbids client secrets"
      : `allows a ${by} to be valid for at most ${Math.floor(most)} days, and that of ${sender} is valid for ${days}`;
    const instead =
      by === "secret"
        ? `give ${sender} a federatedIdentity or a signInCertificate in the stack file`
        : `use a certificate for ${sender} that is valid for ${Math.floor(most)} days at the most`;
    return {
      severity: app === undefined ? "error" : "warning",
      what: `${policy} ${said}`,
      why:
        app === undefined
          ? `an up can't give the app of ${sender} its ${by}: Graph refuses it (${forbidden ? "CredentialTypeNotAllowedAsPerAppPolicy" : "CredentialInvalidLifetimeAsPerAppPolicy"})`
          : `the ${by} of ${sender} stays valid until it expires, and can't be renewed`,
      fix: `${instead}, or ask an administrator to exempt the app in the Entra admin centre, Enterprise apps > Application policies`,
      resource: policy.replace("the ", ""),
    };
  });
}

const SECONDS = { Y: 365 * DAY, M: 30 * DAY, W: 7 * DAY, D: DAY } as const;
const TIME_SECONDS = { H: 3600, M: 60, S: 1 } as const;

/** Of an ISO 8601 duration; a month is 30 days, a year 365. */
function secondsOf(duration: string): number {
  const [date = "", time = ""] = duration.replace(/^P/, "").split("T");
  const sum = (text: string, units: Readonly<Record<string, number>>) =>
    [...text.matchAll(/([\d.]+)([A-Z])/g)].reduce(
      (total, [, count, unit = ""]) => total + Number(count) * (units[unit] ?? 0),
      0,
    );
  return sum(date, SECONDS) + sum(time, TIME_SECONDS);
}
