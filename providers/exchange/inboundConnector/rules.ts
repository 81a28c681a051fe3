import type { Problem } from "../../../mail/problem.ts";
import { addressProblem } from "../../../mail/senders/address.ts";
import {
  certificateNameProblem,
  certificateNotAccepted,
} from "../../../mail/senders/certificateName.ts";
import type { ConnectorMatch } from "../../../mail/senders/chooseSubmission.ts";
import { connectorNameProblem } from "../../../mail/senders/connectorName.ts";
import { domainNotAccepted, domainProblem } from "../../../mail/senders/domain.ts";
import { mayNotRelay } from "../../../mail/senders/mayRelay.ts";
import { overlapProblem } from "../../../mail/senders/overlap.ts";
import { ownerOf } from "../../../mail/senders/ownership.ts";
import type { TenantFacts } from "../tenants.ts";
import { isUnknown } from "../unknown.ts";
import { type ConnectorForm, fromExchange } from "./form.ts";

/** What a program says of a connector, before defaults. */
export interface ConnectorArgs {
  readonly name: string;
  readonly senderIPAddresses?: readonly string[];
  readonly tlsSenderCertificateName?: string;
  readonly associatedAcceptedDomains: readonly string[];
}

/** Everything wrong that the arguments alone tell. Values that are not known yet pass. */
export function argumentProblems(args: ConnectorArgs): Problem[] {
  const { senderIPAddresses: addresses, tlsSenderCertificateName: certificate } = args;
  const each = (key: string, list: readonly string[] | undefined, rule: typeof addressProblem) =>
    isUnknown(list) ? [] : (list ?? []).map((value, index) => rule(`${key}[${index}]`, value));
  return [
    isUnknown(args.name) ? undefined : connectorNameProblem("name", args.name),
    ...each("senderIPAddresses", addresses, addressProblem),
    certificate === undefined || isUnknown(certificate)
      ? undefined
      : certificateNameProblem("tlsSenderCertificateName", certificate),
    ...each("associatedAcceptedDomains", args.associatedAcceptedDomains, domainProblem),
    matchProblem(args),
    domainlessProblem(args),
  ].filter((problem) => problem !== undefined);
}

/** An OnPremises connector that matches nothing relays nothing; one that matches by both matches too much. */
function matchProblem(args: ConnectorArgs): Problem | undefined {
  const { senderIPAddresses: addresses, tlsSenderCertificateName: certificate } = args;
  if (isUnknown(args)) return undefined;
  const byAddress = addresses !== undefined && addresses.length > 0;
  const byCertificate = certificate !== undefined;
  if (byAddress !== byCertificate) return undefined;
  return {
    key: "senderIPAddresses",
    value: addresses,
    rule: byAddress
      ? "stands beside tlsSenderCertificateName, so that the addresses alone would be let in"
      : "is empty and there is no tlsSenderCertificateName, so that the connector matches nothing",
    fix: "give exactly one of the two",
  };
}

function domainlessProblem({
  associatedAcceptedDomains: domains,
}: ConnectorArgs): Problem | undefined {
  if (isUnknown(domains) || domains.length > 0) return undefined;
  return {
    key: "associatedAcceptedDomains",
    value: domains,
    rule: "is empty, so that the connector would relay for every domain of the tenant",
    fix: "list the domains that this sender sends from",
  };
}

/** Everything wrong that only the tenant can tell. */
export function tenantProblems(
  wanted: ConnectorForm,
  { tenantId, owner, adopt }: { tenantId: string; owner: string; adopt: boolean },
  facts: TenantFacts,
): Problem[] {
  const { tlsSenderCertificateName: certificate, associatedAcceptedDomains: domains } = wanted;
  return [
    mayNotRelay("tenantId", tenantId, facts.subscriptions),
    ...domains.map((domain, index) =>
      domainNotAccepted(`associatedAcceptedDomains[${index}]`, domain, facts.acceptedDomains),
    ),
    certificate === ""
      ? undefined
      : certificateNotAccepted("tlsSenderCertificateName", certificate, facts.acceptedDomains),
    ...connectorProblems(wanted, { owner, adopt }, facts.connectors),
  ].filter((problem) => problem !== undefined);
}

/** What other connectors of the tenant stand in the way of. */
export function connectorProblems(
  wanted: ConnectorForm,
  { owner, adopt }: { owner: string; adopt: boolean },
  connectors: TenantFacts["connectors"],
): Problem[] {
  return connectors
    .map((object) => ({ guid: String(object.Guid), form: fromExchange(object) }))
    .map(({ guid, form }) =>
      form.name.toLowerCase() === wanted.name.toLowerCase()
        ? nameTaken(form, guid, owner, adopt)
        : matchTaken(wanted, form, owner),
    )
    .filter((problem) => problem !== undefined);
}

function nameTaken(
  form: ConnectorForm,
  guid: string,
  owner: string,
  adopt: boolean,
): Problem | undefined {
  const theirs = ownerOf(form.comment);
  if (theirs === owner || (theirs === undefined && adopt)) return undefined;
  return {
    key: "name",
    value: form.name,
    rule:
      theirs === undefined
        ? `is the name of a connector that exists already and is not ours (${guid})`
        : `is the name of a connector that ${theirs} manages (${guid})`,
    fix:
      theirs === undefined
        ? `rename or remove that connector, or take it over with adoptConnector: "${form.name}" on the sender`
        : "give the stack or the sender another name",
  };
}

/** Another connector of ours may be about to change in the same run, so only those of others are in the way. */
function matchTaken(
  wanted: ConnectorForm,
  other: ConnectorForm,
  owner: string,
): Problem | undefined {
  const theirs = ownerOf(other.comment);
  const stackOf = (name: string) => name.slice(0, name.lastIndexOf("/"));
  if (theirs !== undefined && stackOf(theirs) === stackOf(owner)) return undefined;
  const [mine, there] = [matchOf(wanted), matchOf(other)];
  if (mine === undefined || there === undefined || !other.enabled) return undefined;
  if (other.connectorType !== "OnPremises") return undefined;
  const key = mine.by === "certificate" ? "tlsSenderCertificateName" : "senderIPAddresses";
  return overlapProblem(
    key,
    { name: wanted.name, match: mine },
    { name: other.name, match: there },
  );
}

function matchOf(form: ConnectorForm): ConnectorMatch | undefined {
  if (form.tlsSenderCertificateName !== "") {
    return { by: "certificate", certificateName: form.tlsSenderCertificateName };
  }
  if (form.senderIPAddresses.length === 0) return undefined;
  return { by: "sourceIp", addresses: form.senderIPAddresses };
}
