import { AZUREAD_NEEDS } from "../mail/rights/azuread.ts";
import type { KindNeeds } from "../mail/rights/needs.ts";
import { dmarcRecord } from "./dns/dmarcRecord.ts";
import { dnsRecord } from "./dns/dnsRecord.ts";
import { mxRecord } from "./dns/mxRecord.ts";
import { spfRecord } from "./dns/spfRecord.ts";
import { license } from "./entra/license.ts";
import { password } from "./entra/password.ts";
import { userPassword } from "./entra/userPassword.ts";
import { acceptedDomain } from "./exchange/acceptedDomain.ts";
import { adoptedApplication } from "./exchange/adoptedApplication.ts";
import { adoptedMailbox } from "./exchange/adoptedMailbox.ts";
import { authenticationPolicy } from "./exchange/authenticationPolicy.ts";
import { clientSubmission } from "./exchange/clientSubmission.ts";
import { dkimSigning } from "./exchange/dkimSigning.ts";
import { dkimSigningConfig } from "./exchange/dkimSigningConfig.ts";
import { hveAccount } from "./exchange/hveAccount.ts";
import { inboundConnector } from "./exchange/inboundConnector.ts";
import { mailboxPermission, sendAs } from "./exchange/mailboxRight.ts";
import { managementRoleAssignment } from "./exchange/managementRoleAssignment.ts";
import { managementScope } from "./exchange/managementScope.ts";
import { outboundLimit } from "./exchange/outboundLimit.ts";
import { exchangeServicePrincipal } from "./exchange/servicePrincipal.ts";
import { sharedMailbox } from "./exchange/sharedMailbox.ts";
import { smtpClientAuthentication } from "./exchange/smtpClientAuthentication.ts";
import { transportRule } from "./exchange/transportRule.ts";
import { userMailbox } from "./exchange/userMailbox.ts";
import { asDynamicProvider, type Kind } from "./host/dynamicProvider.ts";
import { openTenants } from "./host/tenants.ts";
import { openDeadline } from "./host/waiting.ts";
import { openZones } from "./host/zones.ts";
import { survey } from "./survey.ts";

/** What all resources of one run of the engine share: each tenant and each zone is connected to and read once. */
const tenants = openTenants();
const zones = openZones();
/** Resources of one run wait at the same time, so their time is over together. */
const deadline = openDeadline();

const KINDS = {
  AcceptedDomain: () => acceptedDomain(tenants),
  AdoptedApplication: () => adoptedApplication(tenants),
  AdoptedMailbox: () => adoptedMailbox(tenants),
  AuthenticationPolicy: () => authenticationPolicy(tenants),
  ClientSubmission: () => clientSubmission(tenants, deadline),
  DkimSigning: () => dkimSigning(tenants, zones, deadline),
  DkimSigningConfig: () => dkimSigningConfig(tenants, deadline),
  DmarcRecord: () => dmarcRecord(zones),
  DnsRecord: () => dnsRecord(zones),
  ExchangeServicePrincipal: () => exchangeServicePrincipal(tenants),
  HveAccount: () => hveAccount(tenants),
  InboundConnector: () => inboundConnector(tenants),
  License: () => license(tenants),
  MailboxPermission: () => mailboxPermission(tenants),
  ManagementRoleAssignment: () => managementRoleAssignment(tenants),
  ManagementScope: () => managementScope(tenants),
  MxRecord: () => mxRecord(zones),
  OutboundLimit: () => outboundLimit(tenants),
  Password: () => password(),
  SendAs: () => sendAs(tenants),
  SharedMailbox: () => sharedMailbox(tenants),
  SmtpClientAuthentication: () => smtpClientAuthentication(tenants),
  SpfRecord: () => spfRecord(zones),
  Survey: () => survey(tenants, zones),
  TransportRule: () => transportRule(tenants),
  UserMailbox: () => userMailbox(tenants, deadline),
  UserPassword: () => userPassword(tenants),
} as const;

/** What a kind needs of Microsoft; nothing of a kind that is not ours, or that asks Microsoft nothing. */
export function needsOf(kind: string): KindNeeds | undefined {
  if (!Object.hasOwn(KINDS, kind)) return AZUREAD_NEEDS[kind];
  const made: Kind = KINDS[kind as KindName]();
  return made.needs;
}

/** The kinds of resource that this project defines. */
export type KindName = keyof typeof KINDS;

/**
 * The dynamic provider of a kind. Every state keeps a line that calls this function.
 *
 * From the release of 0.1.0 on, the path of this file, the name of this function and the names of the kinds never
 * change: a state that any release wrote can then be refreshed and destroyed by every later one. Whatever is behind
 * them may change.
 */
export function handler(kind: KindName) {
  return asDynamicProvider(KINDS[kind]());
}
