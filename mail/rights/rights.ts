import { EXCHANGE_RIGHTS, GRAPH_PERMISSIONS } from "./graph.ts";
import { kindsOf, type NeededKind, type Relay, surveyedAlone } from "./kinds.ts";
import {
  AUDIT_ROLE,
  EXTRAS,
  type ExtraName,
  type KindNeeds,
  type Needs,
  READING_EXTRAS,
  ROLE_MANAGEMENT,
} from "./needs.ts";

/** Which app: the one that runs `up` and `destroy`, or the one that runs previews, reviews and drift jobs. */
export const APP_NAMES = ["deploy", "read"] as const;
export type AppName = (typeof APP_NAMES)[number];

/** A right that an app needs. */
export interface Right {
  /** What it is: each has another way to be granted. */
  readonly kind: RightKind;
  /** As Microsoft or Cloudflare calls it. */
  readonly name: string;
  /** What it is for, as a clause. */
  readonly because: string;
  /** By which name a person asks for a right that the stack can live without; left out of any other. */
  readonly extra?: ExtraName;
}

/**
 * `permission`: application permission on Microsoft Graph. `exchange`: application permission on Office 365 Exchange Online.
 * `role`: management role of Exchange. `delegating`: the right to give this management role to others. `cmdlet`: one cmdlet of
 * Role Management. `zone`: permission of a Cloudflare API token.
 */
export type RightKind = "permission" | "exchange" | "role" | "delegating" | "cmdlet" | "zone";

/** The names of the rights that a stack can live without. */
export const EXTRA_NAMES = Object.keys(EXTRAS) as readonly ExtraName[];

/** The rights of both apps. */
export type StackRights = Readonly<Record<AppName, readonly Right[]>>;

/** What each right lets an app do, by name. */
const PURPOSES: Readonly<Record<string, string>> = {
  "Domain.Read.All": "read the verified domains and the MX host",
  "LicenseAssignment.Read.All": "read the subscriptions, which say whether the tenant may relay",
  "Organization.Read.All": "read the country that a new user's licence is for",
  "User.Read.All": "read users and their licences",
  "User.ReadWrite.All": "create users, give them licences and block their sign-in",
  "User-PasswordProfile.ReadWrite.All": "change a password",
  "User.RevokeSessions.All": "let npm run stop -- --leaked end a user's sessions",
  [EXTRAS["sign-in-log"]]: "let npm run rotate see that a sender signs in with its new secret",
  [EXTRAS.policies]: "let npm run doctor see policies that forbid secrets or passwords",
  [EXTRAS.purge]: "let npm run teardown -- --purge delete users for good",
  "Application.Read.All": "read the senders' apps",
  "Application.ReadWrite.All": "create the senders' apps and their credentials",
  "AppRoleAssignment.ReadWrite.All": "give the senders' apps SMTP.SendAsApp",
  [EXCHANGE_RIGHTS.appRole]: "call Exchange's admin API at all",
  "View-Only Configuration": "read connectors, DKIM, scopes, limits and the organisation",
  "View-Only Recipients": "read mailboxes, accounts and rights to them",
  [AUDIT_ROLE]: "let npm run drift say who changed what",
  "Remote and Accepted Domains": "write connectors",
  "Transport Rules": "write the mail flow rules of fences",
  "Transport Hygiene": "write DKIM signing and limits of mailboxes",
  "Mail Recipient Creation": "create and remove mailboxes, and accounts of High Volume Email",
  "Mail Recipients": "write settings of mailboxes and accounts, and rights to them",
  "Recipient Policies": "write the policy that lets a user sign in with a password",
  "Get-ServicePrincipal": "read the senders' service principals in Exchange",
  "Test-ServicePrincipalAuthorization": "read whether the senders' apps may send",
  [ROLE_MANAGEMENT]: "write the senders' service principals, scopes and role assignments",
};

/**
 * Which rights the apps of a stack need, exactly: with one less, something of the stack fails. Extras are those that it can
 * live without.
 *
 * @param needsOf what a kind of resource needs; nothing where it needs nothing of Microsoft
 */
export function rightsOf(
  relay: Relay,
  needsOf: (kind: string) => KindNeeds | undefined,
): StackRights {
  const kinds: (NeededKind & { readonly needs: KindNeeds })[] = [
    ...kindsOf(relay).map((needed) => ({ ...needed, needs: needsOf(needed.kind) ?? {} })),
    ...surveyedAlone(relay),
  ];
  const named = (of: (needs: KindNeeds) => readonly string[], kind: RightKind): Right[] => {
    const all = [...new Set(kinds.flatMap(({ needs }) => of(needs)))];
    return all.map((name) => {
      const users = kinds.filter(({ needs }) => of(needs).includes(name));
      return { kind, name, because: reasonOf(kind, name, users) };
    });
  };
  const of = (app: keyof Needs, what: "roles" | "permissions", kind: RightKind) =>
    named((needs) => needs[what]?.[app] ?? [], kind);
  const extras = EXTRA_NAMES.flatMap((extra) =>
    named(({ extras: all = [] }) => (all.includes(extra) ? [EXTRAS[extra]] : []), "permission").map(
      (right): Right => ({ ...right, extra }),
    ),
  );
  const tokens: Right[] = [
    {
      kind: "exchange",
      name: EXCHANGE_RIGHTS.appRole,
      because: `${PURPOSES[EXCHANGE_RIGHTS.appRole]} (every stack)`,
    },
  ];
  return {
    deploy: [
      ...withoutHeld(of("write", "permissions", "permission")),
      ...tokens,
      ...of("write", "roles", "role"),
      ...named(({ delegates = [] }) => delegates, "delegating"),
      ...extras,
      ...zoneRights(relay, ["Zone Read", "DNS Edit"]),
    ],
    read: [
      ...of("read", "permissions", "permission"),
      ...tokens,
      ...of("read", "roles", "role").filter(({ name }) => name !== ROLE_MANAGEMENT),
      { kind: "role", name: AUDIT_ROLE, because: `${PURPOSES[AUDIT_ROLE]} (every stack)` },
      ...named(({ hidden = [] }) => hidden, "cmdlet"),
      ...extras.filter(({ extra }) => extra !== undefined && READING_EXTRAS.includes(extra)),
      ...zoneRights(relay, ["Zone Read", "DNS Read"]),
    ],
  };
}

/**
 * Permissions that another one holds as well, for what this project asks: subscribedSkus needs either.
 *
 * @see https://learn.microsoft.com/graph/api/subscribedsku-list
 */
const HELD_BY: Readonly<Record<string, string>> = {
  [GRAPH_PERMISSIONS.subscriptions]: GRAPH_PERMISSIONS.organization,
};

const withoutHeld = (rights: readonly Right[]): Right[] =>
  rights.filter(({ name }) => !rights.some((other) => other.name === HELD_BY[name]));

function reasonOf(kind: RightKind, name: string, users: readonly NeededKind[]): string {
  const purpose =
    kind === "delegating" ? `give the role ${name} to the senders' apps` : (PURPOSES[name] ?? "");
  const whom = [...new Set(users.map((user) => user.for))];
  return `${purpose} (${whom.includes("every stack") ? "every stack" : joined(whom)})`;
}

/** `sender erp, sender shop and 3 more` */
function joined(names: readonly string[]): string {
  const [first = "", second, ...more] = names;
  if (second === undefined) return first;
  return more.length === 0 ? `${first}, ${second}` : `${first}, ${second} and ${more.length} more`;
}

/** Domains of the stack whose zones are at Cloudflare. */
export const cloudflareDomains = ({ domains }: Pick<Relay, "domains">): string[] =>
  domains.filter(({ dns }) => dns.host === "cloudflare").map(({ name }) => name);

/** @see https://developers.cloudflare.com/fundamentals/api/reference/permissions/ */
function zoneRights(relay: Relay, names: readonly string[]): Right[] {
  const domains = cloudflareDomains(relay);
  if (domains.length === 0) return [];
  const purposes: Readonly<Record<string, string>> = {
    "Zone Read": "find the zones",
    "DNS Read": "read the DNS records",
    "DNS Edit": "read and write the DNS records",
  };
  const whom = joined(domains.map((name) => `domain ${name}`));
  return names.map((name) => ({ kind: "zone", name, because: `${purposes[name]} (${whom})` }));
}
