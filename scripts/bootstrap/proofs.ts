// Calls by which the rights of an app show. None of them changes anything.
import { DAY } from "../../mail/days.ts";
import type { HeldRight, RightState } from "../../mail/rights/compare.ts";
import { AUDIT_ROLE, ROLE_MANAGEMENT } from "../../mail/rights/needs.ts";
import { SMTP_MANAGEMENT_ROLE } from "../../mail/senders/access.ts";
import { inUtc } from "../../tenant/auditLog.ts";
import { type Connection, signIn } from "../../tenant/connection.ts";
import { exchange, type Invoke } from "../../tenant/exchange.ts";
import { ExchangeError, isNotFound } from "../../tenant/exchangeError.ts";
import { permissionsIn } from "../../tenant/tokenClaims.ts";

/** What is to be said of one right, and what shows it. */
export interface CheckedRight extends Omit<RightState, "state"> {
  /** `unknown`: the token was not given, so that it could not be looked at. */
  readonly state: RightState["state"] | "unknown";
  /** `called`: a call that needs it was answered. `granted`: the tenant says so. `refused`: granted, and not in effect yet. */
  readonly shown: "called" | "granted" | "refused" | "not looked at";
  /** The call that was made, or why none is made; left out where none was made as this app. */
  readonly by?: string;
}

/** The parameters of a cmdlet that shows a right, for the app with this client id. */
type Parameters = (clientId: string) => object;

/**
 * A cmdlet that only reads, for each management role and each cmdlet of Role Management. Other roles may hold it too, so that an
 * answer proves the role only together with what the tenant says.
 */
const CMDLETS: Readonly<Record<string, readonly [cmdlet: string, parameters: Parameters]>> = {
  "View-Only Configuration": ["Get-OrganizationConfig", () => ({})],
  "View-Only Recipients": ["Get-Recipient", () => ({ ResultSize: 1 })],
  [AUDIT_ROLE]: [
    "Search-UnifiedAuditLog",
    () => ({
      StartDate: inUtc(new Date(Date.now() - DAY)),
      EndDate: inUtc(new Date()),
      ResultSize: 1,
    }),
  ],
  "Remote and Accepted Domains": ["Get-InboundConnector", () => ({})],
  "Transport Rules": ["Get-TransportRule", () => ({ ResultSize: 1 })],
  "Transport Hygiene": ["Get-HostedOutboundSpamFilterPolicy", () => ({})],
  "Mail Recipients": ["Get-Mailbox", () => ({ ResultSize: 1 })],
  "Recipient Policies": ["Get-AuthenticationPolicy", () => ({})],
  [ROLE_MANAGEMENT]: ["Get-ServicePrincipal", () => ({})],
  "Get-ServicePrincipal": ["Get-ServicePrincipal", () => ({})],
  "Test-ServicePrincipalAuthorization": [
    "Test-ServicePrincipalAuthorization",
    (clientId) => ({ Identity: clientId }),
  ],
};

/** Why no harmless call shows a right; the tenant's word is all that `--check` has. */
export const UNPROVED: Readonly<Record<string, string>> = {
  "Mail Recipient Creation": "it holds no cmdlet that only reads",
  [SMTP_MANAGEMENT_ROLE]: "whether a role may be given to others shows when it is given",
};

/** What shows that an app has a right; undefined where no harmless call shows it. */
export function proofOf({ kind, name }: HeldRight): string | undefined {
  if (kind === "permission" || kind === "exchange") return "its access token";
  return kind === "role" || kind === "cmdlet" ? CMDLETS[name]?.[0] : undefined;
}

/**
 * Tries the rights that an app has: permissions by its own access token, which lists them, management roles by a cmdlet.
 *
 * @returns what was tried, by kind and name
 */
export async function proofsOf(
  connection: Connection,
  clientId: string,
  states: readonly RightState[],
): Promise<Map<string, CheckedRight>> {
  const { cloud } = connection;
  const tokens = {
    permission: permissionsIn((await signIn(connection, cloud.graph)).token),
    exchange: permissionsIn((await signIn(connection, cloud.exchangeResource)).token),
  };
  const invoke = exchange(connection);
  const proofs = new Map<string, CheckedRight>();
  for (const state of states.filter((one) => one.state === "held" || one.state === "too much")) {
    const { kind, name } = state;
    const by = proofOf(state);
    if (by === undefined) {
      const why = UNPROVED[name];
      proofs.set(`${kind} ${name}`, { ...state, shown: "granted", ...(why && { by: why }) });
      continue;
    }
    const isShown =
      kind === "permission" || kind === "exchange"
        ? tokens[kind].includes(name)
        : await isAnswered(invoke, name, clientId);
    proofs.set(`${kind} ${name}`, { ...state, shown: isShown ? "called" : "refused", by });
  }
  return proofs;
}

/**
 * Whether Exchange answers the cmdlet that shows a management role, or a cmdlet of Role Management.
 *
 * @param clientId of the app that calls
 * @throws Error where the answer says neither
 */
export async function isAnswered(invoke: Invoke, name: string, clientId: string): Promise<boolean> {
  const [cmdlet, parameters] = CMDLETS[name] ?? [];
  if (cmdlet === undefined || parameters === undefined) throw new Error(`nothing shows ${name}`);
  try {
    await invoke(cmdlet, { ...parameters(clientId) });
    return true;
  } catch (error) {
    if (error instanceof ExchangeError && [401, 403].includes(error.status)) return false;
    // Exchange looks for an object, and counts what it lists, after it has let the caller in.
    if (isNotFound(error) || (error instanceof ExchangeError && error.status === 200)) return true;
    throw error;
  }
}
