import { command } from "../../powershell.ts";
import type { Finding } from "../finding.ts";

/** A way out of Exchange. */
export interface OutboundConnector {
  readonly name: string;
  readonly enabled: boolean;
  readonly testMode: boolean;
  /** Domains of recipients; `*` for all. */
  readonly recipientDomains: readonly string[];
  readonly smartHosts: readonly string[];
  readonly useMXRecord: boolean;
  /** Whether nothing but a rule that names it uses it. */
  readonly isTransportRuleScoped: boolean;
  readonly routeAllMessagesViaOnPremises: boolean;
  /** Empty where TLS is used as far as the receiver has it. */
  readonly tlsSettings: string;
}

/** What a gateway behind Exchange does to mail. */
export const GATEWAY =
  "receivers see the gateway's address: SPF fails where the domain's record does not list it, and DKIM fails where the gateway changes a message that Exchange has signed";

/**
 * Judges an outbound connector: whether the senders' mail leaves by it.
 *
 * @param domains the stack's, which mail comes from
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-for-secure-mail-flow-with-a-partner
 */
export function judgeOutboundConnector(
  connector: OutboundConnector,
  domains: readonly string[],
): Finding[] {
  const { name, recipientDomains, smartHosts, useMXRecord, tlsSettings } = connector;
  if (!connector.enabled || connector.testMode || connector.isTransportRuleScoped) return [];
  const isForAll = connector.routeAllMessagesViaOnPremises || recipientDomains.includes("*");
  const resource = `outbound connector "${name}"`;
  const to = isForAll ? "every domain outside" : recipientDomains.join(", ");
  if (recipientDomains.length === 0 && !isForAll) return [];
  if (!useMXRecord || connector.routeAllMessagesViaOnPremises) {
    const hosts = smartHosts.join(", ") || "the organisation's own servers";
    const what = `${resource} sends mail to ${to} through ${hosts}`;
    if (!isForAll) return [{ severity: "ok", what }];
    return [
      {
        severity: "warning",
        what,
        why: GATEWAY,
        fix: `list the addresses that ${hosts} sends from in the SPF record of ${domains.join(", ")}, and set up the gateway so that it changes no message, or signs with DKIM what it changes; if it is no longer used, run ${command("Set-OutboundConnector", { Identity: name, Enabled: false })}. npm run verify -- --stack NAME --to ADDRESS shows what receivers see`,
        resource,
      },
    ];
  }
  if (!isForAll || tlsSettings === "") {
    return [{ severity: "ok", what: `${resource} sends mail to ${to} to the domain's MX` }];
  }
  return [
    {
      severity: "warning",
      what: `${resource} requires TLS (${tlsSettings}) of every receiver`,
      why: `mail to receivers without TLS${tlsSettings === "EncryptionOnly" ? "" : ", or without a valid certificate,"} is queued, and comes back in a non-delivery report after a day`,
      fix: `limit the connector to the domains that it is for: run ${command("Set-OutboundConnector", { Identity: name, RecipientDomains: ["fabrikam.com"] })}`,
      resource,
    },
  ];
}
