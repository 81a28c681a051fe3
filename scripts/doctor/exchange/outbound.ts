import { judgeOutboundConnector } from "../../../mail/doctor/exchange/outboundConnector.ts";
import { findAll, text } from "../../../providers/exchange/find.ts";
import type { Check } from "../check.ts";

/** Whether the senders' mail leaves Exchange by a gateway. */
export const outbound: Check = {
  name: "outbound-connectors",
  title: "outbound connectors",
  async look({ config, invoke }) {
    const objects = await findAll(invoke, "Get-OutboundConnector", { ResultSize: "Unlimited" });
    const domains = config.domains.map(({ name }) => name);
    const findings = objects.flatMap((object) =>
      judgeOutboundConnector(
        {
          name: text(object.Name),
          enabled: object.Enabled === true,
          testMode: object.TestMode === true,
          recipientDomains: textsOf(object.RecipientDomains),
          smartHosts: textsOf(object.SmartHosts),
          useMXRecord: object.UseMXRecord !== false,
          isTransportRuleScoped: object.IsTransportRuleScoped === true,
          routeAllMessagesViaOnPremises: object.RouteAllMessagesViaOnPremises === true,
          tlsSettings: text(object.TlsSettings),
        },
        domains,
      ),
    );
    if (findings.length > 0) return findings;
    return [{ severity: "ok", what: "Exchange sends mail to the recipients' own servers" }];
  },
};

/** A property that holds several texts. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
