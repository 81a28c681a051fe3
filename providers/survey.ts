import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import { mxIsExchange } from "../mail/dns/receiving.ts";
import {
  isOwnedBy,
  type Owners,
  otherStackProblem,
  ownerOf,
  ownerOfSender,
  senderOfOwner,
} from "../mail/ownership.ts";
import type { Problem } from "../mail/problem.ts";
import {
  missingRoleProblem,
  notCustomizedProblem,
  SMTP_MANAGEMENT_ROLE,
} from "../mail/senders/access.ts";
import { domainNotAccepted } from "../mail/senders/domain.ts";
import {
  lostAddressProblems,
  type MailboxHolder,
  type MailboxKind,
  type Move,
  moveProblems,
} from "../mail/senders/moves.ts";
import type { Invoke } from "../tenant/exchange.ts";
import type { Graph } from "../tenant/graph.ts";
import { logMovedZones, type SurveyedDomain, zoneProblems } from "./dns/zoneProblems.ts";
import { neededLicenseProblems } from "./entra/neededLicenses.ts";
import { findOne, HAS_ADDRESS, text } from "./exchange/find.ts";
import { type InboundConnectorInputs, wantedForm } from "./exchange/inboundConnectorForm.ts";
import { tenantProblems } from "./exchange/inboundConnectorRules.ts";
import { findAdoptable, mailboxTaken } from "./exchange/mailboxTaken.ts";
import { hasSendRole } from "./exchange/managementRoleAssignment.ts";
import { outsideFailures, readFailures } from "./host/checkFailures.ts";
import { isUnknown, pickDefined } from "./host/props.ts";
import type { TenantFacts, Tenants } from "./host/tenants.ts";
import type { ZoneAccess } from "./host/zones.ts";

export interface SurveyInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack` */
  readonly owner: string;
  /** The names that the stack had before, which what it has made may still bear. */
  readonly formerOwners?: readonly string[];
  readonly domains: readonly SurveyedDomain[];
  readonly connectors: readonly InboundConnectorInputs[];
  readonly mailboxes: readonly SurveyedMailbox[];
  /** What is known to be wrong with the domains' zones already. */
  readonly zoneProblems?: readonly Problem[];
}

const INPUTS = [
  "tenantId",
  "environment",
  "owner",
  "formerOwners",
  "domains",
  "connectors",
  "mailboxes",
] as const;

/** The mailbox of a sender that signs in. */
export interface SurveyedMailbox {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** Its Name in Exchange, if the stack creates it. */
  readonly name: string;
  readonly kind: MailboxKind;
  /** Whether it exists already and is adopted; left out when the stack creates it. */
  readonly adopt?: true;
  /** Whether the sender's settings allow that a mailbox is adopted. */
  readonly mayAdopt?: boolean;
  /** Addresses of others that it sends as. */
  readonly sendAs: readonly string[];
  /** Whether its app gets access by a management role. */
  readonly byRole: boolean;
  /** Part number of the SKU that it is licensed with; left out when it is not. */
  readonly license?: string;
}

/** Zones checked at a time. */
const AT_ONCE = 8;

/**
 * The kind `Survey`. It makes nothing: its check reads tenant and zones for what is new in the stack, and reports every
 * conflict at once. Without it the engine would stop at the first resource that fails.
 */
export function survey(tenants: Tenants, zones: ZoneAccess) {
  return {
    async check(olds: Partial<SurveyInputs>, declared: SurveyInputs) {
      if (isUnknown(declared)) return { inputs: declared, failures: [] };
      const news = withFormerOwners(olds, declared);
      const domains = added(olds.domains, news.domains);
      const connectors = added(olds.connectors, news.connectors);
      const mailboxes = added(olds.mailboxes, news.mailboxes);
      const known = [...(news.zoneProblems ?? []), ...lostAddresses(olds, news)];
      if (domains.length + connectors.length + mailboxes.length === 0) {
        return { inputs: news, failures: outsideFailures(known) };
      }
      logMovedZones(domains, olds.domains);
      try {
        const facts = await tenants.facts(news);
        const problems = [
          ...known,
          ...connectors.flatMap((inputs) => ofConnector(inputs, news, facts, olds.connectors)),
          ...domains.flatMap((domain) => inTenant(ownersOf(domain, news, olds), domain, facts)),
          ...(await ofMailboxes(await tenants.invoke(news), mailboxes, news, olds.mailboxes)),
          ...(await neededLicenseProblems(
            { before: olds.mailboxes ?? [], now: news.mailboxes, added: mailboxes },
            facts.subscriptions,
            skusOf(await tenants.invoke(news), await tenants.graph(news)),
          )),
          ...(await inAll(domains, (domain) =>
            zoneProblems(ownersOf(domain, news, olds), domain, {
              zones,
              dkimTargets: dkimTargetsOf(domain, facts),
              olds: olds.domains,
            }),
          )),
          ...(await inAll(domains, (domain) => receiving(domain, news, { tenants, zones, facts }))),
        ];
        return { inputs: news, failures: outsideFailures(problems) };
      } catch (error) {
        return { inputs: news, failures: [...outsideFailures(known), ...readFailures(error)] };
      }
    },

    async diff(_id: string, olds: SurveyInputs, news: SurveyInputs) {
      return {
        changes:
          isUnknown(news) ||
          JSON.stringify(pickDefined(olds, INPUTS)) !== JSON.stringify(pickDefined(news, INPUTS)),
      };
    },

    async create(inputs: SurveyInputs) {
      return { id: inputs.owner, outs: pickDefined(inputs, INPUTS) };
    },

    async read(id: string, olds: SurveyInputs) {
      return { id, props: pickDefined(olds, INPUTS), inputs: pickDefined(olds, INPUTS) };
    },

    async update(_id: string, _olds: SurveyInputs, news: SurveyInputs) {
      return { outs: pickDefined(news, INPUTS) };
    },

    async delete() {},
  } satisfies pulumi.dynamic.ResourceProvider;
}

/** The inputs with the names that the stack had before. */
function withFormerOwners(olds: Partial<SurveyInputs>, news: SurveyInputs): SurveyInputs {
  const known = [...(olds.formerOwners ?? []), ...(olds.owner === undefined ? [] : [olds.owner])];
  const formerOwners = [...new Set(known)].filter((owner) => owner !== news.owner);
  return formerOwners.length === 0 ? news : { ...news, formerOwners };
}

/** Whose a domain is: what bears a former name of the stack is ours only where the stack has had the domain already. */
function ownersOf(
  { domain }: SurveyedDomain,
  { owner, formerOwners = [] }: SurveyInputs,
  { domains = [] }: Partial<SurveyInputs>,
): Owners {
  const isKnown = domains.some((old) => old.domain === domain);
  return { owner, formerOwners: isKnown ? formerOwners : [] };
}

/** The owners of what belongs to a sender, in the same way. */
function ownersOfSender<T extends { readonly owner: string }>(
  { owner }: T,
  { formerOwners = [] }: SurveyInputs,
  olds: readonly T[] = [],
): Required<Owners> & { readonly before: T | undefined } {
  const sender = senderOfOwner(owner);
  const before = olds.find((old) => senderOfOwner(old.owner) === sender);
  const former = formerOwners.map((stack) => ownerOfSender(stack, sender));
  return { owner, formerOwners: before === undefined ? [] : former, before };
}

/** What was not in the list before, as it is now. */
function added<T>(before: readonly T[] = [], now: readonly T[]): T[] {
  const known = new Set(before.map((one) => JSON.stringify(one)));
  return now.filter((one) => !known.has(JSON.stringify(one)));
}

async function inAll<T>(
  all: readonly T[],
  check: (one: T) => Promise<readonly Problem[]>,
): Promise<Problem[]> {
  const found: Problem[] = [];
  for (let first = 0; first < all.length; first += AT_ONCE) {
    found.push(...(await Promise.all(all.slice(first, first + AT_ONCE).map(check))).flat());
  }
  return found;
}

/** The problems of a connector, with its sender's name, as the engine names only the survey. */
function ofConnector(
  inputs: InboundConnectorInputs,
  survey: SurveyInputs,
  facts: TenantFacts,
  olds: readonly InboundConnectorInputs[] = [],
): Problem[] {
  const { before, formerOwners } = ownersOfSender(inputs, survey, olds);
  const checked = (args: InboundConnectorInputs) => ({ ...args, ...wantedForm(args) });
  const sender = senderOfOwner(inputs.owner);
  return tenantProblems(checked(inputs), facts, before && { ...checked(before), formerOwners })
    .filter(({ key }) => !key.startsWith("associatedAcceptedDomains"))
    .map((problem) =>
      problem.key === "tenantId"
        ? problem
        : { ...problem, key: `connector of ${sender}: ${problem.key}` },
    );
}

const dkimConfigOf = (domain: string, configs: TenantFacts["dkimConfigs"]) =>
  configs.find(({ Domain }) => text(Domain).toLowerCase() === domain);

/** Targets of a domain's DKIM CNAMEs, selector1's first, once Exchange has assigned them. */
function dkimTargetsOf({ domain }: SurveyedDomain, { dkimConfigs }: TenantFacts): string[] {
  const config = dkimConfigOf(domain, dkimConfigs);
  return [text(config?.Selector1CNAME), text(config?.Selector2CNAME)];
}

/** One mailbox after the other, as each needs requests of its own to Exchange. */
async function ofMailboxes(
  invoke: Invoke,
  mailboxes: readonly SurveyedMailbox[],
  survey: SurveyInputs,
  olds: readonly SurveyedMailbox[] = [],
): Promise<Problem[]> {
  const problems: (Problem | undefined)[] = [];
  const moves: Move[] = [];
  if (mailboxes.length > 0 && !(await isCustomized(invoke))) problems.push(notCustomizedProblem());
  const needsRole = mailboxes.some(({ byRole }) => byRole);
  if (needsRole && !(await hasSendRole(invoke)))
    problems.push(missingRoleProblem(SMTP_MANAGEMENT_ROLE));
  for (const mailbox of mailboxes) {
    const sender = senderOfOwner(mailbox.owner);
    const { formerOwners, before } = ownersOfSender(mailbox, survey, olds);
    const isKnown = before !== undefined && !before.adopt;
    const former = isKnown ? { formerAddress: before.address } : {};
    const found = await mailboxInPlace(invoke, { ...mailbox, formerOwners, ...former });
    if (found && "rule" in found) {
      problems.push({ ...found, key: `mailbox of ${sender}: ${found.key}` });
    } else if (found) {
      moves.push({ wanted: bySender(mailbox), holder: found });
    }
    for (const address of mailbox.sendAs) {
      if (survey.mailboxes.some((other) => other.address === address)) continue;
      const recipient = await findOne(invoke, "Get-Recipient", address, HAS_ADDRESS);
      problems.push(recipient === undefined ? unknownAddressProblem(sender, address) : undefined);
    }
  }
  problems.push(...moveProblems(moves, survey.mailboxes.map(bySender)));
  return problems.filter((problem) => problem !== undefined);
}

/** Who has the place of a sender's mailbox, or why it can't be created, or adopted. */
async function mailboxInPlace(
  invoke: Invoke,
  mailbox: SurveyedMailbox & Owners,
): Promise<Problem | MailboxHolder | undefined> {
  if (!mailbox.adopt) return mailboxTaken(invoke, mailbox);
  const found = await findAdoptable(invoke, mailbox);
  return "rule" in found ? found : undefined;
}

/** The SKUs of the user of an address, who may have another user principal name. */
const skusOf =
  (invoke: Invoke, graph: Graph) =>
  async (address: string): Promise<readonly string[]> => {
    const user = await graph.user(address);
    if (user !== undefined) return user.skuIds;
    const recipient = await findOne(invoke, "Get-Recipient", address, HAS_ADDRESS);
    const id = text(recipient?.ExternalDirectoryObjectId);
    return id === "" ? [] : ((await graph.user(id))?.skuIds ?? []);
  };

/** A mailbox as the rules know it: by its sender. */
const bySender = (mailbox: SurveyedMailbox) => ({
  ...mailbox,
  sender: senderOfOwner(mailbox.owner),
});

/** An adopted mailbox stays in the tenant when its sender goes. */
const lostAddresses = (
  { mailboxes: before = [] }: Partial<SurveyInputs>,
  { mailboxes: now }: SurveyInputs,
): Problem[] =>
  lostAddressProblems(before.filter(({ adopt }) => !adopt).map(bySender), now.map(bySender));

const unknownAddressProblem = (sender: string, address: string): Problem => ({
  key: `mailbox of ${sender}: from`,
  value: address,
  rule: "is not an address in the tenant, so that nothing can be sent as it",
  fix: "create a mailbox with this address first, or remove the address",
});

/** Without this check Exchange would refuse the first scope, limit or policy in the middle of an `up`. */
async function isCustomized(invoke: Invoke): Promise<boolean> {
  const { value } = await invoke("Get-OrganizationConfig", {});
  return value[0]?.IsDehydrated !== true;
}

async function receiving(
  { domain, receives }: SurveyedDomain,
  tenant: SurveyInputs,
  { tenants, zones, facts }: { tenants: Tenants; zones: ZoneAccess; facts: TenantFacts },
): Promise<Problem[]> {
  if (!receives || !facts.acceptedDomains.includes(domain)) return [];
  const key = `MX of ${domain}`;
  const mxHost = await (await tenants.graph(tenant)).mxHost(domain);
  const answer = await zones.resolve(domain, "MX");
  if (answer.status === "failed") {
    const rule = `could not be looked up (${answer.why})`;
    return [
      { key, value: undefined, rule, fix: "try again, and check the name servers of the domain" },
    ];
  }
  const hosts = answer.status === "found" ? answer.records : [];
  const problem = mxIsExchange(hosts, mxHost, key);
  return problem === undefined ? [] : [problem];
}

function inTenant(owners: Owners, { domain }: SurveyedDomain, facts: TenantFacts): Problem[] {
  const theirs = ownerOf(text(dkimConfigOf(domain, facts.dkimConfigs)?.AdminDisplayName));
  return [
    domainNotAccepted(domain, domain, facts.acceptedDomains),
    theirs === undefined || isOwnedBy(theirs, owners)
      ? undefined
      : otherStackProblem(domain, undefined, theirs),
  ].filter((problem) => problem !== undefined);
}
