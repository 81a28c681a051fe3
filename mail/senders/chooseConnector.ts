import { domainOf } from "./fromAddress.ts";
import type { Sender } from "./sender.ts";

/** How Exchange recognises a sender's connections: by certificate, or by source address. */
export type ConnectorMatch =
  | { readonly by: "certificate"; readonly certificateName: string }
  | { readonly by: "sourceIp"; readonly addresses: readonly string[] };

/** An inbound connector that a sender needs. */
export interface ConnectorChoice {
  readonly sender: string;
  readonly match: ConnectorMatch;
  /** Accepted domains that it may send from, each once. */
  readonly domains: readonly string[];
  readonly adopt?: string;
  /** Why this and not another, in half a sentence. */
  readonly because: string;
}

/**
 * The connector of a sender. A certificate wins over an address, as an address vouches for every host behind it and a
 * certificate for the one that holds the key.
 */
export function chooseConnector(sender: Sender): ConnectorChoice {
  const domains = [...new Set(sender.from.map((from) => domainOf(from) ?? ""))].sort();
  const common = {
    sender: sender.name,
    domains,
    ...(sender.adoptConnector === undefined ? {} : { adopt: sender.adoptConnector }),
  };
  if (sender.authentication.includes("certificate") && sender.certificateName !== undefined) {
    return {
      ...common,
      match: { by: "certificate", certificateName: sender.certificateName },
      because: "it presents a certificate, which vouches for this server alone",
    };
  }
  return {
    ...common,
    match: { by: "sourceIp", addresses: sender.egress },
    because: "it has fixed public addresses and no certificate",
  };
}
