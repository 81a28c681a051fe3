import * as pulumi from "@pulumi/pulumi";
import type { AppChoice, AppCredential } from "../mail/senders/chooseApp.ts";
import {
  type Environment,
  ExchangeServicePrincipal,
  ManagementRoleAssignment,
  ManagementScope,
} from "../providers/exchange/resources.ts";
import * as azuread from "./azuread.ts";

export interface AppRegistrationArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is made in Entra and Exchange. */
  readonly objectName: string;
  readonly choice: AppChoice;
  /** The mailbox that it may submit mail as, and no other. */
  readonly mailbox: pulumi.Input<string>;
}

/**
 * What a sender signs in with: an app without any API permission, which holds one role of Exchange over one mailbox.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
export class AppRegistration extends pulumi.ComponentResource {
  readonly clientId: pulumi.Output<string>;
  /** The secrets that it may sign in with, the newest first; none where it has something better. */
  readonly secrets: readonly pulumi.Output<string>[];
  /** What lets it submit mail. */
  readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: AppRegistrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365relay:index:AppRegistration", `${name}-registration`, {}, opts);
    const { tenantId, environment, owner, objectName, choice, mailbox } = args;
    const tenant = { tenantId, environment, owner };
    const child = { parent: this };
    const app = new azuread.Application(
      `${name}-app`,
      {
        displayName: objectName,
        signInAudience: "AzureADMyOrg",
        notes: `Managed by Pulumi: ${owner}`,
      },
      child,
    );
    const principal = new azuread.ServicePrincipal(
      `${name}-principal`,
      { clientId: app.clientId, notes: `Managed by Pulumi: ${owner}` },
      child,
    );
    this.secrets = credentials(name, app, choice.credential, child);
    this.clientId = app.clientId;

    const inExchange = new ExchangeServicePrincipal(
      `${name}-exchange-principal`,
      {
        ...tenant,
        appId: app.clientId,
        objectId: principal.objectId,
        displayName: objectName,
      },
      child,
    );
    const scope = new ManagementScope(
      `${name}-scope`,
      { ...tenant, name: objectName, address: mailbox },
      { ...child, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) },
    );
    const role = new ManagementRoleAssignment(
      `${name}-role`,
      { ...tenant, name: objectName, appId: inExchange.appId, scope: scope.name },
      child,
    );
    this.grants = [role];
    this.registerOutputs({});
  }
}

/** Gives an app what it proves itself with; answers its secrets, the newest first. */
function credentials(
  name: string,
  { id: applicationId }: azuread.Application,
  credential: AppCredential,
  child: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  switch (credential.by) {
    case "federatedIdentity": {
      const { issuer, subject, audience } = credential;
      new azuread.ApplicationFederatedIdentityCredential(
        `${name}-federated-identity`,
        { applicationId, displayName: name, issuer, subject, audiences: [audience] },
        child,
      );
      return [];
    }
    case "certificate":
      new azuread.ApplicationCertificate(
        `${name}-certificate`,
        {
          applicationId,
          type: "AsymmetricX509Cert",
          encoding: "pem",
          value: credential.certificate,
        },
        child,
      );
      return [];
    case "secret":
      return credential.generations.map(
        (generation) =>
          new azuread.ApplicationPassword(
            `${name}-secret-${generation}`,
            { applicationId, displayName: `${name} ${generation}` },
            child,
          ).value,
      );
  }
}
