import type * as pulumi from "@pulumi/pulumi";
import { type Args, DynamicResource } from "../host/dynamicResource.ts";
import type { AcceptedDomainInputs } from "./acceptedDomain.ts";
import type { AuthenticationPolicyInputs } from "./authenticationPolicy.ts";
import type { ClientSubmissionInputs } from "./clientSubmission.ts";
import type { DkimSigningInputs } from "./dkimSigning.ts";
import type { DkimSigningConfigInputs } from "./dkimSigningConfig.ts";
import type { InboundConnectorInputs } from "./inboundConnector.ts";
import type { MailboxPermissionInputs } from "./mailboxPermission.ts";
import type { ManagementRoleAssignmentInputs } from "./managementRoleAssignment.ts";
import type { ManagementScopeInputs } from "./managementScope.ts";
import type { OutboundLimitInputs } from "./outboundLimit.ts";
import type { SendAsInputs } from "./sendAs.ts";
import type { ExchangeServicePrincipalInputs } from "./servicePrincipal.ts";
import type { SharedMailboxInputs } from "./sharedMailbox.ts";
import type { UserMailboxInputs } from "./userMailbox.ts";

/** The clouds by the azuread provider's own names. */
export type Environment = AcceptedDomainInputs["environment"];

/** What Exchange alone can tell of an object that it gives an id. */
const NAMED = { guid: undefined, pending: undefined };

/** A domain that the tenant has verified; looked at, never made or removed. */
export class AcceptedDomain extends DynamicResource {
  /** Host that relays connect to on port 25. */
  declare readonly mxHost: pulumi.Output<string>;

  constructor(name: string, args: Args<AcceptedDomainInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "AcceptedDomain", name, { mxHost: undefined, ...args }, opts);
  }
}

/** An inbound connector of type OnPremises: what lets a sender's server relay through Exchange Online. */
export class InboundConnector extends DynamicResource {
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it relays, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<InboundConnectorInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(
      "exchange",
      "InboundConnector",
      name,
      { guid: undefined, pending: undefined, ...args },
      opts,
    );
  }
}

/** The keys that Exchange signs a domain's mail with. */
export class DkimSigningConfig extends DynamicResource {
  /** What the CNAME records `selector1._domainkey` and `selector2._domainkey` have to lead to. */
  declare readonly selector1CNAME: pulumi.Output<string>;
  declare readonly selector2CNAME: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<DkimSigningConfigInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const outputs = { selector1CNAME: undefined, selector2CNAME: undefined };
    super("exchange", "DkimSigningConfig", name, { ...outputs, ...args }, opts);
  }
}

/** Whether Exchange signs a domain's mail with the domain's own keys. */
export class DkimSigning extends DynamicResource {
  /** What is missing until it signs, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(name: string, args: Args<DkimSigningInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "DkimSigning", name, { pending: undefined, ...args }, opts);
  }
}

/** Whether Exchange lets an app submit mail as a mailbox, and what the application has to know of it. */
export class ClientSubmission extends DynamicResource {
  /** Host to connect to, port 587 with STARTTLS. */
  declare readonly host: pulumi.Output<string>;
  /** Where the app gets its tokens. */
  declare readonly tokenEndpoint: pulumi.Output<string>;
  /** What it asks for there. */
  declare readonly scope: pulumi.Output<string>;
  /** What is missing until it may send, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<ClientSubmissionInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const outputs = {
      host: undefined,
      tokenEndpoint: undefined,
      scope: undefined,
      pending: undefined,
    };
    super("exchange", "ClientSubmission", name, { ...outputs, ...args }, opts);
  }
}

/** What Exchange knows of an app, so that it can be given rights. */
export class ExchangeServicePrincipal extends DynamicResource {
  /** Client id of the app. */
  declare readonly appId: pulumi.Output<string>;
  /** Object id of its enterprise application. */
  declare readonly objectId: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<ExchangeServicePrincipalInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("exchange", "ExchangeServicePrincipal", name, { ...NAMED, ...args }, opts);
  }
}

/** A set of one mailbox, over which an app can be given a role. */
export class ManagementScope extends DynamicResource {
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<ManagementScopeInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("exchange", "ManagementScope", name, { ...NAMED, ...args }, opts);
  }
}

/** A role that an app holds over one scope. */
export class ManagementRoleAssignment extends DynamicResource {
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<ManagementRoleAssignmentInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("exchange", "ManagementRoleAssignment", name, { ...NAMED, ...args }, opts);
  }
}

/** Full access of an app to a mailbox: the classic way to let it send. */
export class MailboxPermission extends DynamicResource {
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<MailboxPermissionInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("exchange", "MailboxPermission", name, { pending: undefined, ...args }, opts);
  }
}

/** How many recipients a mailbox may send to. */
export class OutboundLimit extends DynamicResource {
  /** Exchange's own id of the policy, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(name: string, args: Args<OutboundLimitInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "OutboundLimit", name, { ...NAMED, ...args }, opts);
  }
}

/** The right to send as a mailbox. */
export class SendAs extends DynamicResource {
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(name: string, args: Args<SendAsInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "SendAs", name, { pending: undefined, ...args }, opts);
  }
}

/** A sender's mailbox, which nothing but SMTP AUTH opens. */
export class SharedMailbox extends DynamicResource {
  /** Its primary address. */
  declare readonly address: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** Object id of its account in Entra. */
  declare readonly externalDirectoryObjectId: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(name: string, args: Args<SharedMailboxInputs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = { ...NAMED, externalDirectoryObjectId: undefined };
    super("exchange", "SharedMailbox", name, { ...outputs, ...args }, opts);
  }
}

/** The mailbox that comes with a user's licence, which nothing but SMTP AUTH opens. */
export class UserMailbox extends DynamicResource {
  /** Its primary address. */
  declare readonly address: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(name: string, args: Args<UserMailboxInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "UserMailbox", name, { ...NAMED, ...args }, opts);
  }
}

/** Lets one user sign in to SMTP with a password. */
export class AuthenticationPolicy extends DynamicResource {
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<AuthenticationPolicyInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("exchange", "AuthenticationPolicy", name, { ...NAMED, ...args }, opts);
  }
}
