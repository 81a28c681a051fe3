// Calls by which the rights of an app show. None of them changes anything.
import type { RightState } from "../../mail/rights/compare.ts";
import { type Connection, signIn } from "../../tenant/connection.ts";
import { exchange } from "../../tenant/exchange.ts";
import { ExchangeError } from "../../tenant/exchangeError.ts";

/** What is to be said of one right, and what shows it. */
export interface CheckedRight extends Omit<RightState, "state"> {
  /** `unknown`: the token was not given, so that it could not be looked at. */
  readonly state: RightState["state"] | "unknown";
  /** `called`: a call that needs it was answered. `granted`: the tenant says so. `refused`: granted, and not in effect yet. */
  readonly shown: "called" | "granted" | "refused" | "not looked at";
  /** The call that was made; left out where there was none. */
  readonly by?: string;
}

/**
 * A cmdlet that only reads, for each management role. Other roles may hold it too, so that an answer proves the role only
 * together with what the tenant says. Mail Recipient Creation holds none.
 */
const CMDLETS: Readonly<Record<string, readonly [cmdlet: string, parameters: object]>> = {
  "View-Only Configuration": ["Get-OrganizationConfig", {}],
  "View-Only Recipients": ["Get-Recipient", { ResultSize: 1 }],
  "Remote and Accepted Domains": ["Get-InboundConnector", {}],
  "Transport Hygiene": ["Get-HostedOutboundSpamFilterPolicy", {}],
  "Mail Recipients": ["Get-Mailbox", { ResultSize: 1 }],
  "Organization Client Access": ["Get-AuthenticationPolicy", {}],
  "Role Management": ["Get-ServicePrincipal", {}],
  "View-Only Audit Logs": ["Get-AdminAuditLogConfig", {}],
  "Get-ServicePrincipal": ["Get-ServicePrincipal", {}],
};

/**
 * Tries the rights that an app has: permissions by its own access token, which lists them, management roles by a cmdlet.
 *
 * @returns what was tried, by kind and name
 */
export async function proofsOf(
  connection: Connection,
  states: readonly RightState[],
): Promise<Map<string, CheckedRight>> {
  const { cloud } = connection;
  const tokens = {
    permission: rolesIn((await signIn(connection, cloud.graph)).token),
    exchange: rolesIn((await signIn(connection, cloud.exchangeResource)).token),
  };
  const invoke = exchange(connection);
  const proofs = new Map<string, CheckedRight>();
  for (const state of states.filter((one) => one.state === "held" || one.state === "too much")) {
    const { kind, name } = state;
    const told = (isShown: boolean, by: string) =>
      proofs.set(`${kind} ${name}`, { ...state, shown: isShown ? "called" : "refused", by });
    if (kind === "permission" || kind === "exchange") {
      told(tokens[kind].includes(name), "its access token");
      continue;
    }
    const [cmdlet, parameters] = CMDLETS[name] ?? [];
    if (cmdlet !== undefined)
      told(await isAllowed(() => invoke(cmdlet, { ...parameters })), cmdlet);
  }
  return proofs;
}

/** The application permissions that an access token lists. */
function rolesIn(token: string): readonly string[] {
  const json = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
  const { roles = [] } = JSON.parse(json) as { roles?: readonly string[] };
  return roles;
}

async function isAllowed(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof ExchangeError && [401, 403].includes(error.status)) return false;
    throw error;
  }
}
