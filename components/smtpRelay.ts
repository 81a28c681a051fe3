import * as pulumi from "@pulumi/pulumi";
import { type ConnectorChoice, chooseSubmission } from "../mail/senders/chooseSubmission.ts";
import { connectorName } from "../mail/senders/connectorName.ts";
import type { Sender } from "../mail/senders/sender.ts";
import { AcceptedDomain, InboundConnector } from "../providers/exchange/resources.ts";

export interface SmtpRelayArgs {
  /** The Microsoft 365 tenant, a GUID. */
  readonly tenantId: string;
  /** The cloud it is in, by the azuread provider's names. */
  readonly environment: ConstructorParameters<typeof AcceptedDomain>[1]["environment"];
  /** Verified domains that senders send from. */
  readonly domains: readonly string[];
  readonly senders: readonly Sender[];
  /** Whether everything may be torn down; else Pulumi protects it. */
  readonly disposable: boolean;
}

/** What a sender's administrator sets up on the server, application or device. */
export interface SenderSettings {
  readonly method: "connector";
  /** Host to connect to, over IPv4 only: connectors do not match IPv6. */
  readonly host: string;
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
  readonly senders: pulumi.Output<Record<string, SenderSettings>>;
  /** What is missing until every sender can send, a sentence each; empty when nothing is. */
  readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: SmtpRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365relay:index:SmtpRelay", name, {}, opts);
    const child = { parent: this, protect: !args.disposable };

    const domains = new Map(
      args.domains.map((domain) => [domain, this.acceptedDomain(name, domain, args)]),
    );
    const connectors = chooseSubmission(args.senders).connectors.map((choice) => {
      const connector = new InboundConnector(
        `${name}-${choice.sender}-connector`,
        connectorArgs(args, choice),
        child,
      );
      const host = domains.get(choice.domains[0] ?? "")?.mxHost ?? "";
      return { choice, connector, host };
    });

    this.senders = pulumi.output(
      Object.fromEntries(
        connectors.map(({ choice, connector, host }) => [
          choice.sender,
          pulumi.output({ host, name: connector.name }).apply((known) => settings(choice, known)),
        ]),
      ),
    );
    this.pending = pulumi
      .all(connectors.map(({ connector }) => connector.pending))
      .apply((sentences) => sentences.filter((sentence) => sentence !== ""));
    this.registerOutputs({ senders: this.senders, pending: this.pending });
  }

  private acceptedDomain(name: string, domain: string, args: SmtpRelayArgs): AcceptedDomain {
    const { tenantId, environment } = args;
    return new AcceptedDomain(
      `${name}-${domain}`,
      { tenantId, environment, domain },
      { parent: this },
    );
  }
}

function connectorArgs({ tenantId, environment }: SmtpRelayArgs, choice: ConnectorChoice) {
  const { sender, match, domains, adopt } = choice;
  return {
    tenantId,
    environment,
    owner: `${pulumi.getProject()}/${pulumi.getStack()}/${sender}`,
    name: adopt ?? connectorName(pulumi.getStack(), sender),
    adopt: adopt !== undefined,
    associatedAcceptedDomains: domains,
    ...(match.by === "certificate"
      ? { tlsSenderCertificateName: match.certificateName }
      : { senderIPAddresses: match.addresses }),
  };
}

function settings(
  { match, because }: ConnectorChoice,
  { host, name }: { host: string; name: string },
): SenderSettings {
  return {
    method: "connector",
    host,
    port: 25,
    tls: "STARTTLS",
    ...(match.by === "certificate"
      ? { certificateName: match.certificateName }
      : { egress: match.addresses }),
    connector: name,
    because,
  };
}
