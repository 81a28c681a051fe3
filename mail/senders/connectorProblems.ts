import { quoted } from "../naming.ts";
import { isOfStack, isOwnedBy, type Owners, stackOfOwner } from "../ownership.ts";
import { command } from "../powershell.ts";
import type { Problem } from "../problem.ts";
import { stoppedProblem } from "../stop/problems.ts";
import { type Overlap, overlapsOf, type Recognition } from "./connectorMatch.ts";
import { certificateNotAccepted, domainNotAccepted } from "./domain.ts";
import { mayNotRelay, type SubscribedSku } from "./license.ts";
import { nameTaken, OTHER_NAME, sameName } from "./names.ts";

/** An inbound connector that the stack declares, in canonical form. */
export interface DeclaredConnector extends Recognition {
  readonly tenantId: string;
  /** `project/stack/sender` */
  readonly owner: string;
  /** Whether it exists already and is adopted. @default false */
  readonly adopt?: boolean;
  /** Names of all connectors that the stack adopts. */
  readonly adopted?: readonly string[];
  /** Empty for no limit. */
  readonly associatedAcceptedDomains: readonly string[];
}

/** What the last run declared of the same connector, and whose it was before. */
export type FormerConnector = Partial<Pick<DeclaredConnector, "owner" | "name" | "adopt">> &
  Pick<Owners, "formerOwners">;

/** An inbound connector of the tenant, in canonical form but for its name. */
export interface TenantConnector extends Recognition {
  /** Exchange's own id. */
  readonly guid: string;
  /** The owner that its mark names; undefined when no stack manages it. */
  readonly owner: string | undefined;
  readonly connectorType: string;
  readonly enabled: boolean;
  /** Holds the ownership mark, and what `npm run stop` notes. */
  readonly comment?: string;
  /** Whether the Hybrid Configuration Wizard made it, whose organisation needs it as it is. */
  readonly isHybrid: boolean;
}

/** What the tenant has that a connector may conflict with. */
export interface ConnectorSurroundings {
  readonly acceptedDomains: readonly string[];
  readonly subscriptions: readonly SubscribedSku[];
  readonly connectors: readonly TenantConnector[];
}

/** The owners that a connector of ours may name: an `up` gives it the new name of a renamed stack. */
const ownersOf = (
  { owner }: DeclaredConnector,
  { owner: before, formerOwners = [] }: FormerConnector,
): Owners => ({
  owner,
  formerOwners: before === undefined ? formerOwners : [before, ...formerOwners],
});

/**
 * Refuses to change `adopt` of an existing connector that keeps its name: the connector to put back and the one to make
 * would be the same.
 */
export function adoptChangeProblem(
  olds: Pick<FormerConnector, "name" | "adopt">,
  news: { readonly adopt: boolean; readonly name: string },
): Problem | undefined {
  if (olds.adopt === undefined || olds.name === undefined) return undefined;
  if (olds.adopt === news.adopt || !sameName(olds.name, news.name)) return undefined;
  return {
    key: "adopt",
    value: news.adopt,
    rule: `can't be set for connector "${news.name}", which the stack ${olds.adopt ? "has adopted" : "created"}`,
    fix: olds.adopt
      ? `put adoptConnector: "${olds.name}" back, or give the sender another name`
      : "remove adoptConnector from the sender, whose own connector it is",
  };
}

/** Everything in the tenant that a connector conflicts with. */
export function connectorProblems(
  declared: DeclaredConnector,
  { acceptedDomains, subscriptions, connectors }: ConnectorSurroundings,
  olds: FormerConnector = {},
): Problem[] {
  const { tlsSenderCertificateName: certificate, associatedAcceptedDomains: domains } = declared;
  return [
    mayNotRelay("tenantId", declared.tenantId, subscriptions),
    ...domains.map((domain, index) =>
      domainNotAccepted(`associatedAcceptedDomains[${index}]`, domain, acceptedDomains),
    ),
    certificate === ""
      ? undefined
      : certificateNotAccepted("tlsSenderCertificateName", certificate, acceptedDomains),
    ...otherConnectorProblems(declared, connectors, olds),
  ].filter((problem) => problem !== undefined);
}

/** Which of the tenant's connectors are in the way, and whether the one to adopt is missing. */
export function otherConnectorProblems(
  declared: DeclaredConnector,
  connectors: readonly TenantConnector[],
  olds: FormerConnector = {},
): Problem[] {
  const named = ({ name }: TenantConnector) => sameName(name, declared.name);
  const namesake = connectors.find(named);
  return [
    namesake === undefined
      ? nothingToAdopt(declared, connectors, olds)
      : namesakeProblem(namesake, declared, connectors, olds),
    ...connectors
      .filter(
        (other) =>
          named(other) ||
          (isOfStack(other.owner, ownersOf(declared, olds)) &&
            overlapsOf(declared, other).length > 0),
      )
      .map(({ comment = "" }) => stoppedProblem("enabled", comment, declared.owner)),
    ...connectors
      .filter((other) => !named(other))
      .flatMap((other) => matchTaken(declared, other, olds)),
  ].filter((problem) => problem !== undefined);
}

/** The connector to adopt has to exist, or a misspelt name would make a new one. */
function nothingToAdopt(
  declared: DeclaredConnector,
  connectors: readonly TenantConnector[],
  olds: FormerConnector,
): Problem | undefined {
  if (!declared.adopt || sameName(olds.name ?? "", declared.name)) return undefined;
  return {
    key: "name",
    value: declared.name,
    rule: "can't be adopted: the tenant has no connector of that name",
    fix: adoptAnother(declared, connectors),
  };
}

/** What to do where the named connector can't be adopted; names those that can. */
function adoptAnother(
  { owner, name, adopted = [] }: DeclaredConnector,
  connectors: readonly TenantConnector[],
): string {
  const others = connectors
    .filter((other) => !other.isHybrid && (other.owner === undefined || other.owner === owner))
    .map((other) => other.name)
    .filter((one) => ![...adopted, name].some((taken) => sameName(taken, one)));
  const remove = "remove adoptConnector from the sender, which gives it a connector of its own";
  if (others.length === 0) return remove;
  return `name a connector that can be adopted (${quoted(others).join(", ")}), or ${remove}`;
}

function namesakeProblem(
  namesake: TenantConnector,
  declared: DeclaredConnector,
  connectors: readonly TenantConnector[],
  olds: FormerConnector,
): Problem | undefined {
  const { adopt = false, name } = declared;
  const { owner: theirs, isHybrid } = namesake;
  if (isOwnedBy(theirs, ownersOf(declared, olds))) {
    const isRenamed = olds.name !== undefined && !sameName(olds.name, name);
    return isRenamed && adopt ? alreadyOurs(namesake) : undefined;
  }
  if (theirs === undefined) {
    const isKnown = sameName(olds.name ?? "", name);
    if (isKnown || (adopt && !isHybrid)) return undefined;
  }
  if (adopt) return notAdoptable(namesake, declared, connectors);
  return isHybrid ? hybridName(namesake) : connectorNameTaken(namesake);
}

/** Says that another connector, which is not ours, has the name. */
export const connectorNameTaken = ({
  name,
  guid,
  owner,
}: Pick<TenantConnector, "name" | "guid" | "owner">): Problem =>
  nameTaken(
    { what: "a connector", name, guid },
    owner,
    `take it over with adoptConnector: "${name}" on the sender`,
  );

const hybridName = ({ name }: TenantConnector): Problem => ({
  key: "name",
  value: name,
  rule: "is the name of the connector of the organisation's hybrid configuration",
  fix: OTHER_NAME,
});

function notAdoptable(
  namesake: TenantConnector,
  declared: DeclaredConnector,
  connectors: readonly TenantConnector[],
): Problem {
  const { owner, guid, name } = namesake;
  const rule =
    owner === undefined
      ? "can't be adopted: it is the connector of the organisation's hybrid configuration"
      : `can't be adopted: ${owner} manages it (${guid})`;
  const relaysAlready = owner === undefined && overlapsOf(declared, namesake).length > 0;
  const fix = relaysAlready
    ? "remove the sender: its server relays through that connector already"
    : adoptAnother(declared, connectors);
  const gone = owner === undefined ? "" : `; or ${clearMark(owner, name)}`;
  return { key: "name", value: name, rule, fix: `${fix}${gone}` };
}

/** What lets a connector be adopted that bears the mark of a stack which nobody has any more. */
export const clearMark = (owner: string, name: string): string =>
  `if the stack ${stackOfOwner(owner)} is gone, take its mark away with ${command("Set-InboundConnector", { Identity: name, Comment: "" })}`;

/** Adopting it would make a second resource of the same connector, and removing the first would remove it. */
function alreadyOurs({ name }: TenantConnector): Problem {
  return {
    key: "name",
    value: name,
    rule: "is the connector that this sender has already, renamed by hand",
    fix: "remove adoptConnector from the sender, and run pulumi up --refresh, which gives the connector its name back",
  };
}

/** Another connector of ours may be about to change in the same run, so only those of others are in the way. */
function matchTaken(
  declared: DeclaredConnector,
  other: TenantConnector,
  olds: FormerConnector,
): Problem[] {
  if (!other.enabled || other.connectorType !== "OnPremises") return [];
  if (declared.adopted?.some((name) => sameName(name, other.name))) return [];
  // The one of the last run, which has lost its mark: an `up` gives it the new name of a renamed stack.
  const isLastRuns = !olds.adopt && sameName(olds.name ?? "", other.name);
  if (other.owner === undefined && isLastRuns) return [];
  if (isOfStack(other.owner, ownersOf(declared, olds))) return [];
  return overlapsOf(declared, other).map(({ ofItsOwn, ...overlap }) => ({
    ...overlap,
    fix: `give the server ${ofItsOwn} of its own, or ${otherwise(ofItsOwn, other, declared)}`,
  }));
}

/** What to do with a connector of others that matches the same, where the server can't have a match of its own. */
function otherwise(
  ofItsOwn: Overlap["ofItsOwn"],
  { owner, isHybrid, name }: TenantConnector,
  { adopt = false }: DeclaredConnector,
): string {
  if (owner !== undefined) {
    return `remove the sender from one of the two stacks; or ${clearMark(owner, name)}, and name it in adoptConnector of the sender`;
  }
  if (isHybrid) {
    return "remove the sender: its server relays through that connector of the hybrid configuration already";
  }
  return adopt
    ? `remove its present ${ofItsOwn.replace(/^an? /, "")} from connector "${name}" in Exchange`
    : `take the connector over with adoptConnector: "${name}" on the sender`;
}
