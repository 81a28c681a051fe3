// What the identity may do: what it lacks to read, and to deploy.
import { holdsPermission } from "../../rights/graph.ts";
import { AUDIT_ROLE } from "../../rights/needs.ts";
import type { AppName, Right, StackRights } from "../../rights/rights.ts";
import type { Finding } from "../finding.ts";

/** What was seen of an identity's rights. */
export interface SeenRights {
  readonly clientId: string;
  /** Application permissions that its access token for Microsoft Graph lists. */
  readonly permissions: readonly string[];
  /** The same of its token for Exchange. */
  readonly exchange: readonly string[];
  /**
   * By management role or cmdlet of Role Management: whether the cmdlet that shows it was answered, or what was said where neither
   * is known. Left out where no harmless cmdlet shows it.
   */
  readonly cmdlets: ReadonlyMap<string, boolean | string>;
}

/**
 * Whether an identity can read for a preview, or deploy. A role that is answered may be another one: what it may write shows when
 * it writes, so that nothing is said to be proved but reading.
 */
export function judgeRights(rights: StackRights, stack: string, seen: SeenRights): Finding[] {
  const lacks = (app: AppName): Right[] =>
    rights[app].filter(
      (right) =>
        right.kind !== "zone" && right.extra === undefined && stateOf(right, seen) === "missing",
    );
  const [toRead, toDeploy] = [lacks("read"), lacks("deploy")];
  const unknowns = unknownRights(rights, seen);
  if (unknowns.length === 0 && toDeploy.length === 0 && toRead.every(isOnlyForDrift)) {
    return [
      {
        severity: "ok",
        what: `app ${seen.clientId} has what an up needs, as far as its token and cmdlets that only read show: ${counted(rights.deploy, seen)}`,
      },
    ];
  }
  const hard = toRead.filter((right) => !isOnlyForRefresh(right));
  const missing = toRead.map((right): Finding => {
    const isHard = hard.includes(right);
    return {
      severity: isHard ? "error" : "warning",
      what: `app ${seen.clientId} lacks ${nameOf(right)}: ${right.because}`,
      why: isHard
        ? "no preview can run as this app, and some checks are unknown; mail is not affected"
        : "a preview works, but a refresh or npm run drift sees less; mail is not affected",
      fix: `${grantOf(right)}; an app that bootstrap made gets it with npm run bootstrap -- --stack ${stack}. It takes up to an hour until a new right counts`,
      resource: `app ${seen.clientId} (ARM_CLIENT_ID)`,
    };
  });
  const deploying = `to deploy it would also need ${listed(toDeploy)}`;
  return [
    ...unknowns,
    ...missing,
    ...(hard.length + unknowns.length > 0
      ? []
      : [
          {
            severity: "ok" as const,
            what: `app ${seen.clientId} can preview${toRead.length === 0 ? " and look for drift" : ""} (${counted(rights.read, seen)})${toDeploy.length === 0 ? "" : `; ${deploying}`}`,
          },
        ]),
  ];
}

type State = "shown" | "missing" | "unknown" | "not shown by reading";

function stateOf({ kind, name }: Right, { permissions, exchange, cmdlets }: SeenRights): State {
  if (kind === "permission") return holdsPermission(permissions, name) ? "shown" : "missing";
  if (kind === "exchange") return exchange.includes(name) ? "shown" : "missing";
  const answered = kind === "role" || kind === "cmdlet" ? cmdlets.get(name) : undefined;
  if (answered === undefined) return "not shown by reading";
  if (typeof answered === "string") return "unknown";
  return answered ? "shown" : "missing";
}

/** Rights of which nothing is known, each told once. */
function unknownRights({ read, deploy }: StackRights, seen: SeenRights): Finding[] {
  const all = [...read, ...deploy].filter((right) => stateOf(right, seen) === "unknown");
  return [...new Set(all.map(({ name }) => name))].map(
    (name): Finding => ({
      severity: "unknown",
      what: `whether app ${seen.clientId} has ${name} is not known: ${seen.cmdlets.get(name)}`,
      why: "without it a preview or an up may fail",
      fix: "run npm run doctor -- --stack NAME again; if Exchange still says so, do what its message says",
      resource: `app ${seen.clientId} (ARM_CLIENT_ID)`,
    }),
  );
}

const isOnlyForDrift = ({ name }: Right): boolean => name === AUDIT_ROLE;
const isOnlyForRefresh = (right: Right): boolean =>
  isOnlyForDrift(right) || right.kind === "cmdlet";

const nameOf = ({ kind, name }: Right): string => {
  if (kind === "permission") return `the permission ${name} on Microsoft Graph`;
  if (kind === "exchange") return `the permission ${name} on Office 365 Exchange Online`;
  return kind === "cmdlet" ? `the right to run ${name}` : `the management role ${name}`;
};

const grantOf = ({ kind, name }: Right): string => {
  if (kind === "permission" || kind === "exchange") {
    const on = kind === "permission" ? "Microsoft Graph" : "Office 365 Exchange Online";
    return `grant ${name} (${on}, application permission) with admin consent in the Entra admin centre, App registrations > API permissions`;
  }
  return kind === "cmdlet"
    ? `add a management role with ${name} to a role group that the app is in`
    : `add the role ${name} to a role group that the app is in (New-RoleGroup -Roles, Add-RoleGroupMember)`;
};

const listed = (rights: readonly Right[]): string => rights.map(({ name }) => name).join(", ");

/** `4 permissions in its token, 3 rights in Exchange` */
function counted(rights: readonly Right[], seen: SeenRights): string {
  const shown = rights.filter((right) => stateOf(right, seen) === "shown");
  const inToken = shown.filter(({ kind }) => kind === "permission" || kind === "exchange").length;
  return `${inToken} permissions in its tokens, ${shown.length - inToken} rights in Exchange, each shown by a cmdlet`;
}
