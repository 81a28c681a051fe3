import type { OutboundConnector } from "../../world/mailFlow.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration, validName } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { flag, list, type Properties, presentProperties, withValues } from "../properties.ts";
import { CONNECTOR_KINDS } from "./connectorKinds.ts";

const properties: Properties<OutboundConnector> = {
  Enabled: { is: "flag", field: "enabled", default: true },
  UseMXRecord: { is: "flag", field: "useMXRecord", default: true },
  Comment: { is: "text", field: "comment", default: "" },
  ...CONNECTOR_KINDS,
  RecipientDomains: { ...list, field: "recipientDomains" },
  SmartHosts: { ...list, field: "smartHosts" },
  TlsDomain: { is: "text", field: "tlsDomain", default: "" },
  TlsSettings: {
    is: "enum",
    field: "tlsSettings",
    type: "Microsoft.Exchange.Data.TlsAuthLevel",
    names: ["EncryptionOnly", "CertificateValidation", "DomainValidation"],
    default: "",
  },
  IsTransportRuleScoped: { ...flag, field: "isTransportRuleScoped" },
  RouteAllMessagesViaOnPremises: { ...flag, field: "routeAllMessagesViaOnPremises" },
  CloudServicesMailEnabled: { ...flag, field: "cloudServicesMailEnabled" },
  AllAcceptedDomains: { ...flag, field: "allAcceptedDomains" },
  TestMode: { ...flag, field: "testMode" },
};

const outboundConnectors = inConfiguration<OutboundConnector>(
  "Transport Settings",
  (world) => world.mailFlow.outboundConnectors,
);

/** In the order of Microsoft365DSC's EXOOutboundConnector, which has what Get gives. */
export const outboundConnectorCmdlets = defineNoun<OutboundConnector>({
  name: "OutboundConnector",
  identity: "OutboundConnectorIdParameter",
  directory: outboundConnectors,
  properties,
  present: (connector) =>
    presentNamed(connector, {
      ...presentProperties(properties, connector),
      TlsDomain: connector.tlsDomain || null,
      TlsSettings: connector.tlsSettings || null,
    }),
  validate({ useMXRecord, smartHosts, connectorType, routeAllMessagesViaOnPremises }) {
    if (!useMXRecord && smartHosts.length === 0) throw refusal("exchange.no-smart-hosts");
    if (routeAllMessagesViaOnPremises && connectorType !== "OnPremises") {
      throw refusal("exchange.route-all-of-partner");
    }
  },
  new: {},
  get: {
    parameters: {
      IsTransportRuleScoped: { is: "flag" },
      IncludeTestModeConnectors: { is: "flag" },
    },
    read(identity, bound, world) {
      const scoped = bound.flag("IsTransportRuleScoped");
      const all = world.mailFlow.outboundConnectors;
      const wanted = identity?.toLowerCase();
      return all
        .filter(
          (one) =>
            wanted === undefined ||
            outboundConnectors.identities(one, world).some((id) => id.toLowerCase() === wanted),
        )
        .filter((one) => scoped === undefined || one.isTransportRuleScoped === scoped)
        .filter((one) => !one.testMode || bound.flag("IncludeTestModeConnectors") === true);
    },
  },
  set: {
    parameters: { Name: { is: "text" } },
    edit(current, bound, { world }) {
      const next = withValues(properties, current, bound, world);
      return bound.has("Name") ? { ...next, name: validName(bound.text("Name") ?? "") } : next;
    },
  },
  remove: {},
});
