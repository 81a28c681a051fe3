import type {
  DeclaredConnector,
  FormerConnector,
  TenantConnector,
} from "../../../../mail/senders/connectorProblems.ts";

/** A connector that the stack `prod` declares for its sender `erp`. */
export const ERP: DeclaredConnector = {
  tenantId: "22222222-3333-4444-5555-666666666666",
  owner: "relay/prod/erp",
  name: "relay-prod-erp",
  senderIPAddresses: ["198.51.100.7"],
  tlsSenderCertificateName: "",
  associatedAcceptedDomains: [],
};

/** The same by certificate. */
export const CERTIFIED = {
  senderIPAddresses: [],
  tlsSenderCertificateName: "relay.contoso.com",
} as const;

/** A connector that was made by hand and matches nothing of ours. */
export const OLD: TenantConnector = {
  name: "Old",
  guid: "guid-of-old",
  owner: undefined,
  connectorType: "OnPremises",
  enabled: true,
  isHybrid: false,
  senderIPAddresses: ["203.0.113.1"],
  tlsSenderCertificateName: "",
};

/** What a connector bears that `npm run stop` stopped. */
export const STOPPED =
  "Stopped by hand on 2026-11-27T14:03:00Z with npm run stop, before: connector on.";

/** A situation: what differs from `ERP` and `OLD`, and every problem as a sentence. */
export interface Situation {
  readonly title: string;
  readonly declared?: Partial<DeclaredConnector>;
  readonly there: readonly Partial<TenantConnector>[];
  readonly olds?: FormerConnector;
  readonly says?: readonly string[];
}
