import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import type { SubmitterChoice } from "../mail/senders/choose.ts";
import type {
  AdoptedApp,
  AppCredential,
  OwnAppCredential,
  Several,
} from "../mail/senders/credential.ts";
import { certificatesEndSoon, secretEndsSoon } from "../mail/senders/expiry.ts";
import type { FederatedIdentity } from "../mail/senders/sender.ts";
import { AdoptedApplication, ClientSubmission } from "../providers/resources.ts";
import { AppRegistration, type Secret } from "./appRegistration.ts";
import type { Mailboxes } from "./licensedUser.ts";
import { atOnce, waitingChild } from "./options.ts";
import { ServiceAccount } from "./serviceAccount.ts";
import type { CredentialSettings, SubmissionSettings } from "./settings.ts";

export interface SubmitterArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Logical name of the relay. */
  readonly relay: string;
  /** Name of what is created in Entra and Exchange. */
  readonly objectName: string;
  /** How long an `up` waits for what Microsoft has to do. */
  readonly waitMinutes: number;
  readonly access: ApplicationAccess;
  readonly choice: SubmitterChoice;
  readonly mailboxes: Promise<Mailboxes>;
}

/** A sender that signs in: its mailbox, its app, and the settings that it needs. */
export class Submitter extends pulumi.ComponentResource {
  readonly sender: string;
  readonly mailbox: pulumi.Resource;
  readonly settings: SubmissionSettings;
  /** Its secret or password; undefined when it signs in with a federated identity or a certificate. */
  readonly secret: pulumi.Output<string> | undefined;
  /** What is missing until it can send, a sentence each; empty when nothing is. */
  readonly pending: readonly pulumi.Output<string>[];

  constructor(name: string, args: SubmitterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:Submitter", `${name}-submitter`, {}, atOnce(opts));
    const { tenantId, environment, waitMinutes, choice } = args;
    const { sender, mailbox, credential, because } = choice;
    const waiting = waitingChild(this, opts);
    const password = credential.by === "password" ? credential : undefined;
    const account = new ServiceAccount(name, { ...args, choice: mailbox, password }, waiting);
    const app =
      credential.by === "password"
        ? undefined
        : credential.by === "adoptedApp"
          ? adoptApp(name, args, credential, waiting)
          : registerApp(name, args, credential, account.mailbox, waiting);
    const submission = new ClientSubmission(
      `${name}-submission`,
      {
        tenantId,
        environment,
        address: mailbox.address,
        waitMinutes,
        ...(mailbox.adopt && { isAdopted: true }),
        ...(app?.hasRole && { appId: app.clientId }),
      },
      // It creates nothing, so there is nothing to protect.
      {
        parent: this,
        protect: false,
        dependsOn: [...account.parts, ...(app?.parts ?? [])],
      },
    );
    const { host, tokenEndpoint, scope } = submission;
    const output = `secrets.${sender}`;
    const common = {
      method: "smtpAuth",
      host,
      port: 587,
      tls: "STARTTLS",
      mailbox: mailbox.address,
      sendAs: mailbox.sendAs,
      because,
    } as const;
    this.sender = sender;
    this.mailbox = account.mailbox;
    this.pending = [account.pending, ...(app?.pending ?? []), submission.pending];
    if (app === undefined || credential.by === "password") {
      this.secret = account.password;
      this.settings = { ...common, mechanism: "LOGIN", credential: { by: "password", output } };
    } else {
      const { clientId, secret } = app;
      warnOfEnd(sender, credential, secret);
      this.secret = secret?.value;
      this.settings = {
        ...common,
        mechanism: "XOAUTH2",
        tokenEndpoint,
        scope,
        clientId,
        credential: publicCredential(credential, output, secret),
      };
    }
    this.registerOutputs();
  }
}

/** The app that a sender signs in with. */
interface SubmittingApp {
  readonly clientId: pulumi.Output<string>;
  /** Its newest secret; undefined where the stack gives it none. */
  readonly secret: Secret | undefined;
  /** Whether the stack has given it the role that lets it submit mail. */
  readonly hasRole: boolean;
  /** What has to exist before it can submit mail. */
  readonly parts: readonly pulumi.Resource[];
  readonly pending: readonly pulumi.Output<string>[];
}

function registerApp(
  name: string,
  args: SubmitterArgs,
  credential: OwnAppCredential,
  account: pulumi.Resource,
  waiting: pulumi.CustomResourceOptions,
): SubmittingApp {
  const mailbox = args.choice.mailbox.address;
  const own = { ...args, credential, mailbox, account };
  const { clientId, secret, grants } = new AppRegistration(name, own, waiting);
  return { clientId, secret, hasRole: args.access === "rbac", parts: grants, pending: [] };
}

/** An app that exists. It is only read, so there is nothing to protect. */
function adoptApp(
  name: string,
  { tenantId, environment, owner, choice }: SubmitterArgs,
  { clientId }: AdoptedApp,
  waiting: pulumi.CustomResourceOptions,
): SubmittingApp {
  const app = new AdoptedApplication(
    `${name}-adopted-app`,
    { tenantId, environment, owner, appId: clientId, mailbox: choice.mailbox.address },
    { ...waiting, protect: false },
  );
  const secret = undefined;
  return { clientId: app.appId, secret, hasRole: false, parts: [app], pending: [app.pending] };
}

/** Warns in every preview of a certificate or secret that ends soon. */
function warnOfEnd(sender: string, credential: AppCredential, secret: Secret | undefined): void {
  const warn = (warning: string | undefined) => {
    if (warning !== undefined) void pulumi.log.warn(warning);
  };
  if (credential.by === "certificate") {
    certificatesEndSoon(sender, credential.certificates, new Date()).forEach(warn);
  }
  if (credential.by === "secret") {
    const generation = credential.generations[0] ?? 0;
    secret?.endDate.apply((end) => warn(secretEndsSoon(sender, end, generation, new Date())));
  }
}

/** The identity listed first as the only one, as what reads the output may know no other. */
const identitySettings = ([first, ...others]: Several<FederatedIdentity>): CredentialSettings => ({
  ...{ by: "federatedIdentity", ...first },
  ...(others.length > 0 && { others }),
});

/** The credential without its secret. */
function publicCredential(
  credential: AppCredential,
  output: string,
  secret: Secret | undefined,
): CredentialSettings {
  switch (credential.by) {
    case "federatedIdentity":
      return identitySettings(credential.identities);
    case "certificate":
    case "adoptedApp":
      return { by: credential.by };
    case "secret":
      return { by: "secret", output, ...(secret && { endDate: secret.endDate }) };
  }
}
