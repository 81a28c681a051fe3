import type { Environment } from "../../../mail/clouds.ts";
import { ownershipMark } from "../../../mail/ownership.ts";
import { type ConnectorForm, formOf } from "./form.ts";

/** What is the same for every connector that relays. */
const FIXED = {
  connectorType: "OnPremises",
  enabled: true,
  senderDomains: ["*"],
  requireTls: true,
  treatMessagesAsInternal: false,
  cloudServicesMailEnabled: false,
} as const;

/** Whose a connector is, and where. */
export interface Identity {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender`; written into the connector's Comment, and without it nothing is ever removed. */
  readonly owner: string;
  /** Whether it is a connector that was there before us, to be taken over and put back. */
  readonly adopt: boolean;
}

/** What a program says of a connector, beside whose it is. */
export interface ConnectorArgs {
  readonly name: string;
  readonly senderIPAddresses?: readonly string[];
  readonly tlsSenderCertificateName?: string;
  readonly associatedAcceptedDomains: readonly string[];
}

/** What a program declares. */
export interface InboundConnectorInputs extends ConnectorArgs, Identity {}

/** What check makes of it: every property that is managed. */
export interface CheckedInputs extends ConnectorForm, Identity {}

/** What state keeps: the form as declared, and what Exchange made of it. */
export interface InboundConnectorOutputs extends CheckedInputs {
  /** Exchange's own id, a GUID, which stays when the connector is renamed. */
  readonly guid: string;
  readonly ready: boolean;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  readonly pending: string;
  /** Properties that Exchange is known to keep its own way, with the value it keeps. */
  readonly ownWay: Partial<ConnectorForm>;
  /** The connector as it was before it was adopted; null for one that we made. */
  readonly before: ConnectorForm | null;
}

/** Fills in what is the same for all, and brings every value into its one writing. */
export function checkedInputs(args: InboundConnectorInputs): CheckedInputs {
  const comment = ownershipMark(args.owner, args.adopt);
  return { ...identityOf(args), ...formOf({ ...args, ...FIXED, comment }) };
}

export const identityOf = ({ tenantId, environment, owner, adopt }: Identity): Identity => ({
  tenantId,
  environment,
  owner,
  adopt,
});
