import { isOfStack, isOwnedBy, markOf, type Owners, ownerOf } from "../../mail/ownership.ts";
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
import { overlapOf } from "../../mail/senders/relayProblems.ts";
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
      fix: olds.adopt
        ? `put adoptConnector: "${olds.name}" back, or give the sender another name`
        : "remove adoptConnector from the sender, whose own connector it is",
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
  const namesake = connectors.find(({ Name }) => named(text(Name)));
  return [
    namesake === undefined
      ? nothingToAdopt(wanted, connectors, olds)
      : connectorTaken(namesake, wanted, connectors, olds),
    ...connectors
      .filter(({ Name }) => !named(text(Name)))
      .flatMap((other) => matchTaken(wanted, other, olds)),
  ].filter((problem) => problem !== undefined);
}

/** The connector to adopt has to exist, or a misspelt name would make a new one. */
function nothingToAdopt(
  wanted: CheckedInputs,
  connectors: TenantFacts["connectors"],
  olds: Olds,
): Problem | undefined {
  if (!wanted.adopt || sameName(olds.name ?? "", wanted.name)) return undefined;
  return {
    key: "name",
    value: wanted.name,
    rule: "can't be adopted: the tenant has no connector of that name",
    fix: adoptAnother(wanted, connectors),
  };
}

/** What to do where the named connector can't be adopted; names those that can. */
function adoptAnother(
  { owner, name, adopted = [] }: CheckedInputs,
  connectors: TenantFacts["connectors"],
): string {
  const others = connectors
    .filter((object) => isAdoptable(object, owner))
    .map(({ Name }) => text(Name))
    .filter((one) => ![...adopted, name].some((taken) => sameName(taken, one)));
  const remove = "remove adoptConnector from the sender, which gives it a connector of its own";
  if (others.length === 0) return remove;
  return `name a connector that can be adopted (${others.map((one) => `"${one}"`).join(", ")}), or ${remove}`;
}

/** Whether no stack manages a connector, and no hybrid configuration needs it as it is. */
function isAdoptable(object: ExchangeObject, owner: string): boolean {
  const theirs = ownerOf(text(object.Comment));
  return !isHybrid(object) && (theirs === undefined || theirs === owner);
}

const isHybrid = ({ ConnectorSource }: ExchangeObject): boolean =>
  ConnectorSource === "HybridWizard";

function connectorTaken(
  object: ExchangeObject,
  wanted: CheckedInputs,
  connectors: TenantFacts["connectors"],
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
    if (isKnown || (adopt && !isHybrid(object))) return undefined;
  }
  if (adopt) return notAdoptable(object, theirs, wanted, connectors);
  if (isHybrid(object)) return hybridName(form);
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

const OTHER_NAME = "give the stack or the sender another name";

const hybridName = ({ name }: ConnectorForm): Problem => ({
  key: "name",
  value: name,
  rule: "is the name of the connector of the organisation's hybrid configuration",
  fix: OTHER_NAME,
});

function notAdoptable(
  object: ExchangeObject,
  theirs: string | undefined,
  wanted: CheckedInputs,
  connectors: TenantFacts["connectors"],
): Problem {
  const rule =
    theirs === undefined
      ? "can't be adopted: it is the connector of the organisation's hybrid configuration"
      : `can't be adopted: ${theirs} manages it (${text(object.Guid)})`;
  const relaysAlready = theirs === undefined && overlapsOf(wanted, fromExchange(object)).length > 0;
  const fix = relaysAlready
    ? "remove the sender: its server relays through that connector already"
    : adoptAnother(wanted, connectors);
  return { key: "name", value: text(object.Name), rule, fix };
}

/** Adopting it would make a second resource of the same connector, and removing the first would remove it. */
function alreadyOurs({ name }: ConnectorForm): Problem {
  return {
    key: "name",
    value: name,
    rule: "is the connector that this sender has already, renamed by hand",
    fix: "remove adoptConnector from the sender, and run pulumi up --refresh, which gives the connector its name back",
  };
}

/** Another connector of ours may be about to change in the same run, so only those of others are in the way. */
function matchTaken(wanted: CheckedInputs, object: ExchangeObject, olds: Olds): Problem[] {
  const other = fromExchange(object);
  if (!other.enabled || other.connectorType !== "OnPremises") return [];
  if (wanted.adopted?.some((name) => sameName(name, other.name))) return [];
  const theirs = ownerOf(other.comment);
  // The one of the last run, which has lost its mark: an `up` gives it the new name of a renamed stack.
  if (theirs === undefined && !olds.adopt && sameName(olds.name ?? "", other.name)) return [];
  if (isOfStack(theirs, ownersOf(wanted, olds))) return [];
  return overlapsOf(wanted, other).map((overlap) => ({
    ...overlap,
    fix: `give the server ${overlap.ofItsOwn} of its own, or ${otherwise(overlap, object, theirs, wanted)}`,
  }));
}

/** What to do with a connector of others that matches the same, where the server can't have a match of its own. */
function otherwise(
  { ofItsOwn }: Overlap,
  object: ExchangeObject,
  theirs: string | undefined,
  { adopt = false }: CheckedInputs,
): string {
  if (theirs !== undefined) return "remove the sender from one of the two stacks";
  if (isHybrid(object)) {
    return "remove the sender: its server relays through that connector of the hybrid configuration already";
  }
  const name = text(object.Name);
  return adopt
    ? `remove its present ${ofItsOwn.replace(/^an? /, "")} from connector "${name}" in Exchange`
    : `take the connector over with adoptConnector: "${name}" on the sender`;
}

interface Overlap extends Omit<Problem, "fix"> {
  /** What the server would have to have alone. */
  readonly ofItsOwn: "an address" | "a certificate name";
}

/** What a connector to make and an existing one would both match. */
function overlapsOf(wanted: ConnectorForm, other: ConnectorForm): Overlap[] {
  return matchesOf(wanted).flatMap((match) => {
    const [key, ofItsOwn] =
      match.by === "certificate"
        ? (["tlsSenderCertificateName", "a certificate name"] as const)
        : (["senderIPAddresses", "an address"] as const);
    return matchesOf(other)
      .map((theirs) => overlapOf({ name: wanted.name, match }, { name: other.name, match: theirs }))
      .filter((overlap) => overlap !== undefined)
      .map((overlap) => ({ key, ...overlap, ofItsOwn }));
  });
}

/** What a connector recognises connections by; one made by hand may do so by both. */
function matchesOf(form: ConnectorForm): ConnectorMatch[] {
  const { tlsSenderCertificateName: certificateName, senderIPAddresses: addresses } = form;
  return [
    ...(certificateName === "" ? [] : [{ by: "certificate" as const, certificateName }]),
    ...(addresses.length === 0 ? [] : [{ by: "sourceIp" as const, addresses }]),
  ];
}
