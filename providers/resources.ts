import type * as pulumi from "@pulumi/pulumi";
import type { DmarcRecordInputs } from "./dns/dmarcRecord.ts";
import type { DnsRecordInputs } from "./dns/dnsRecord.ts";
import type { MxRecordInputs } from "./dns/mxRecord.ts";
import type { SpfRecordInputs } from "./dns/spfRecord.ts";
import type { DeclaredLicense } from "./entra/license.ts";
import type { PasswordInputs } from "./entra/password.ts";
import type { UserPasswordInputs } from "./entra/userPassword.ts";
import type { AcceptedDomainInputs } from "./exchange/acceptedDomain.ts";
import type { AdoptedApplicationInputs } from "./exchange/adoptedApplication.ts";
import type { AdoptedMailboxInputs } from "./exchange/adoptedMailbox.ts";
import type { AuthenticationPolicyInputs } from "./exchange/authenticationPolicy.ts";
import type { ClientSubmissionInputs } from "./exchange/clientSubmission.ts";
import type { DkimSigningInputs } from "./exchange/dkimSigning.ts";
import type { DkimSigningConfigInputs } from "./exchange/dkimSigningConfig.ts";
import type { HveAccountInputs } from "./exchange/hveAccount.ts";
import type { InboundConnectorInputs } from "./exchange/inboundConnectorForm.ts";
import type { MailboxRightInputs } from "./exchange/mailboxRight.ts";
import type { ManagementRoleAssignmentInputs } from "./exchange/managementRoleAssignment.ts";
import type { ManagementScopeInputs } from "./exchange/managementScope.ts";
import type { OutboundLimitInputs } from "./exchange/outboundLimit.ts";
import type { ExchangeServicePrincipalInputs } from "./exchange/servicePrincipal.ts";
import type { SharedMailboxInputs } from "./exchange/sharedMailbox.ts";
import type { SmtpClientAuthenticationInputs } from "./exchange/smtpClientAuthentication.ts";
import type { TransportRuleInputs } from "./exchange/transportRule.ts";
import type { UserMailboxInputs } from "./exchange/userMailbox.ts";
import { DynamicResource } from "./host/dynamicResource.ts";
import type { SurveyInputs } from "./surveyInputs.ts";

/** A resource that may take effect some time after it was written. */
abstract class PendingResource<Inputs> extends DynamicResource<Inputs> {
  static override readonly outputs: readonly string[] = ["pending"];
  /** What is missing until it has taken effect, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;
}

/** An object of Exchange that has an id there. */
abstract class ExchangeObject<Inputs> extends PendingResource<Inputs> {
  static override readonly outputs: readonly string[] = ["guid", "pending"];
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
}

/** A domain that the tenant has verified. It is read, never made or removed. */
export class AcceptedDomain extends DynamicResource<AcceptedDomainInputs> {
  static override readonly kind = "AcceptedDomain";
  static override readonly outputs = ["mxHost"];
  /** Host that relays connect to on port 25. */
  declare readonly mxHost: pulumi.Output<string>;
}

/** An inbound connector of type OnPremises: it lets a sender's server relay through Exchange Online. */
export class InboundConnector extends ExchangeObject<InboundConnectorInputs> {
  static override readonly kind = "InboundConnector";
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
}

/** A mail flow rule that refuses what comes from a sender's addresses and is not From one of its own: its fence. */
export class TransportRule extends ExchangeObject<TransportRuleInputs> {
  static override readonly kind = "TransportRule";
}

/** The keys that Exchange signs a domain's mail with. */
export class DkimSigningConfig extends DynamicResource<DkimSigningConfigInputs> {
  static override readonly kind = "DkimSigningConfig";
  static override readonly outputs = ["selector1CNAME", "selector2CNAME"];
  /** Target of the CNAME record `selector1._domainkey`. */
  declare readonly selector1CNAME: pulumi.Output<string>;
  /** Target of the CNAME record `selector2._domainkey`. */
  declare readonly selector2CNAME: pulumi.Output<string>;
}

/** Whether Exchange signs a domain's mail with the domain's own keys. */
export class DkimSigning extends PendingResource<DkimSigningInputs> {
  static override readonly kind = "DkimSigning";
}

/** Whether Exchange lets a sender submit mail as its mailbox, and what the application needs to do so. */
export class ClientSubmission extends PendingResource<ClientSubmissionInputs> {
  static override readonly kind = "ClientSubmission";
  static override readonly outputs = ["host", "tokenEndpoint", "scope", "pending"];
  /** Host to connect to, port 587 with STARTTLS. */
  declare readonly host: pulumi.Output<string>;
  /** Where the app gets its tokens. */
  declare readonly tokenEndpoint: pulumi.Output<string>;
  /** The OAuth scope that it asks for there. */
  declare readonly scope: pulumi.Output<string>;
}

/** An app's service principal in Exchange, which can be given rights. */
export class ExchangeServicePrincipal extends ExchangeObject<ExchangeServicePrincipalInputs> {
  static override readonly kind = "ExchangeServicePrincipal";
  /** Client id of the app. */
  declare readonly appId: pulumi.Output<string>;
  /** Object id of its enterprise application. */
  declare readonly objectId: pulumi.Output<string>;
}

/** A management scope of one mailbox, over which an app can be given a role. */
export class ManagementScope extends ExchangeObject<ManagementScopeInputs> {
  static override readonly kind = "ManagementScope";
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
}

/** A role that an app holds over one scope. */
export class ManagementRoleAssignment extends ExchangeObject<ManagementRoleAssignmentInputs> {
  static override readonly kind = "ManagementRoleAssignment";
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
}

/** Full access of an app to a mailbox: the classic way to let it send. */
export class MailboxPermission extends PendingResource<MailboxRightInputs> {
  static override readonly kind = "MailboxPermission";
}

/** How many recipients a mailbox may send to. */
export class OutboundLimit extends ExchangeObject<OutboundLimitInputs> {
  static override readonly kind = "OutboundLimit";
}

/** The right to send as a mailbox. */
export class SendAs extends PendingResource<MailboxRightInputs> {
  static override readonly kind = "SendAs";
}

/** A sender's mailbox. Only SMTP AUTH opens it. */
export class SharedMailbox extends ExchangeObject<SharedMailboxInputs> {
  static override readonly kind = "SharedMailbox";
  static override readonly outputs = ["guid", "externalDirectoryObjectId", "pending"];
  /** Its primary address. */
  declare readonly address: pulumi.Output<string>;
  /** Object id of its account in Entra. */
  declare readonly externalDirectoryObjectId: pulumi.Output<string>;
}

/** A mailbox that was there before the stack. It is put back as it was. */
export class AdoptedMailbox extends ExchangeObject<AdoptedMailboxInputs> {
  static override readonly kind = "AdoptedMailbox";
  static override readonly outputs = ["guid", "smtpClientAuthenticationDisabledBefore", "pending"];
  /** Its primary address. */
  declare readonly address: pulumi.Output<string>;
}

/** An app that was there before the stack. It is read, never made, changed or removed. */
export class AdoptedApplication extends PendingResource<AdoptedApplicationInputs> {
  static override readonly kind = "AdoptedApplication";
  static override readonly outputs = ["objectId", "pending"];
  /** Client id of the app. */
  declare readonly appId: pulumi.Output<string>;
}

/** SMTP AUTH of an adopted mailbox, which is on. */
export class SmtpClientAuthentication extends PendingResource<SmtpClientAuthenticationInputs> {
  static override readonly kind = "SmtpClientAuthentication";
}

/** The mailbox that comes with a user's licence. Only SMTP AUTH opens it. */
export class UserMailbox extends ExchangeObject<UserMailboxInputs> {
  static override readonly kind = "UserMailbox";
  /** Its primary address. */
  declare readonly address: pulumi.Output<string>;
}

/** Lets one user sign in to SMTP with a password. */
export class AuthenticationPolicy extends ExchangeObject<AuthenticationPolicyInputs> {
  static override readonly kind = "AuthenticationPolicy";
}

/** A licence that a user holds. */
export class License extends DynamicResource<DeclaredLicense> {
  static override readonly kind = "License";
}

/** A password that Entra accepts and people can type. */
export class Password extends DynamicResource<PasswordInputs> {
  static override readonly kind = "Password";
  static override readonly outputs = ["value"];
  static override readonly secrets = ["value"];
  /** 24 letters and digits; a secret. */
  declare readonly value: pulumi.Output<string>;
}

/** The password of a user that Exchange has made. */
export class UserPassword extends DynamicResource<UserPasswordInputs> {
  static override readonly kind = "UserPassword";
  static override readonly secrets = ["password"];
}

/** An account of High Volume Email, which sends to recipients inside. */
export class HveAccount extends ExchangeObject<HveAccountInputs> {
  static override readonly kind = "HveAccount";
  static override readonly outputs = ["guid", "externalDirectoryObjectId", "pending"];
  /** Its primary address. */
  declare readonly address: pulumi.Output<string>;
  /** Object id of its account in Entra. */
  declare readonly externalDirectoryObjectId: pulumi.Output<string>;
}

/** Our terms in a domain's SPF record. */
export class SpfRecord extends DynamicResource<SpfRecordInputs> {
  static override readonly kind = "SpfRecord";
  static override readonly outputs = ["after"];
  /** The whole record. */
  declare readonly after: pulumi.Output<string>;
}

/** A domain's DMARC record. */
export class DmarcRecord extends DynamicResource<DmarcRecordInputs> {
  static override readonly kind = "DmarcRecord";
  static override readonly outputs = ["after"];
  /** The whole record; empty when the parent's record covers the domain. */
  declare readonly after: pulumi.Output<string>;
}

/** A DNS record that is the stack's alone. */
export class DnsRecord extends DynamicResource<DnsRecordInputs> {
  static override readonly kind = "DnsRecord";
}

/** The MX record of a sending subdomain to which no reply would be possible without it. */
export class MxRecord extends DynamicResource<MxRecordInputs> {
  static override readonly kind = "MxRecord";
}

/** Checks of tenant and zones before anything is made. */
export class Survey extends DynamicResource<SurveyInputs> {
  static override readonly kind = "Survey";
}
