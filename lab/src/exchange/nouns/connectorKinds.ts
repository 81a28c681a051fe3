/** What inbound and outbound connectors say alike of what they are and where they come from. */
export const CONNECTOR_KINDS = {
  ConnectorType: {
    is: "enum",
    field: "connectorType",
    type: "Microsoft.Exchange.Data.TenantConnectorType",
    names: ["OnPremises", "Partner"],
    default: "Partner",
  },
  ConnectorSource: {
    is: "enum",
    field: "connectorSource",
    type: "Microsoft.Exchange.Data.TenantConnectorSource",
    names: ["Default", "Migrated", "HybridWizard"],
    default: "Default",
  },
} as const;
