import { command } from "../../powershell.ts";
import type { Finding } from "../finding.ts";

const RESTRICTED = "https://security.microsoft.com/restrictedentities";

/**
 * Judges whether Defender lets a sender's connector send.
 *
 * @param reason why not, in Exchange's words; undefined where it does
 * @see https://learn.microsoft.com/defender-office-365/connectors-remove-blocked
 */
export function judgeBlockedConnector(
  { name, guid }: { readonly name: string; readonly guid: string },
  reason: string | undefined,
): Finding {
  if (reason === undefined) return { severity: "ok", what: `connector "${name}" is not blocked` };
  return {
    severity: "error",
    what: `connector "${name}" is blocked as compromised${words(reason)}`,
    why: "its mail comes back in a non-delivery report: 550 5.7.711 Access denied, bad inbound connector",
    fix: `find the server that was misused and clean it (docs/runbooks/blocked-connector.md), then run ${command("Remove-BlockedConnector", { ConnectorId: guid })}, or unblock it at ${RESTRICTED}`,
    resource: `connector "${name}"`,
  };
}

/**
 * Judges whether a sender's mailbox may send.
 *
 * @param reason why not, in Exchange's words; undefined where it may
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-restore-restricted-users
 */
export function judgeRestrictedSender(address: string, reason: string | undefined): Finding {
  if (reason === undefined) return { severity: "ok", what: `${address} is not restricted` };
  return {
    severity: "error",
    what: `${address} is a restricted sender${words(reason)}`,
    why: "its mail comes back in a non-delivery report: 550 5.1.8 Access denied, bad outbound sender",
    fix: `find out who sent (docs/runbooks/restricted-user.md), then run ${command("Remove-BlockedSenderAddress", { SenderAddress: address })}, or unblock it at ${RESTRICTED}`,
    resource: `mailbox ${address}`,
  };
}

const words = (reason: string): string => (reason === "" ? "" : ` (${reason})`);
