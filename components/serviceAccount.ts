import * as pulumi from "@pulumi/pulumi";
import { limitsOf } from "../mail/exchange/outboundLimit.ts";
import type { PasswordCredential } from "../mail/senders/credential.ts";
import {
  AdoptedMailbox,
  License,
  OutboundLimit,
  SendAs,
  SharedMailbox,
  SmtpClientAuthentication,
} from "../providers/resources.ts";
import { LicensedUser, type MailboxArgs } from "./licensedUser.ts";
import { atOnce, waitingChild } from "./options.ts";

export interface ServiceAccountArgs extends MailboxArgs {
  /** Logical name of the relay. */
  readonly relay: string;
  /** Set when the sender signs in with a password; without it nobody can sign in to the mailbox. */
  readonly password: PasswordCredential | undefined;
}

/**
 * A sender's mailbox, which may submit mail and nothing more. It belongs to a licensed user when the sender signs in
 * with a password; otherwise it is a shared mailbox, or one that exists already and is adopted.
 *
 * In a stack that is not disposable the mailbox, its user and its licence are protected. Its limits and rights are
 * not, as an `up` creates them again as they were.
 */
export class ServiceAccount extends pulumi.ComponentResource {
  /** What has to exist before anybody gets access. */
  readonly parts: readonly pulumi.Resource[];
  readonly mailbox: pulumi.Resource;
  /** Its password; undefined where nobody signs in to it. */
  readonly password: pulumi.Output<string> | undefined;
  /** What is missing until it can be used, in one sentence; empty when nothing is. */
  readonly pending: pulumi.Output<string>;

  constructor(name: string, args: ServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:ServiceAccount", `${name}-account`, {}, atOnce(opts));
    const { password } = args;
    const waiting = waitingChild(this, opts);
    const account =
      password === undefined
        ? args.choice.adopt
          ? adoptMailbox(args, { parent: this }, waiting)
          : createSharedMailbox(name, args, { parent: this }, waiting)
        : ofUser(new LicensedUser(name, { ...args, password }, waiting));
    const rights = createRights(name, args, account.mailbox, { parent: this, protect: false });
    this.parts = [account.mailbox, ...account.parts, ...rights];
    this.mailbox = account.mailbox;
    this.password = account.password;
    this.pending = account.mailbox.pending;
    this.registerOutputs();
  }
}

const ofUser = ({ mailbox, policy, password }: LicensedUser) => ({
  mailbox,
  parts: [policy],
  password,
});

function createSharedMailbox(
  name: string,
  { tenantId, environment, owner, objectName, relay, choice }: ServiceAccountArgs,
  child: pulumi.CustomResourceOptions,
  waiting: pulumi.CustomResourceOptions,
) {
  const { address, license: sku, retire = false } = choice;
  const tenant = { tenantId, environment };
  const mailbox = new SharedMailbox(
    `${name}-mailbox`,
    { ...tenant, owner, address, name: objectName, displayName: objectName },
    waiting,
  );
  const user = mailbox.externalDirectoryObjectId;
  // By address: a sender of another name keeps the mailbox, and what state knows of its licence.
  const license = `${relay}-${address}-license`;
  const parts =
    sku === undefined ? [] : [new License(license, { ...tenant, user, sku, retire }, child)];
  return { mailbox, parts, password: undefined };
}

/** They are named by address: a sender of another name keeps the mailbox, and what state knows of it. */
function adoptMailbox(
  { tenantId, environment, owner, relay, choice: { address } }: ServiceAccountArgs,
  child: pulumi.CustomResourceOptions,
  waiting: pulumi.CustomResourceOptions,
) {
  const tenant = { tenantId, environment, owner };
  const mailbox = new AdoptedMailbox(
    `${relay}-${address}-mailbox`,
    { ...tenant, address },
    waiting,
  );
  const smtpAuth = new SmtpClientAuthentication(
    `${relay}-${address}-smtp-auth`,
    { ...tenant, mailbox: address },
    { ...child, protect: false, dependsOn: mailbox },
  );
  return { mailbox, parts: [smtpAuth], password: undefined };
}

/** How much it may send, and what other addresses it may send as. */
function createRights(
  name: string,
  { tenantId, environment, owner, objectName, relay, choice, mailboxes }: ServiceAccountArgs,
  own: pulumi.Resource,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { address, adopt, sendAs, recipientsPerDay } = choice;
  const tenant = { tenantId, environment, owner };
  const rights: pulumi.Resource[] = [];
  if (recipientsPerDay !== undefined) {
    const limits = limitsOf(recipientsPerDay);
    const inputs = { ...tenant, name: objectName, mailbox: address, ...limits };
    rights.push(new OutboundLimit(`${name}-limit`, inputs, { ...child, dependsOn: own }));
  }
  // As the mailbox itself: a new one would find the right that goes with the old one.
  const of = adopt ? `${relay}-${address}` : name;
  for (const other of sendAs) {
    const trustee = { trustee: address, ...(adopt && { trusteeIsAdopted: true }) };
    const inputs = { ...tenant, mailbox: other, ...trustee };
    const dependsOn = mailboxes.then((all) => [own, ...[all.get(other) ?? []].flat()]);
    rights.push(new SendAs(`${of}-send-as-${other}`, inputs, { ...child, dependsOn }));
  }
  return rights;
}
