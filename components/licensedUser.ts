import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import type { MailboxChoice, PasswordCredential } from "../mail/senders/choose.ts";
import { AuthenticationPolicy, License, Password, UserMailbox } from "../providers/resources.ts";
import * as azuread from "./azuread.ts";

export interface LicensedUserArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is made in Entra and Exchange. */
  readonly objectName: string;
  readonly waitMinutes: number;
  readonly choice: MailboxChoice;
  readonly password: PasswordCredential;
}

/** A user, the mailbox that comes with its licence, and its password. */
export interface LicensedUser {
  readonly mailbox: UserMailbox;
  /** What it needs beside to be let in. */
  readonly beside: readonly pulumi.Resource[];
  readonly password: pulumi.Output<string>;
}

/**
 * Declares a user that signs in with a password: of what Exchange takes a password for, to SMTP alone. Entra itself
 * knows no such bound.
 *
 * @param first options of what comes first
 */
export function declareLicensedUser(
  name: string,
  { tenantId, environment, owner, objectName, waitMinutes, choice, password }: LicensedUserArgs,
  child: pulumi.CustomResourceOptions,
  first: pulumi.CustomResourceOptions,
): LicensedUser {
  const { address, license = "" } = choice;
  const tenant = { tenantId, environment };
  const { value } = new Password(`${name}-password`, { generation: password.generation }, child);
  const account = new azuread.User(
    `${name}-user`,
    {
      userPrincipalName: address,
      displayName: objectName,
      mailNickname: objectName,
      password: value,
      disablePasswordExpiration: true,
      showInAddressList: false,
    },
    // The licence sets it where it is missing.
    { ...first, ignoreChanges: ["usageLocation"] },
  );
  const user = account.objectId;
  const licensed = new License(`${name}-license`, { ...tenant, user, sku: license }, child);
  const mailbox = new UserMailbox(
    `${name}-mailbox`,
    { ...tenant, owner, address, displayName: objectName, user, waitMinutes },
    { ...child, dependsOn: licensed },
  );
  const policy = new AuthenticationPolicy(
    `${name}-password-policy`,
    { ...tenant, owner, name: objectName, user },
    { ...child, protect: false, dependsOn: mailbox },
  );
  return { mailbox, beside: [policy], password: value };
}
