import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import type { AppCredential, SubmitterChoice } from "../mail/senders/choose.ts";
import { endsSoon, passwordWarning } from "../mail/senders/credentials.ts";
import { relayName } from "../mail/senders/names.ts";
import { ClientSubmission } from "../providers/resources.ts";
import { AppRegistration, type Secret } from "./appRegistration.ts";
import { ServiceAccount } from "./serviceAccount.ts";
import type { CredentialSettings, SubmissionSettings } from "./settings.ts";

export interface SubmitterArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  readonly waitMinutes: number;
  readonly access: ApplicationAccess;
  readonly choice: SubmitterChoice;
}

/** A sender that signs in: its mailbox, its app, and what it has to be told. */
export interface Submitter {
  readonly sender: string;
  readonly settings: SubmissionSettings;
  /** Its secret or password; undefined where it has something better. */
  readonly secret: pulumi.Output<string> | undefined;
  /** What is missing until it can send, a sentence each; empty when nothing is. */
  readonly pending: readonly pulumi.Output<string>[];
}

/** Declares what a sender needs that submits mail as a mailbox of its own. */
export function declareSubmitter(
  name: string,
  { tenantId, environment, waitMinutes, access, choice }: SubmitterArgs,
  opts: pulumi.ComponentResourceOptions,
): Submitter {
  const { sender, mailbox, credential, because } = choice;
  const tenant = { tenantId, environment };
  const common = {
    ...tenant,
    owner: `${pulumi.getProject()}/${pulumi.getStack()}/${sender}`,
    objectName: relayName(pulumi.getStack(), sender),
  };
  const account = new ServiceAccount(
    name,
    {
      ...common,
      waitMinutes,
      choice: mailbox,
      password: credential.by === "password" ? credential : undefined,
    },
    opts,
  );
  const look = { ...tenant, address: mailbox.address, waitMinutes };
  // It makes nothing, so that there is nothing to protect.
  const looking = { ...opts, protect: false };
  const told = { method: "smtpAuth", port: 587, tls: "STARTTLS", because } as const;
  const user = { mailbox: mailbox.address, sendAs: mailbox.sendAs };
  const output = `secrets.${sender}`;

  if (credential.by === "password") {
    void pulumi.log.warn(passwordWarning(sender));
    const submission = new ClientSubmission(`${name}-submission`, look, {
      ...looking,
      dependsOn: [...account.parts],
    });
    const { host, pending } = submission;
    const shown = { by: "password", output } as const;
    return {
      sender,
      secret: account.password,
      pending: [account.pending, pending],
      settings: { ...told, ...user, host, mechanism: "LOGIN", credential: shown },
    };
  }

  const registration = new AppRegistration(
    name,
    { ...common, credential, access, mailbox: account.address },
    opts,
  );
  const { clientId, secret } = registration;
  warnOfEnd(choice, credential, secret);
  const submission = new ClientSubmission(
    `${name}-submission`,
    access === "rbac" ? { ...look, appId: clientId } : look,
    { ...looking, dependsOn: [...account.parts, ...registration.grants] },
  );
  const { host, tokenEndpoint, scope, pending } = submission;
  const shown = shownOf(credential, output, secret);
  return {
    sender,
    secret: secret?.value,
    pending: [account.pending, pending],
    settings: {
      ...told,
      ...user,
      host,
      mechanism: "XOAUTH2",
      tokenEndpoint,
      scope,
      clientId,
      credential: shown,
    },
  };
}

/** Tells in every preview of a certificate or secret that ends within a month. */
function warnOfEnd(
  { sender }: SubmitterChoice,
  credential: AppCredential,
  secret: Secret | undefined,
): void {
  const warn = (what: string, end: string, fix: string) => {
    const said = endsSoon({ what: `${what} of sender "${sender}"`, end, fix }, new Date());
    if (said !== undefined) void pulumi.log.warn(said);
  };
  if (credential.by === "certificate") {
    const { validTo } = new X509Certificate(credential.certificate);
    const fix = "put the new one into its signInCertificate";
    warn("the sign-in certificate", new Date(validTo).toISOString(), fix);
  }
  if (credential.by === "secret") {
    const next = (credential.generations[0] ?? 0) + 1;
    const fix = `set its credentialGeneration to ${next}, and give it the new one`;
    secret?.endDate.apply((end) => warn("the secret", end, fix));
  }
}

/** A credential without what is not for everybody's eyes. */
function shownOf(
  credential: AppCredential,
  output: string,
  secret: Secret | undefined,
): CredentialSettings {
  switch (credential.by) {
    case "federatedIdentity":
      return credential;
    case "certificate":
      return { by: "certificate" };
    case "secret":
      return { by: "secret", output, ...(secret && { endDate: secret.endDate }) };
  }
}
