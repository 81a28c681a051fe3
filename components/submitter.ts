import * as pulumi from "@pulumi/pulumi";
import type { AppChoice } from "../mail/senders/chooseApp.ts";
import type { MailboxChoice } from "../mail/senders/chooseMailbox.ts";
import { relayName } from "../mail/senders/relayName.ts";
import { ClientSubmission, type Environment } from "../providers/exchange/resources.ts";
import { AppRegistration } from "./appRegistration.ts";
import { ServiceAccount } from "./serviceAccount.ts";
import type { CredentialSettings, SubmissionSettings } from "./settings.ts";

export interface SubmitterArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  readonly waitMinutes: number;
  readonly mailbox: MailboxChoice;
  readonly app: AppChoice;
}

/** A sender that signs in: its mailbox, its app, and what it has to be told. */
export interface Submitter {
  readonly sender: string;
  readonly settings: SubmissionSettings;
  /** Its secret; undefined where it has something better. */
  readonly secret: pulumi.Output<string> | undefined;
  /** What is missing until it can send, a sentence each; empty when nothing is. */
  readonly pending: readonly pulumi.Output<string>[];
}

/** Declares what a sender needs that submits mail as a mailbox of its own. */
export function declareSubmitter(
  name: string,
  { tenantId, environment, waitMinutes, mailbox, app }: SubmitterArgs,
  opts: pulumi.ComponentResourceOptions,
): Submitter {
  const { sender } = mailbox;
  const tenant = { tenantId, environment };
  const common = {
    ...tenant,
    owner: `${pulumi.getProject()}/${pulumi.getStack()}/${sender}`,
    objectName: relayName(pulumi.getStack(), sender),
  };
  const account = new ServiceAccount(name, { ...common, choice: mailbox }, opts);
  const registration = new AppRegistration(
    name,
    { ...common, choice: app, mailbox: account.address },
    opts,
  );
  const submission = new ClientSubmission(
    `${name}-submission`,
    { ...tenant, address: mailbox.address, appId: registration.clientId, waitMinutes },
    { ...opts, dependsOn: [...account.parts, ...registration.grants] },
  );
  return {
    sender,
    secret: registration.secrets[0],
    pending: [account.pending, submission.pending],
    settings: {
      method: "smtpAuth",
      host: submission.host,
      port: 587,
      tls: "STARTTLS",
      mailbox: mailbox.address,
      sendAs: mailbox.sendAs,
      tokenEndpoint: submission.tokenEndpoint,
      scope: submission.scope,
      clientId: registration.clientId,
      credential: shown(app),
      because: app.because,
    },
  };
}

/** A credential without what is not for everybody's eyes. */
function shown({ sender, credential }: AppChoice): CredentialSettings {
  switch (credential.by) {
    case "federatedIdentity":
      return credential;
    case "certificate":
      return { by: "certificate" };
    case "secret":
      return { by: "secret", output: `secrets.${sender}` };
  }
}
