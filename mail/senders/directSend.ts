import { naming } from "../naming.ts";
import type { Problem } from "../problem.ts";

/**
 * Says that the tenant refuses the direct send that senders rely on: mail without authentication from its own domains.
 *
 * @param isRejected `RejectDirectSend` of Get-OrganizationConfig
 * @see https://techcommunity.microsoft.com/blog/exchange/introducing-more-control-over-direct-send-in-exchange-online/4408790
 */
export function directSendProblem(
  senders: readonly string[],
  isRejected: boolean,
): Problem | undefined {
  if (senders.length === 0 || !isRejected) return undefined;
  const [use, them] = senders.length === 1 ? ["uses", "it"] : ["use", "them"];
  return {
    key: naming("sender", senders),
    value: undefined,
    rule: `${use} direct send, which the tenant refuses with 550 5.7.68 (RejectDirectSend)`,
    fix: `give ${them} authentication: [staticIp], which makes a connector for the address, or allow direct send for everybody with Set-OrganizationConfig -RejectDirectSend $false`,
  };
}
