import { isOwnedBy, markOf, type Owners, ownerOf } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import { addressProblem } from "../../mail/senders/address.ts";
import type { ConnectorMatch } from "../../mail/senders/choose.ts";
import {
  certificateNameProblem,
  certificateNotAccepted,
  domainNotAccepted,
  domainProblem,
} from "../../mail/senders/domain.ts";
import { mayNotRelay } from "../../mail/senders/license.ts";
import { connectorNameProblem } from "../../mail/senders/names.ts";
import { overlapProblem } from "../../mail/senders/relayProblems.ts";
import { isUnknown } from "../host/props.ts";
import type { TenantFacts } from "../host/tenants.ts";
import { type ExchangeObject, text } from "./find.ts";
import {
  type ConnectorForm,
  fromExchange,
  type InboundConnectorInputs,
  sameName,
} from "./inboundConnectorForm.ts";
import { type Checked, nameTaken, type Observed, type Verdict } from "./named.ts";

type CheckedInputs = Checked<InboundConnectorInputs, ConnectorForm>;
/** What the last check returned, if any; and whose the connector was before that. */
type Olds = Partial<CheckedInputs> & Pick<Owners, "formerOwners">;

/** The owners that a connector of ours may name: an `up` gives it the new name of a renamed stack. */
const ownersOf = (
  { owner }: CheckedInputs,
  { owner: before, formerOwners = [] }: Olds,
): Owners => ({
  owner,
  formerOwners: before === undefined ? formerOwners : [before, ...formerOwners],
});

/** Every problem that the arguments alone show. Values that are not known yet pass. */
export function argumentProblems(args: InboundConnectorInputs): Problem[] {
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
function matchProblem(args: InboundConnectorInputs): Problem | undefined {
  const { senderIPAddresses: addresses, tlsSenderCertificateName: certificate } = args;
  if (isUnknown(args)) return undefined;
  const byAddress = addresses !== undefined && addresses.length > 0;
  const byCertificate = certificate !== undefined;
  if (byAddress !== byCertificate) return undefined;
  return {
    key: "senderIPAddresses",
    value: addresses,
    rule: byAddress
      ? "is given together with tlsSenderCertificateName, so that a server at one of the addresses could relay without the certificate"
      : "is empty and tlsSenderCertificateName is missing, so that the connector matches nothing",
    fix: "give exactly one of the two",
  };
}

function domainlessProblem({
  associatedAcceptedDomains: domains,
}: InboundConnectorInputs): Problem | undefined {
  if (isUnknown(domains) || domains.length > 0) return undefined;
  return {
    key: "associatedAcceptedDomains",
    value: domains,
    rule: "is empty, so that the connector would relay for every domain of the tenant",
    fix: "list the domains that this sender sends from",
  };
}

/**
 * Refuses to change `adopt` of an existing connector that keeps its name: the connector to put back and the one to make
 * would be the same.
 */
export function changeProblems(
  olds: { readonly adopt?: boolean; readonly name?: string },
  news: { readonly adopt: boolean; readonly name: string },
): Problem[] {
  if (olds.adopt === undefined || olds.name === undefined || isUnknown(news)) return [];
  if (olds.adopt === news.adopt || !sameName(olds.name, news.name)) return [];
  return [
    {
      key: "adopt",
      value: news.adopt,
      rule: `can't be set for connector "${news.name}", which the stack ${olds.adopt ? "has adopted" : "created"}`,
      fix: "remove the sender, run pulumi up, and add it again",
    },
  ];
}

/** Every problem that only the tenant shows. `olds` are the inputs that the last check returned, if any. */
export function tenantProblems(
  wanted: CheckedInputs,
  facts: TenantFacts,
  olds: Olds = {},
): Problem[] {
  const { tlsSenderCertificateName: certificate, associatedAcceptedDomains: domains } = wanted;
  return [
    mayNotRelay("tenantId", wanted.tenantId, facts.subscriptions),
    ...domains.map((domain, index) =>
      domainNotAccepted(`associatedAcceptedDomains[${index}]`, domain, facts.acceptedDomains),
    ),
    certificate === ""
      ? undefined
      : certificateNotAccepted("tlsSenderCertificateName", certificate, facts.acceptedDomains),
    ...connectorProblems(wanted, facts.connectors, olds),
  ].filter((problem) => problem !== undefined);
}

/** Which of the tenant's connectors are in the way, and whether the one to adopt is missing. */
export function connectorProblems(
  wanted: CheckedInputs,
  connectors: TenantFacts["connectors"],
  olds: Olds = {},
): Problem[] {
  const named = (name: string) => sameName(name, wanted.name);
  const namesake = connectors.find(({ Name }) => named(String(Name)));
  return [
    namesake === undefined
      ? nothingToAdopt(wanted, connectors, olds)
      : connectorTaken(namesake, wanted, olds),
    ...connectors
      .map(fromExchange)
      .filter(({ name }) => !named(name))
      .flatMap((other) => matchTaken(wanted, other, olds)),
  ].filter((problem) => problem !== undefined);
}

/** The connector to adopt has to exist, or a misspelt name would make a new one. */
function nothingToAdopt(
  { adopt, name }: CheckedInputs,
  connectors: TenantFacts["connectors"],
  olds: Olds,
): Problem | undefined {
  if (!adopt || sameName(olds.name ?? "", name)) return undefined;
  const existing = connectors.map(({ Name }) => `"${String(Name)}"`).join(", ") || "none";
  return {
    key: "name",
    value: name,
    rule: "can't be adopted: the tenant has no connector of that name",
    fix: `use the name of an existing connector (${existing}), or remove adoptConnector`,
  };
}

function connectorTaken(
  object: ExchangeObject,
  wanted: CheckedInputs,
  olds: Olds,
): Problem | undefined {
  const { adopt = false, name } = wanted;
  const form = fromExchange(object);
  const theirs = ownerOf(form.comment);
  if (isOwnedBy(theirs, ownersOf(wanted, olds))) {
    const isRenamed = olds.name !== undefined && !sameName(olds.name, name);
    return isRenamed && adopt ? alreadyOurs(form) : undefined;
  }
  if (theirs === undefined) {
    const isKnown = sameName(olds.name ?? "", name);
    if (isKnown) return undefined;
    if (object.ConnectorSource === "HybridWizard") return hybridConnector(form);
    if (adopt) return undefined;
  }
  return connectorNameTaken(form, text(object.Guid), theirs);
}

/** Says whose a connector that was found by name is: its mark names the owner, and whether it was adopted. */
export function judgeConnector(
  { id, form }: Pick<Observed<ConnectorForm, object>, "id" | "form">,
  wanted: ConnectorForm,
  owner: string,
): Verdict {
  const mark = markOf(form.comment);
  if (mark?.owner === owner) return mark.adopted ? "adopted" : "ours";
  if (mark === undefined && markOf(wanted.comment)?.adopted) return "adopted";
  return connectorNameTaken(form, id, mark?.owner);
}

const connectorNameTaken = (
  { name }: ConnectorForm,
  guid: string,
  theirs: string | undefined,
): Problem =>
  nameTaken(
    { what: "a connector", name, guid },
    theirs,
    `take it over with adoptConnector: "${name}" on the sender`,
  );

const hybridConnector = ({ name }: ConnectorForm): Problem => ({
  key: "name",
  value: name,
  rule: "is the connector of the organisation's hybrid configuration",
  fix: "don't adopt it: the organisation's servers can relay through it already",
});

/** Adopting it would make a second resource of the same connector, and removing the first would remove it. */
function alreadyOurs({ name }: ConnectorForm): Problem {
  return {
    key: "name",
    value: name,
    rule: "is the connector that this sender has already, renamed by hand",
    fix: "run pulumi up --refresh first, or undo the change of adoptConnector",
  };
}

/** Another connector of ours may be about to change in the same run, so only those of others are in the way. */
function matchTaken(wanted: CheckedInputs, other: ConnectorForm, olds: Olds): Problem[] {
  if (!other.enabled || other.connectorType !== "OnPremises") return [];
  const theirs = ownerOf(other.comment);
  const stackOf = (owner: string) => owner.slice(0, owner.lastIndexOf("/"));
  const { owner, formerOwners = [] } = ownersOf(wanted, olds);
  const mine = [owner, ...formerOwners].map(stackOf);
  if (theirs !== undefined && mine.includes(stackOf(theirs))) return [];
  return matchesOf(wanted)
    .flatMap((match) =>
      matchesOf(other).map((otherMatch) =>
        overlapProblem(
          match.by === "certificate" ? "tlsSenderCertificateName" : "senderIPAddresses",
          { name: wanted.name, match },
          { name: other.name, match: otherMatch },
        ),
      ),
    )
    .filter((problem) => problem !== undefined)
    .map((problem) => ({
      ...problem,
      fix: `${problem.fix}, or take it over: adoptConnector: "${other.name}"`,
    }));
}

/** What a connector recognises connections by; one made by hand may do so by both. */
function matchesOf(form: ConnectorForm): ConnectorMatch[] {
  const { tlsSenderCertificateName: certificateName, senderIPAddresses: addresses } = form;
  return [
    ...(certificateName === "" ? [] : [{ by: "certificate" as const, certificateName }]),
    ...(addresses.length === 0 ? [] : [{ by: "sourceIp" as const, addresses }]),
  ];
}
