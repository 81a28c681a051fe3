import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import type { MailboxChoice, PasswordCredential } from "../mail/senders/choose.ts";
import { License, OutboundLimit, SendAs, SharedMailbox } from "../providers/resources.ts";
import { declareLicensedUser } from "./licensedUser.ts";

export interface ServiceAccountArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is made in Exchange. */
  readonly objectName: string;
  readonly waitMinutes: number;
  readonly choice: MailboxChoice;
  /** Given where somebody signs in to it with a password; nobody can sign in to it otherwise. */
  readonly password: PasswordCredential | undefined;
}

/**
 * A sender's mailbox, which may submit mail and nothing more.
 *
 * In a stack that is not disposable the mailbox, its user and its licence are protected; its limits and rights, which
 * an `up` makes again as they were, are not.
 */
export class ServiceAccount extends pulumi.ComponentResource {
  /** What there has to be before anybody is let in. */
  readonly parts: readonly pulumi.Resource[];
  /** Its primary address, known once it is there. */
  readonly address: pulumi.Output<string>;
  /** Its password; undefined where nobody signs in to it. */
  readonly password: pulumi.Output<string> | undefined;
  /** What is missing until it can be used, in one sentence; empty when nothing is. */
  readonly pending: pulumi.Output<string>;

  constructor(name: string, args: ServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:ServiceAccount", `${name}-account`, {}, opts);
    const { tenantId, environment, owner, objectName } = args;
    const { address, sendAs, recipientsPerDay } = args.choice;
    const tenant = { tenantId, environment, owner };
    const child = { parent: this };
    const first = { ...child, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) };
    const account = declareAccount(name, args, child, first);
    const after = { ...child, protect: false, dependsOn: account.mailbox };
    const limits =
      recipientsPerDay === undefined
        ? []
        : [
            new OutboundLimit(
              `${name}-limit`,
              {
                ...tenant,
                name: objectName,
                mailbox: address,
                recipientsPerDay,
                recipientsPerHour: recipientsPerDay,
              },
              after,
            ),
          ];
    const further = sendAs.map(
      (other) =>
        new SendAs(
          `${name}-send-as-${other}`,
          { ...tenant, mailbox: other, trustee: address },
          after,
        ),
    );
    this.parts = [account.mailbox, ...account.beside, ...limits, ...further];
    this.address = account.mailbox.address;
    this.password = account.password;
    this.pending = account.mailbox.pending;
    this.registerOutputs({});
  }
}

/** The account and its mailbox: a licensed user's where somebody signs in with a password, else a shared one. */
function declareAccount(
  name: string,
  args: ServiceAccountArgs,
  child: pulumi.CustomResourceOptions,
  first: pulumi.CustomResourceOptions,
) {
  const { tenantId, environment, owner, objectName, choice, password } = args;
  const { address, license } = choice;
  if (password !== undefined) return declareLicensedUser(name, { ...args, password }, child, first);
  const mailbox = new SharedMailbox(
    `${name}-mailbox`,
    { tenantId, environment, owner, address, name: objectName, displayName: objectName },
    first,
  );
  const user = mailbox.externalDirectoryObjectId;
  const beside =
    license === undefined
      ? []
      : [new License(`${name}-license`, { tenantId, environment, user, sku: license }, child)];
  return { mailbox, beside, password: undefined };
}
