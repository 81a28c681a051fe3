import { markOf, ownerOf } from "../../mail/ownership.ts";
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

/** Everything wrong that the arguments alone tell. Values that are not known yet pass. */
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
      ? "stands beside tlsSenderCertificateName, so that the addresses alone would be let in"
      : "is empty and there is no tlsSenderCertificateName, so that the connector matches nothing",
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
 * What can't change on a connector that stands: whether it is an adopted one, as long as its name stays, since the
 * one to put back and the one to make would be the same.
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
      rule: `changes what connector "${news.name}" is: ${olds.adopt ? "an adopted one" : "one of ours"}`,
      fix: "remove the sender, run up, and add it again",
    },
  ];
}

/** Everything wrong that only the tenant can tell. `olds` is what the last check made of the resource, if any. */
export function tenantProblems(
  wanted: CheckedInputs,
  facts: TenantFacts,
  olds: Partial<CheckedInputs> = {},
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
  olds: Partial<CheckedInputs> = {},
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

/** A name that is adopted has to be there, or a misspelt one would be made anew. */
function nothingToAdopt(
  { adopt, name }: CheckedInputs,
  connectors: TenantFacts["connectors"],
  olds: Partial<CheckedInputs>,
): Problem | undefined {
  if (!adopt || sameName(olds.name ?? "", name)) return undefined;
  const existing = connectors.map(({ Name }) => `"${String(Name)}"`).join(", ") || "none";
  return {
    key: "name",
    value: name,
    rule: "shall be adopted, but the tenant has no connector of that name",
    fix: `name one that is there (${existing}), or drop adoptConnector`,
  };
}

function connectorTaken(
  object: ExchangeObject,
  { owner, adopt = false, name }: CheckedInputs,
  olds: Partial<CheckedInputs>,
): Problem | undefined {
  const form = fromExchange(object);
  const theirs = ownerOf(form.comment);
  if (theirs === owner || theirs === (olds.owner ?? owner)) {
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

/** Whose a connector is that was found by name: the mark says so, and whether it was adopted. */
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
  fix: "leave it alone: a hybrid organisation's servers can relay through it already",
});

/** To adopt it would make a second resource of the connector, and take away the first one's: the same. */
function alreadyOurs({ name }: ConnectorForm): Problem {
  return {
    key: "name",
    value: name,
    rule: "is the connector that this sender has already, renamed by hand",
    fix: "run pulumi up --refresh first, or leave adoptConnector as it was",
  };
}

/** Another connector of ours may be about to change in the same run, so only those of others are in the way. */
function matchTaken(
  wanted: CheckedInputs,
  other: ConnectorForm,
  olds: Partial<CheckedInputs>,
): Problem[] {
  if (!other.enabled || other.connectorType !== "OnPremises") return [];
  const theirs = ownerOf(other.comment);
  const stackOf = (owner: string) => owner.slice(0, owner.lastIndexOf("/"));
  const mine = [wanted.owner, olds.owner ?? wanted.owner].map(stackOf);
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

/** By what a connector recognises connections; made by hand it may be by both. */
function matchesOf(form: ConnectorForm): ConnectorMatch[] {
  const { tlsSenderCertificateName: certificateName, senderIPAddresses: addresses } = form;
  return [
    ...(certificateName === "" ? [] : [{ by: "certificate" as const, certificateName }]),
    ...(addresses.length === 0 ? [] : [{ by: "sourceIp" as const, addresses }]),
  ];
}
