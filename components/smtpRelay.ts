import * as pulumi from "@pulumi/pulumi";
import { type ConnectorChoice, chooseSubmission } from "../mail/senders/chooseSubmission.ts";
import { connectorName } from "../mail/senders/connectorName.ts";
import type { Sender } from "../mail/senders/sender.ts";
import {
  AcceptedDomain,
  type Environment,
  InboundConnector,
} from "../providers/exchange/resources.ts";

/** What a relay is made of; the stack file says the same. */
export interface SmtpRelayArgs {
  /** The Microsoft 365 tenant, a GUID. */
  readonly tenantId: string;
  /** The cloud it is in, by the azuread provider's names. */
  readonly environment: Environment;
  /** Verified domains that senders send from. */
  readonly domains: readonly string[];
  readonly senders: readonly Sender[];
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

/** An SMTP relay on Microsoft 365: for each sender what lets it submit mail, and what it has to be told. */
export class SmtpRelay extends pulumi.ComponentResource {
  /** By sender's name. */
  readonly senders: Readonly<Record<string, SenderSettings>>;
  /** What is missing until every sender can send, a sentence each; empty when nothing is. */
  readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: SmtpRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365relay:index:SmtpRelay", name, {}, opts);
    const { tenantId, environment } = args;
    const domains = new Map(
      args.domains.map((domain) => [
        domain,
        new AcceptedDomain(
          `${name}-${domain}`,
          { tenantId, environment, domain },
          { parent: this },
        ),
      ]),
    );
    const choices = chooseSubmission(args.senders).connectors;
    const connectors = choices.map(
      (choice) =>
        new InboundConnector(`${name}-${choice.sender}-connector`, connectorArgs(args, choice), {
          parent: this,
          protect: !args.disposable,
        }),
    );

    this.senders = Object.fromEntries(
      choices.map((choice) => [choice.sender, settings(choice, hostOf(choice, domains))]),
    );
    this.pending = pulumi
      .all(connectors.map(({ pending }) => pending))
      .apply((sentences) => sentences.filter((sentence) => sentence !== ""));
    this.registerOutputs({ senders: this.senders, pending: this.pending });
  }
}

/** Any of a tenant's MX hosts relays; the one of the sender's own domain is what its administrator expects. */
function hostOf({ domains: [first = ""] }: ConnectorChoice, domains: Map<string, AcceptedDomain>) {
  const domain = domains.get(first);
  if (domain === undefined) throw new Error(`domain "${first}" is not among the relay's domains`);
  return domain.mxHost;
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
