import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import { zoneOf } from "../mail/dns/record.ts";
import { isExclusive, recordsOf } from "../mail/dns/records.ts";
import { coveredByParent, type SendingDomain } from "../mail/dns/sendingDomain.ts";
import { senderTerms } from "../mail/dns/spf/senderTerms.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import { type ConnectorChoice, chooseSubmission } from "../mail/senders/choose.ts";
import { relayName } from "../mail/senders/names.ts";
import type { Sender } from "../mail/senders/sender.ts";
import { AcceptedDomain, InboundConnector, Survey } from "../providers/resources.ts";
import type { Zone } from "./cloudflareZones.ts";
import { MailDns, type MailDnsArgs } from "./mailDns.ts";
import type { ConnectorSettings, DomainSettings, SenderSettings } from "./settings.ts";
import { declareSubmitter } from "./submitter.ts";

/** What a relay is made of; the stack file says the same. */
export interface SmtpRelayArgs {
  /** The Microsoft 365 tenant, a GUID. */
  readonly tenantId: string;
  /** The cloud it is in, by the azuread provider's names. */
  readonly environment: Environment;
  /** Verified domains that senders send from. */
  readonly domains: readonly SendingDomain[];
  /** Their zones at Cloudflare. */
  readonly zones: readonly Zone[];
  readonly senders: readonly Sender[];
  /** How long an `up` waits for what others have to do, before it ends with `pending`. */
  readonly waitMinutes: number;
  /** How apps are let into their mailboxes. */
  readonly applicationAccess: ApplicationAccess;
  /** Whether the relay may be torn down; else Pulumi protects the connectors. */
  readonly disposable: boolean;
}

/** An SMTP relay on Microsoft 365: for each sender what lets it submit mail, and what it has to be told. */
export class SmtpRelay extends pulumi.ComponentResource {
  /** By sender's name. */
  readonly senders: Readonly<Record<string, SenderSettings>>;
  /** By domain's name. */
  readonly dns: Readonly<Record<string, DomainSettings>>;
  /** The secrets and passwords of senders that sign in with one, by sender's name. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** What is missing until every sender can send, a sentence each; empty when nothing is. */
  readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: SmtpRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:SmtpRelay", name, {}, opts);
    const { tenantId, environment, zones, waitMinutes, applicationAccess: access } = args;
    const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const { submitters: signingIn, connectors: choices } = chooseSubmission(args.senders);
    const wishes = args.domains.map((domain) => ({
      domain,
      spfTerms: senderTerms(domain.name, args),
      coveredByParent: coveredByParent(domain, args.domains),
    }));
    const declared = choices.map((choice) => ({
      sender: choice.sender,
      inputs: connectorArgs(args, choice),
    }));
    const survey = new Survey(
      `${name}-survey`,
      {
        tenantId,
        environment,
        owner,
        domains: wishes.map((wish) => surveyed(wish, zones)),
        connectors: declared.map(({ inputs }) => inputs),
        mailboxes: signingIn.map(({ sender, mailbox, credential }) => ({
          owner: `${owner}/${sender}`,
          address: mailbox.address,
          name: relayName(pulumi.getStack(), sender),
          sendAs: mailbox.sendAs,
          byRole: access === "rbac" && credential.by !== "password",
          ...(mailbox.license === undefined ? {} : { license: mailbox.license }),
        })),
      },
      { parent: this },
    );
    const child = { parent: this, dependsOn: survey };
    const lasting = { ...child, protect: !args.disposable };
    const domains = new Map(
      args.domains.map(({ name: domain }) => [
        domain,
        new AcceptedDomain(`${name}-${domain}`, { tenantId, environment, domain }, child),
      ]),
    );
    const connectors = declared.map(
      ({ sender, inputs }) => new InboundConnector(`${name}-${sender}-connector`, inputs, lasting),
    );
    const dns = wishes.map((wish) => {
      const { mxHost } = accepted(wish.domain.name, domains);
      return new MailDns(
        `${name}-${wish.domain.name}`,
        { tenantId, environment, owner, ...wish, mxHost, zones, waitMinutes },
        lasting,
      );
    });

    const submitters = signingIn.map((choice) => {
      const wish = { tenantId, environment, waitMinutes, access, choice };
      return declareSubmitter(`${name}-${choice.sender}`, wish, lasting);
    });

    this.senders = Object.fromEntries([
      ...choices.map((choice) => [choice.sender, settings(choice, hostOf(choice, domains))]),
      ...submitters.map(({ sender, settings: ofSubmitter }) => [sender, ofSubmitter]),
    ]);
    this.secrets = Object.fromEntries(
      submitters.flatMap(({ sender, secret }) => (secret === undefined ? [] : [[sender, secret]])),
    );
    this.dns = Object.fromEntries(
      args.domains.map(({ name: domain }, index) => [
        domain,
        domainSettings(accepted(domain, domains), dns[index]),
      ]),
    );
    this.pending = pulumi
      .all([...connectors, ...dns, ...submitters].flatMap(({ pending }) => pending))
      .apply((sentences) => sentences.filter((sentence) => sentence !== ""));
    this.registerOutputs({});
  }
}

function domainSettings({ mxHost }: AcceptedDomain, dns: MailDns | undefined): DomainSettings {
  const { dkim = [], dmarc, elsewhere = [] } = dns ?? {};
  return { mxHost, dkim, elsewhere, ...(dmarc === undefined ? {} : { dmarc }) };
}

type Wish = Pick<MailDnsArgs, "domain" | "spfTerms" | "coveredByParent">;

/** What the survey looks over of a domain, as plain values. */
function surveyed({ domain, spfTerms, coveredByParent: covered }: Wish, zones: readonly Zone[]) {
  const { name, dns, dkim, dmarc, mtaSts, tlsRpt } = domain;
  const zoneId = dns.host === "cloudflare" ? zoneOf(name, zones)?.id : undefined;
  return {
    domain: name,
    ...(zoneId === undefined ? {} : { zoneId }),
    spfTerms,
    ...(covered ? {} : { dmarc }),
    exclusiveNames: recordsOf(domain, { dkimTargets: ["", ""], mxHost: "", zones: [] })
      .filter(isExclusive)
      .filter(({ purpose }) => purpose !== "dkim" || dkim.records === "publish")
      .map((record) => record.name),
    receives: mtaSts !== undefined || tlsRpt !== undefined,
  };
}

/** Any of a tenant's MX hosts relays; the one of the sender's own domain is what its administrator expects. */
const hostOf = ({ domains: [first = ""] }: ConnectorChoice, domains: Map<string, AcceptedDomain>) =>
  accepted(first, domains).mxHost;

function accepted(name: string, domains: Map<string, AcceptedDomain>): AcceptedDomain {
  const domain = domains.get(name);
  if (domain === undefined) throw new Error(`domain "${name}" is not among the relay's domains`);
  return domain;
}

function connectorArgs({ tenantId, environment }: SmtpRelayArgs, choice: ConnectorChoice) {
  const { sender, match, domains, adopt } = choice;
  return {
    tenantId,
    environment,
    owner: `${pulumi.getProject()}/${pulumi.getStack()}/${sender}`,
    name: nameOf(choice),
    adopt: adopt !== undefined,
    associatedAcceptedDomains: domains,
    ...(match.by === "certificate"
      ? { tlsSenderCertificateName: match.certificateName }
      : { senderIPAddresses: match.addresses }),
  };
}

/** The connector's name in Exchange. */
const nameOf = ({ adopt, sender }: ConnectorChoice): string =>
  adopt ?? relayName(pulumi.getStack(), sender);

function settings(choice: ConnectorChoice, host: pulumi.Output<string>): ConnectorSettings {
  const { match, because } = choice;
  return {
    method: "connector",
    host,
    port: 25,
    tls: "STARTTLS",
    ...(match.by === "certificate"
      ? { certificateName: match.certificateName }
      : { egress: match.addresses }),
    connector: nameOf(choice),
    because,
  };
}
