import { characterProblem } from "../characters.ts";
import { senderOfOwner, stackOfOwner } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { addressProblem } from "../senders/address.ts";
import { matchProblem, overlapsOf } from "../senders/connectorMatch.ts";
import { clearMark, connectorProblems } from "../senders/connectorProblems.ts";
import { certificateNameProblem, isMicrosofts } from "../senders/domain.ts";
import { connectorNameProblem } from "../senders/names.ts";
import type { FoundConnector, FoundRelay, Left } from "./found.ts";

/** What a sender of the stack file says of the connector that it adopts. */
export interface AdoptedConnector {
  readonly connector: FoundConnector;
  /** Domains of its `from`. */
  readonly domains: readonly string[];
}

/**
 * Which connectors a stack can adopt without writing to them.
 *
 * @param domains the domains that the stack can have
 * @param stack who adopts them, `project/stack`
 */
export function judgeConnectors(
  relay: FoundRelay,
  domains: readonly string[],
  stack: string,
): { readonly adopted: AdoptedConnector[]; readonly left: Left[] } {
  const adopted: AdoptedConnector[] = [];
  const left: Left[] = [];
  for (const connector of relay.connectors) {
    const limit = connector.associatedAcceptedDomains;
    const own = limit.length === 0 ? domains : limit;
    const problem = connectorProblem(connector, relay, { own, domains, stack });
    if (problem === undefined) adopted.push({ connector, domains: own });
    else left.push({ what: `connector "${connector.name}"`, ...problem });
  }
  return { adopted, left };
}

type Reason = Omit<Left, "what">;

/** What a connector is judged by. */
interface Judged {
  /** The domains that its servers send for. */
  readonly own: readonly string[];
  /** Those that the stack can have. */
  readonly domains: readonly string[];
  /** `project/stack` */
  readonly stack: string;
}

function connectorProblem(
  connector: FoundConnector,
  relay: FoundRelay,
  { own, domains, stack }: Judged,
): Reason | undefined {
  const { name, owner, isHybrid, associatedAcceptedDomains: limit } = connector;
  if (isHybrid) {
    return {
      reason: "belongs to the organisation's hybrid configuration, which needs it as it is",
      todo: "leave it; the servers that it matches relay through it as before",
    };
  }
  if (owner !== undefined) return markedReason(owner, name, stack);
  const property = propertyProblem(connector);
  if (property !== undefined) return property;
  const value = characterProblem("", name) ?? connectorNameProblem("", name);
  if (value !== undefined) return asReason(value);
  const match = matchReason(connector);
  if (match !== undefined) return match;
  if (domains.length === 0) return NO_DOMAIN;
  const outside = limit.filter((domain) => !domains.includes(domain));
  if (outside.length > 0) return limitedReason(outside);
  const others = relay.connectors.filter((one) => one !== connector && mayRelay(one));
  const twin = others.find((one) => overlapsOf(connector, one).length > 0);
  if (twin !== undefined) return sharedReason(connector, twin);
  const declared = {
    ...{ tenantId: "", owner: "", name, adopt: true },
    senderIPAddresses: connector.senderIPAddresses,
    tlsSenderCertificateName: connector.tlsSenderCertificateName,
    associatedAcceptedDomains: limit.length === 0 ? [] : own,
  };
  const [tenant] = connectorProblems(declared, relay);
  return tenant && asReason(tenant.key === "tenantId" ? { ...tenant, value: undefined } : tenant);
}

const markedReason = (owner: string, name: string, stack: string): Reason => ({
  reason: `is marked in its Comment as managed by ${owner}`,
  todo:
    stackOfOwner(owner) === stack
      ? `write the sender "${senderOfOwner(owner)}" into the stack file as it was, and the next up takes the connector over`
      : `remove it from that stack first; or ${clearMark(owner, name)}, and run this again`,
});

const NO_DOMAIN: Reason = {
  reason:
    "has no domain that a stack can have: the tenant has none but Microsoft's own, or other stacks have them",
  todo: "add a domain of your own to the tenant first",
};

/** Whether Exchange may attribute a connection to it. */
const mayRelay = ({ enabled, connectorType }: FoundConnector): boolean =>
  enabled && connectorType === "OnPremises";

/** A setting that no stack gives a connector. */
function propertyProblem(connector: FoundConnector): Reason | undefined {
  const { connectorType, senderDomains } = connector;
  if (connectorType !== "OnPremises") {
    return {
      reason: `is of the type ${connectorType}, which takes the mail of a partner and does not relay`,
      todo: "leave it",
    };
  }
  if (!connector.enabled) {
    return {
      reason: "is disabled, so that nothing relays through it",
      todo: "enable it and run this again, or leave it",
    };
  }
  const other = OTHER_SETTINGS.find(({ key }) => connector[key]);
  if (other !== undefined) {
    return {
      reason: `has ${other.parameter} set, ${other.meaning}, and a stack sets it for no connector`,
      todo: `leave it; or name it in adoptConnector of a sender that you write yourself, which sets ${other.parameter} to false`,
    };
  }
  if (senderDomains.length === 1 && senderDomains[0] === "*") return undefined;
  return {
    reason: `is for the sender domains ${senderDomains.join(", ")} alone, and a connector of a stack is for all (SenderDomains *)`,
    todo: "leave it; or name it in adoptConnector of a sender that you write yourself, which sets SenderDomains to *",
  };
}

const OTHER_SETTINGS = [
  {
    key: "cloudServicesMailEnabled",
    parameter: "CloudServicesMailEnabled",
    meaning: "as in a hybrid organisation",
  },
  {
    key: "treatMessagesAsInternal",
    parameter: "TreatMessagesAsInternal",
    meaning: "so that its mail counts as mail from inside",
  },
  {
    key: "restrictDomainsToIPAddresses",
    parameter: "RestrictDomainsToIPAddresses",
    meaning: "as a partner's connector has it",
  },
  {
    key: "restrictDomainsToCertificate",
    parameter: "RestrictDomainsToCertificate",
    meaning: "as a partner's connector has it",
  },
] as const;

/** What is wrong with what it recognises servers by. */
function matchReason(connector: FoundConnector): Reason | undefined {
  const { senderIPAddresses: addresses, tlsSenderCertificateName: certificate } = connector;
  if (certificate !== "" && addresses.length > 0) {
    return {
      reason:
        "recognises servers by addresses and by a certificate at once, and a connector of a stack by one of the two",
      todo: "make two connectors of it, one for the addresses and one for the certificate, and run this again; or leave it",
    };
  }
  const problem =
    matchProblem(addresses, certificate || undefined) ??
    (certificate === ""
      ? addresses.map((one) => addressProblem("", one)).find((one) => one !== undefined)
      : certificateNameProblem("", certificate));
  return problem && asReason(problem);
}

function limitedReason(outside: readonly string[]): Reason {
  const microsofts = outside.filter(isMicrosofts);
  return microsofts.length > 0
    ? {
        reason: `is limited to domains of which ${microsofts.join(", ")} is Microsoft's own, which no stack can have`,
        todo: "take the domain out of its AssociatedAcceptedDomains and run this again, or leave it",
      }
    : {
        reason: `is limited to domains of which this stack does not have ${outside.join(", ")}`,
        todo: "run this again with every domain of the connector, or leave it",
      };
}

const sharedReason = (connector: FoundConnector, twin: FoundConnector): Reason => {
  const [overlap] = overlapsOf(connector, twin);
  const what = overlap?.ofItsOwn === "a certificate name" ? "certificate" : "address";
  return {
    reason: `matches the same ${what} as connector "${twin.name}" (${JSON.stringify(overlap?.value)}), so that Exchange may use either of them`,
    todo: `take what both match out of one of them and run this again, or leave both`,
  };
};

/** A problem of one value, in words about the connector that has it. */
const asReason = ({ value, rule, fix }: Problem): Reason => ({
  reason: value === undefined ? rule : `has ${JSON.stringify(value)}, which ${rule}`,
  todo: `${fix}; change it in Exchange and run this again, or leave the connector`,
});
