import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import { userProperties } from "../mail/entra/app.ts";
import type { MailboxChoice } from "../mail/senders/choose.ts";
import type { PasswordCredential } from "../mail/senders/credential.ts";
import { AuthenticationPolicy, License, Password, UserMailbox } from "../providers/resources.ts";
import * as azuread from "./azuread.ts";
import { atOnce, waitingChild } from "./options.ts";

/** The mailboxes of all senders, by address, once all are declared. */
export type Mailboxes = ReadonlyMap<string, pulumi.Resource>;

/** What the mailbox of a sender is made from, whatever kind it is. */
export interface MailboxArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is created in Entra and Exchange. */
  readonly objectName: string;
  /** How long an `up` waits for the mailbox. */
  readonly waitMinutes: number;
  readonly choice: MailboxChoice;
  readonly mailboxes: Promise<Mailboxes>;
}

export interface LicensedUserArgs extends MailboxArgs {
  readonly password: PasswordCredential;
}

/**
 * A user with a password, and the mailbox that comes with its licence. Exchange accepts the password for SMTP only; Entra
 * has no such limit.
 */
export class LicensedUser extends pulumi.ComponentResource {
  readonly mailbox: UserMailbox;
  /** What limits its password to SMTP. */
  readonly policy: AuthenticationPolicy;
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: LicensedUserArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:LicensedUser", `${name}-licensed-user`, {}, atOnce(opts));
    const { tenantId, environment, owner, objectName, waitMinutes, choice, password } = args;
    const { address, license = "", retire = false } = choice;
    const tenant = { tenantId, environment };
    const waiting = waitingChild(this, opts);
    const child = { parent: this };
    const { value } = new Password(
      `${name}-password`,
      { generation: password.generation },
      waiting,
    );
    const account = new azuread.User(
      `${name}-user`,
      {
        ...userProperties(address, objectName),
        password: value,
        disablePasswordExpiration: true,
      },
      // The licence sets it where it is missing.
      { ...waiting, ignoreChanges: ["usageLocation"] },
    );
    const user = account.objectId;
    const licensed = new License(
      `${name}-license`,
      { ...tenant, user, sku: license, retire },
      child,
    );
    this.mailbox = new UserMailbox(
      `${name}-mailbox`,
      { ...tenant, owner, address, displayName: objectName, user, waitMinutes },
      { ...child, dependsOn: licensed },
    );
    this.policy = new AuthenticationPolicy(
      `${name}-password-policy`,
      { ...tenant, owner, name: objectName, user },
      { ...child, protect: false, dependsOn: this.mailbox },
    );
    this.password = value;
    this.registerOutputs();
  }
}
