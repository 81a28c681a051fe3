import { acceptedDomain } from "./exchange/acceptedDomain.ts";
import { authenticationPolicy } from "./exchange/authenticationPolicy.ts";
import { clientSubmission } from "./exchange/clientSubmission.ts";
import { dkimSigning } from "./exchange/dkimSigning.ts";
import { dkimSigningConfig } from "./exchange/dkimSigningConfig.ts";
import { inboundConnector } from "./exchange/inboundConnector.ts";
import { mailboxPermission } from "./exchange/mailboxPermission.ts";
import { managementRoleAssignment } from "./exchange/managementRoleAssignment.ts";
import { managementScope } from "./exchange/managementScope.ts";
import { outboundLimit } from "./exchange/outboundLimit.ts";
import { sendAs } from "./exchange/sendAs.ts";
import { exchangeServicePrincipal } from "./exchange/servicePrincipal.ts";
import { sharedMailbox } from "./exchange/sharedMailbox.ts";
import { userMailbox } from "./exchange/userMailbox.ts";
import { hosted } from "./host/hosted.ts";
import { patience, tenants, zones } from "./run.ts";

/**
 * State names this file and `handler`: it is never moved or renamed, so that objects made by any release can
 * still be refreshed and deleted. Everything behind it may change.
 */
const KINDS = {
  AcceptedDomain: () => acceptedDomain(tenants),
  AuthenticationPolicy: () => authenticationPolicy(tenants),
  ClientSubmission: () => clientSubmission(tenants, patience),
  DkimSigning: () => dkimSigning(tenants, zones, patience),
  DkimSigningConfig: () => dkimSigningConfig(tenants, patience),
  ExchangeServicePrincipal: () => exchangeServicePrincipal(tenants),
  InboundConnector: () => inboundConnector(tenants),
  MailboxPermission: () => mailboxPermission(tenants),
  ManagementRoleAssignment: () => managementRoleAssignment(tenants),
  ManagementScope: () => managementScope(tenants),
  OutboundLimit: () => outboundLimit(tenants),
  SendAs: () => sendAs(tenants),
  SharedMailbox: () => sharedMailbox(tenants),
  UserMailbox: () => userMailbox(tenants, patience),
} as const;

/** The kinds of resource that this provider has. A name in here stays for as long as a state may hold it. */
export type KindName = keyof typeof KINDS;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: KindName) {
  return hosted(KINDS[kind]());
}
