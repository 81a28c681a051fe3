// Whether policies of sign-ins block the senders that sign in with a password.
import { EXCHANGE_ONLINE_APP_ID } from "../../senders/access.ts";
import type { Finding } from "../finding.ts";

/** A Conditional Access policy as Graph shows it, cut to what can block a password. */
export interface ConditionalAccessPolicy {
  readonly displayName: string;
  /** `enabled`, `disabled` or `enabledForReportingButNotEnforced`. */
  readonly state: string;
  readonly conditions: {
    readonly clientAppTypes?: readonly string[] | null;
    readonly applications?: {
      readonly includeApplications?: readonly string[] | null;
      readonly excludeApplications?: readonly string[] | null;
    } | null;
    readonly users?: {
      readonly [property: string]: unknown;
      readonly includeUsers?: readonly string[] | null;
      readonly excludeUsers?: readonly string[] | null;
    } | null;
    readonly [condition: string]: unknown;
  };
  readonly grantControls: { readonly builtInControls?: readonly string[] | null } | null;
}

/** A sender with a password. */
export interface PasswordSender {
  readonly sender: string;
  readonly address: string;
  /** Whether it signs in to High Volume Email. */
  readonly isHighVolume: boolean;
  /** Object id of its user; left out while there is none. */
  readonly userId?: string;
}

/**
 * Security defaults and Conditional Access apply to people who sign in, also with a password to SMTP. Apps that sign in by
 * themselves (client credentials) are not people: neither applies to them.
 *
 * @see https://learn.microsoft.com/entra/fundamentals/security-defaults (Block legacy authentication protocols)
 * @see https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication
 */
export function judgeSignInPolicies(
  senders: readonly PasswordSender[],
  hasSecurityDefaults: boolean,
  policies: readonly ConditionalAccessPolicy[],
): Finding[] {
  const names = senders.map(({ sender }) => sender).join(", ");
  if (hasSecurityDefaults) {
    const pages = [...new Set(senders.map(pageOf))].join(" and ");
    return [
      {
        severity: "error",
        what: "security defaults are on",
        why: `they block basic authentication, so that ${names} can't sign in with a password (535 5.7.139); senders with OAuth are not affected`,
        fix: `move ${names} to OAuth or a connector (${pages} ${pages.includes(" and ") ? "say" : "says"} how); or ask an administrator to replace security defaults by Conditional Access policies (Entra admin centre, Overview > Properties > Manage security defaults); switching them off without such policies weakens the whole tenant`,
        resource: "identitySecurityDefaultsEnforcementPolicy",
      },
    ];
  }
  const findings = senders.flatMap((sender) =>
    policies.flatMap((policy) => {
      const hit = hitOf(policy, sender);
      return hit === undefined ? [] : [blocked(policy, sender, hit)];
    }),
  );
  return findings.length > 0
    ? findings
    : [
        {
          severity: "ok",
          what: `neither security defaults nor a Conditional Access policy blocks the password of ${names}`,
        },
      ];
}

const pageOf = ({ isHighVolume }: PasswordSender): string =>
  isHighVolume ? "docs/how-to/high-volume-email.md" : "docs/how-to/send-with-a-password.md";

const EXCHANGE = [EXCHANGE_ONLINE_APP_ID, "Office365"];

/**
 * Whether a policy blocks a sender: a client with basic authentication satisfies no control (no second factor, no device).
 * `perhaps` where groups, roles, places or devices decide.
 */
function hitOf(
  { state, conditions, grantControls }: ConditionalAccessPolicy,
  { userId }: PasswordSender,
): "surely" | "perhaps" | undefined {
  const clients = conditions.clientAppTypes ?? ["all"];
  const controls = grantControls?.builtInControls ?? [];
  const { includeApplications, excludeApplications } = conditions.applications ?? {};
  const isOfExchange = (apps: readonly string[] | null | undefined): boolean =>
    (apps ?? []).some((app) => EXCHANGE.some((one) => one.toLowerCase() === app.toLowerCase()));
  const applies =
    state === "enabled" &&
    controls.length > 0 &&
    clients.some((client) => ["all", "other"].includes(client)) &&
    ((includeApplications ?? []).includes("All") || isOfExchange(includeApplications)) &&
    !isOfExchange(excludeApplications);
  if (!applies) return undefined;
  const { includeUsers, excludeUsers, ...others } = conditions.users ?? {};
  const isNamed = (users: readonly string[] | null | undefined): boolean =>
    userId !== undefined && (users ?? []).includes(userId);
  if (isNamed(excludeUsers)) return undefined;
  const isIncluded = (includeUsers ?? []).includes("All") || isNamed(includeUsers);
  const include = [others.includeGroups, others.includeRoles].some(isSet);
  if (!isIncluded && !include) return undefined;
  const exclude = [others.excludeGroups, others.excludeRoles].some(isSet);
  const isConditional = [
    conditions.locations,
    conditions.platforms,
    conditions.devices,
    conditions.signInRiskLevels,
    conditions.userRiskLevels,
  ].some(isSet);
  return isIncluded && !exclude && !isConditional ? "surely" : "perhaps";
}

const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null;

function blocked(
  { displayName, grantControls }: ConditionalAccessPolicy,
  own: PasswordSender,
  hit: "surely" | "perhaps",
): Finding {
  const { sender, address } = own;
  const controls = (grantControls?.builtInControls ?? []).join(", ");
  return {
    severity: hit === "surely" ? "error" : "warning",
    what: `the Conditional Access policy "${displayName}" (${controls}) ${hit === "surely" ? "applies" : "may apply, by a group, role, place or device,"} to ${address} of ${sender}`,
    why: "a client that signs in with a password can't meet what the policy requires, and is refused (535 5.7.139)",
    fix: `ask an administrator to exclude the user ${address} from it (Entra admin centre, Conditional Access > Policies), or move ${sender} to OAuth or a connector: ${pageOf(own)} says how`,
    resource: `Conditional Access policy "${displayName}"`,
  };
}
