import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import {
  applicationProperties,
  federatedProperties,
  secretDisplayName,
} from "../mail/entra/app.ts";
import { recordMark } from "../mail/ownership.ts";
import {
  type ApplicationAccess,
  EXCHANGE_ONLINE_APP_ID,
  SMTP_APP_ROLE,
} from "../mail/senders/access.ts";
import type { OwnAppCredential } from "../mail/senders/credential.ts";
import { credentialName } from "../mail/senders/credentialNames.ts";
import {
  ExchangeServicePrincipal,
  MailboxPermission,
  ManagementRoleAssignment,
  ManagementScope,
} from "../providers/resources.ts";
import * as azuread from "./azuread.ts";
import { atOnce, waitingChild } from "./options.ts";

export interface AppRegistrationArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is created in Entra and Exchange. */
  readonly objectName: string;
  readonly credential: OwnAppCredential;
  readonly access: ApplicationAccess;
  /** Address of the mailbox that it may submit mail as, and no other. */
  readonly mailbox: string;
  /** What has to exist before it gets access. */
  readonly account: pulumi.Resource;
}

/** A client secret. */
export interface Secret {
  readonly value: pulumi.Output<string>;
  /** ISO 8601 time at which it expires. */
  readonly endDate: pulumi.Output<string>;
}

/**
 * What a sender signs in with: an app that has access to one mailbox.
 *
 * In a stack that is not disposable the app and its newest secret are protected: an `up` would create them with another id
 * and another value, which the sender does not know. Everything else an `up` creates again as it was.
 */
export class AppRegistration extends pulumi.ComponentResource {
  readonly clientId: pulumi.Output<string>;
  /** Its newest secret; undefined when it signs in with a federated identity or a certificate. */
  readonly secret: Secret | undefined;
  /** Its rights to submit mail. */
  readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: AppRegistrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:AppRegistration", `${name}-registration`, {}, atOnce(opts));
    const { tenantId, environment, owner, objectName } = args;
    const child = waitingChild(this, opts);
    const unprotected = { parent: this, protect: false };
    const app = new azuread.Application(
      `${name}-app`,
      applicationProperties(objectName, recordMark(owner)),
      child,
    );
    const principal = new azuread.ServicePrincipal(
      `${name}-principal`,
      { clientId: app.clientId, notes: recordMark(owner) },
      unprotected,
    );
    [this.secret] = createCredentials(name, app, args.credential, child, unprotected);
    this.clientId = app.clientId;

    const inExchange = new ExchangeServicePrincipal(
      `${name}-exchange-principal`,
      {
        tenantId,
        environment,
        owner,
        appId: app.clientId,
        objectId: principal.objectId,
        displayName: objectName,
      },
      unprotected,
    );
    // Their inputs are no outputs of these: a preview that updates those would not know them, and replace the grants.
    const waiting = { ...unprotected, dependsOn: args.account };
    const after = { ...unprotected, dependsOn: [inExchange, args.account] };
    this.grants =
      args.access === "rbac"
        ? [grantRole(name, args, principal, waiting, after)]
        : grantPermissions(name, args, principal, after);
    this.registerOutputs();
  }
}

/**
 * A role of Exchange over the mailbox, and no permission in Entra.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
function grantRole(
  name: string,
  { tenantId, environment, owner, objectName, mailbox }: AppRegistrationArgs,
  { clientId: appId, objectId }: azuread.ServicePrincipal,
  waiting: pulumi.CustomResourceOptions,
  after: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const tenant = { tenantId, environment, owner };
  const scope = new ManagementScope(
    `${name}-scope`,
    { ...tenant, name: objectName, address: mailbox },
    waiting,
  );
  return new ManagementRoleAssignment(
    `${name}-role`,
    { ...tenant, name: objectName, appId, objectId, scope: scope.name },
    after,
  );
}

/** The classic way: the app role in Entra, which alone opens nothing, and full access to the mailbox. */
function grantPermissions(
  name: string,
  { tenantId, environment, owner, mailbox }: AppRegistrationArgs,
  { objectId, urn }: azuread.ServicePrincipal,
  after: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): pulumi.Resource[] {
  // Asked for after the survey, as what it reports comes first. A URN is known in the first preview too.
  const exchange = urn.apply(() =>
    azuread.getServicePrincipalOutput(
      { clientId: EXCHANGE_ONLINE_APP_ID },
      { parent: after.parent },
    ),
  );
  const role = new azuread.AppRoleAssignment(
    `${name}-app-role`,
    {
      principalObjectId: objectId,
      resourceObjectId: exchange.objectId,
      appRoleId: exchange.appRoleIds.apply((ids) => ids[SMTP_APP_ROLE] ?? noRole()),
    },
    after,
  );
  const access = new MailboxPermission(
    `${name}-full-access`,
    { tenantId, environment, owner, mailbox, trustee: objectId },
    after,
  );
  return [role, access];
}

function noRole(): never {
  throw new pulumi.RunError(
    `Exchange Online's enterprise application (${EXCHANGE_ONLINE_APP_ID}) has no app role ${SMTP_APP_ROLE} in this tenant; set m365-smtp-relay:applicationAccess to rbac`,
  );
}

/**
 * Creates what an app authenticates with.
 *
 * @returns its secrets, the newest first
 */
function createCredentials(
  name: string,
  { id: applicationId }: azuread.Application,
  credential: OwnAppCredential,
  child: pulumi.CustomResourceOptions,
  unprotected: pulumi.CustomResourceOptions,
): Secret[] {
  switch (credential.by) {
    case "federatedIdentity":
      for (const identity of credential.identities) {
        new azuread.ApplicationFederatedIdentityCredential(
          credentialName(`${name}-federated-identity`, identity),
          {
            applicationId,
            displayName: credentialName(name, identity),
            ...federatedProperties(identity),
          },
          unprotected,
        );
      }
      return [];
    case "certificate":
      for (const one of credential.certificates) {
        new azuread.ApplicationCertificate(
          credentialName(`${name}-certificate`, one),
          { applicationId, type: "AsymmetricX509Cert", encoding: "pem", value: one.certificate },
          unprotected,
        );
      }
      return [];
    case "secret":
      return credential.generations.map(
        (generation, index) =>
          new azuread.ApplicationPassword(
            `${name}-secret-${generation}`,
            { applicationId, displayName: secretDisplayName(name, generation) },
            index === 0 ? child : unprotected,
          ),
      );
  }
}
