import * as pulumi from "@pulumi/pulumi";
import { coveredByParent } from "../mail/dns/coveredByParent.ts";
import type { DmarcStage } from "../mail/dns/dmarc.ts";
import { senderTerms } from "../mail/dns/senderTerms.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { zoneOf } from "../mail/dns/zoneOf.ts";
import { type ConnectorChoice, chooseSubmission } from "../mail/senders/chooseSubmission.ts";
import { connectorName } from "../mail/senders/connectorName.ts";
import type { Sender } from "../mail/senders/sender.ts";
import {
  AcceptedDomain,
  type Environment,
  InboundConnector,
} from "../providers/exchange/resources.ts";
import { Survey } from "../providers/survey/resources.ts";
import { MailDns, type MailDnsArgs, type WantedRecord } from "./mailDns.ts";
import type { Zone } from "./zones.ts";

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
  /** Whether the relay may be torn down; else Pulumi protects the connectors. */
  readonly disposable: boolean;
}

/** What a sender's administrator sets up on the server, application or device. */
export interface SenderSettings {
  readonly method: "connector";
  /** Host to connect to, over IPv4 only: connectors do not match IPv6. */
  readonly host: pulumi.Output<string>;
  readonly port: 25;
  readonly tls: "STARTTLS";
  /** The certificate to present, by name; or the addresses to connect from. */
  readonly certificateName?: string;
  readonly egress?: readonly string[];
  /** The connector's name in Exchange. */
  readonly connector: string;
  /** Why this method and not another. */
  readonly because: string;
}

/** What whoever keeps a domain's DNS has to know. */
export interface DomainSettings {
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: pulumi.Output<string>;
  /** The CNAME records that DKIM needs. */
  readonly dkim: readonly WantedRecord[];
  /** How strict DMARC is, and when the next step may come. */
  readonly dmarc?: pulumi.Output<DmarcStage>;
  /** Records that belong in zones of other people, who have to be asked. */
  readonly elsewhere: readonly WantedRecord[];
}

/** An SMTP relay on Microsoft 365: for each sender what lets it submit mail, and what it has to be told. */
export class SmtpRelay extends pulumi.ComponentResource {
  /** By sender's name. */
  readonly senders: Readonly<Record<string, SenderSettings>>;
  /** By domain's name. */
  readonly dns: Readonly<Record<string, DomainSettings>>;
  /** What is missing until every sender can send, a sentence each; empty when nothing is. */
  readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: SmtpRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365relay:index:SmtpRelay", name, {}, opts);
    const { tenantId, environment, zones, waitMinutes } = args;
    const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const choices = chooseSubmission(args.senders).connectors;
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

    this.senders = Object.fromEntries(
      choices.map((choice) => [choice.sender, settings(choice, hostOf(choice, domains))]),
    );
    this.dns = Object.fromEntries(
      args.domains.map(({ name: domain }, index) => [
        domain,
        domainSettings(accepted(domain, domains), dns[index]),
      ]),
    );
    this.pending = pulumi
      .all([...connectors, ...dns].map(({ pending }) => pending))
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
    cnames: dkim.records === "publish",
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
  adopt ?? connectorName(pulumi.getStack(), sender);

function settings(choice: ConnectorChoice, host: pulumi.Output<string>): SenderSettings {
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
