import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import { HIGH_VOLUME_HOST } from "../mail/exchange/highVolume.ts";
import type { HighVolumeChoice } from "../mail/senders/choose.ts";
import {
  AuthenticationPolicy,
  HveAccount,
  Password,
  UserPassword,
} from "../providers/resources.ts";
import { atOnce, waitingChild } from "./options.ts";
import type { HighVolumeSettings } from "./settings.ts";

export interface HighVolumeSenderArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of what is created in Exchange. */
  readonly objectName: string;
  readonly choice: HighVolumeChoice;
}

/** A sender with an account of High Volume Email: the account, its password, and what limits that to SMTP. */
export class HighVolumeSender extends pulumi.ComponentResource {
  readonly sender: string;
  readonly settings: HighVolumeSettings;
  readonly secret: pulumi.Output<string>;
  /** What is missing until it can send, a sentence each; empty when nothing is. */
  readonly pending: readonly pulumi.Output<string>[];

  constructor(name: string, args: HighVolumeSenderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:HighVolumeSender", `${name}-high-volume`, {}, atOnce(opts));
    const { tenantId, environment, owner, objectName, choice } = args;
    const { sender, address, credential, billingPolicyId, because } = choice;
    const tenant = { tenantId, environment };
    const waiting = waitingChild(this, opts);
    const { value } = new Password(
      `${name}-password`,
      { generation: credential.generation },
      waiting,
    );
    const account = new HveAccount(
      `${name}-account`,
      {
        ...{ ...tenant, owner, address, name: objectName, displayName: objectName },
        ...(billingPolicyId !== undefined && { billingPolicyId }),
      },
      waiting,
    );
    const user = account.externalDirectoryObjectId;
    const child = { parent: this, protect: false, dependsOn: account };
    new UserPassword(`${name}-account-password`, { ...tenant, user, password: value }, child);
    const policy = { ...tenant, owner, name: objectName, user };
    new AuthenticationPolicy(`${name}-password-policy`, policy, child);
    this.sender = sender;
    this.secret = value;
    this.pending = [account.pending];
    this.settings = {
      method: "highVolumeEmail",
      host: HIGH_VOLUME_HOST,
      ...({ port: 587, tls: "STARTTLS", mechanism: "LOGIN" } as const),
      mailbox: address,
      credential: { by: "password", output: `secrets.${sender}` },
      because,
    };
    this.registerOutputs();
  }
}
