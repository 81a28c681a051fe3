import * as pulumi from "@pulumi/pulumi";
import type { MailboxChoice } from "../mail/senders/chooseMailbox.ts";
import {
  type Environment,
  OutboundLimit,
  SendAs,
  SharedMailbox,
} from "../providers/exchange/resources.ts";

export interface ServiceAccountArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is made in Exchange. */
  readonly objectName: string;
  readonly choice: MailboxChoice;
}

/** A sender's mailbox, which may submit mail and nothing more. */
export class ServiceAccount extends pulumi.ComponentResource {
  /** What there has to be before anybody is let in. */
  readonly parts: readonly pulumi.Resource[];
  /** Its primary address, known once it is there. */
  readonly address: pulumi.Output<string>;
  /** What is missing until it can be used, in one sentence; empty when nothing is. */
  readonly pending: pulumi.Output<string>;

  constructor(name: string, args: ServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365relay:index:ServiceAccount", `${name}-account`, {}, opts);
    const { tenantId, environment, owner, objectName } = args;
    const { address, sendAs, recipientsPerDay } = args.choice;
    const tenant = { tenantId, environment, owner };
    const child = { parent: this };
    const mailbox = new SharedMailbox(
      `${name}-mailbox`,
      { ...tenant, address, name: objectName, displayName: objectName },
      { ...child, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) },
    );
    const after = { ...child, dependsOn: mailbox };
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
    this.parts = [mailbox, ...limits, ...further];
    this.address = mailbox.address;
    this.pending = mailbox.pending;
    this.registerOutputs({});
  }
}
