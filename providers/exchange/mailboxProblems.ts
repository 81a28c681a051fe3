import pMap from "p-map";
import { type Owners, ofSameSender, ownersOfSender, senderOfOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import { replacementProblem } from "../../mail/retire.ts";
import { MAILBOX_ROLES, type Needs, ORGANIZATION_READER } from "../../mail/rights/needs.ts";
import {
  missingRoleProblem,
  notCustomizedProblem,
  SMTP_MANAGEMENT_ROLE,
} from "../../mail/senders/access.ts";
import { canonicalMailbox, sendAsAliasProblem } from "../../mail/senders/mailbox.ts";
import {
  lostAddressProblems,
  type MailboxHolder,
  type MailboxKind,
  type Move,
  moveProblems,
} from "../../mail/senders/moves.ts";
import type { Tenant } from "../../tenant/connection.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Graph } from "../../tenant/graph.ts";
import { surveyedSku } from "../entra/license.ts";
import { type MailboxChanges, neededLicenseProblems } from "../entra/neededLicenses.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { mapOutcome, type Outcome, outcomeOf, valuesOf } from "../host/settled.ts";
import type { Tenants } from "../host/tenants.ts";
import { appProblem } from "./adoptedApplication.ts";
import { findOne, HAS_ADDRESS, text } from "./find.ts";
import { findAdoptable, mailboxTaken, stoppedBefore } from "./mailboxTaken.ts";
import { hasSendRole } from "./managementRoleAssignment.ts";

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
  /** Whether the sender signs in with a client secret. */
  readonly hasSecret?: true;
  /** Client id of the app that sends from it already; left out when the stack creates the app. */
  readonly adoptApplication?: string;
  /** Whether it is limited, of one whose app is adopted. The stack creates nothing else for it. */
  readonly isLimited?: true;
}

/** The mailboxes of a stack, and what its names were. */
export interface SurveyedMailboxes extends MailboxChanges<SurveyedMailbox> {
  /** The senders that were protected in the last run. */
  readonly kept: readonly string[];
  /** The names that the stack had before, `project/stack`. */
  readonly formerStacks: readonly string[];
}

/** Get-Recipient, and what reads the organisation and its roles. */
const SURVEY_ROLES: Needs = {
  read: [...MAILBOX_ROLES.read, ORGANIZATION_READER],
  write: MAILBOX_ROLES.write,
};

/** Mailboxes asked for at a time; each needs up to five requests, one after the other. */
const AT_ONCE = 8;

/**
 * What stands in the way of the new mailboxes in the tenant: what it lacks, who has their places, missing licences.
 *
 * @returns how each question ended, always in the same order
 */
export async function mailboxProblems(
  tenants: Tenants,
  tenant: Tenant,
  mailboxes: SurveyedMailboxes,
): Promise<Outcome<readonly Problem[]>[]> {
  const { added } = mailboxes;
  if (added.length === 0) return [];
  const invoke = explainRefusals(await tenants.invoke(tenant), SURVEY_ROLES);
  const isByRole = added.some(({ byRole }) => byRole);
  const hasOwnApp = added.some(({ adoptApplication }) => adoptApplication === undefined);
  const isCreating = hasOwnApp || added.some(({ isLimited }) => isLimited);
  const asked = readOrganization(invoke);
  const [organization, role, places, licenses] = await Promise.all([
    outcomeOf(asked.then(({ isReady }) => isReady || !isCreating)),
    outcomeOf(isByRole ? hasSendRole(invoke) : Promise.resolve(true)),
    pMap(added, (mailbox) => outcomeOf(findPlace(invoke, mailbox, mailboxes, asked)), {
      concurrency: AT_ONCE,
    }),
    outcomeOf(licenseProblems(tenants, tenant, mailboxes)),
  ]);
  return [
    whereFalse(organization, () =>
      notCustomizedProblem(hasOwnApp ? undefined : "recipientsPerDay"),
    ),
    whereFalse(role, () => missingRoleProblem(SMTP_MANAGEMENT_ROLE)),
    ...places.map((place) => mapOutcome(place, ({ problems }) => problems)),
    { status: "fulfilled", value: moveProblemsOf(mailboxes, places) },
    licenses,
  ];
}

const whereFalse = (outcome: Outcome<boolean>, problem: () => Problem): Outcome<Problem[]> =>
  mapOutcome(outcome, (isFine) => (isFine ? [] : [problem()]));

/** Which mailboxes can't change places in one run; nothing while one of their places can't be read. */
function moveProblemsOf(
  mailboxes: SurveyedMailboxes,
  places: readonly Outcome<Place>[],
): Problem[] {
  const { added, now } = mailboxes;
  const known = places.flatMap(valuesOf);
  if (known.length < added.length) return [];
  const moves: Move[] = added.flatMap((mailbox, index) => {
    const holder = known[index]?.holder;
    return holder === undefined ? [] : { wanted: bySender(mailbox), holder };
  });
  const toOthers = moves.filter(({ wanted, holder }) => wanted.sender !== holder.sender);
  const moved = toOthers.flatMap(({ wanted, holder }) => [wanted.sender, holder.sender]);
  return [
    ...replacementProblems(mailboxes)
      .filter(({ sender }) => !moved.includes(sender))
      .map(({ problem }) => problem),
    ...moveProblems(moves, now.map(bySender), mailboxes.kept),
  ];
}

/** The senders that were protected in the last run and get another shared mailbox. */
const replacementProblems = ({ added, before, kept }: SurveyedMailboxes) =>
  added.flatMap(({ owner, kind, address, adopt }) => {
    const sender = senderOfOwner(owner);
    const old = ofSameSender(owner, before);
    const isOther = old?.address !== address || old.adopt !== adopt;
    return old?.kind === "shared" && kind === "shared" && isOther && kept.includes(sender)
      ? [{ sender, problem: replacementProblem(sender, address, old.address) }]
      : [];
  });

/** An adopted mailbox stays in the tenant when its sender goes. */
export const lostMailboxProblems = (
  before: readonly SurveyedMailbox[] = [],
  now: readonly SurveyedMailbox[] = [],
): Problem[] =>
  lostAddressProblems(before.filter(({ adopt }) => !adopt).map(bySender), now.map(bySender));

/** Who has the place of a sender's mailbox, and what is wrong with the addresses that it sends from. */
interface Place {
  readonly holder: MailboxHolder | undefined;
  readonly problems: readonly Problem[];
}

async function findPlace(
  invoke: Invoke,
  mailbox: SurveyedMailbox,
  { now, before: olds, formerStacks }: SurveyedMailboxes,
  organization: Promise<Organization>,
): Promise<Place> {
  const sender = senderOfOwner(mailbox.owner);
  const { formerOwners } = ownersOfSender(mailbox.owner, formerStacks, olds);
  const found = await mailboxInPlace(invoke, { ...mailbox, formerOwners, recorded: olds });
  const isTaken = found !== undefined && "rule" in found;
  const stopped = await stoppedBefore(invoke, mailbox, ofSameSender(mailbox.owner, olds));
  const problems = [...(isTaken ? [found] : []), ...(stopped ? [stopped] : [])].map((problem) => ({
    ...problem,
    key: `mailbox of ${sender}: ${problem.key}`,
  }));
  const { address: own, adoptApplication: appId } = mailbox;
  const app = appId && !isTaken ? await appProblem(invoke, { appId, mailbox: own }) : undefined;
  if (app !== undefined) problems.push({ ...app, key: `app of ${sender}: ${app.key}` });
  for (const address of mailbox.sendAs) {
    if (now.some((other) => other.address === address)) continue;
    const recipient = await findOne(invoke, "Get-Recipient", address, HAS_ADDRESS);
    const primary = canonicalMailbox(text(recipient?.PrimarySmtpAddress));
    const key = `mailbox of ${sender}: from`;
    const problem =
      recipient === undefined
        ? unknownAddressProblem(key, address)
        : sendAsAliasProblem(key, address, primary, [mailbox.address, ...mailbox.sendAs]);
    const isAllowed = recipient !== undefined && (await organization).sendsAsAliases;
    if (problem !== undefined && !isAllowed) problems.push(problem);
  }
  return { holder: isTaken ? undefined : found, problems };
}

/** Who has the place of a sender's mailbox, or why it can't be created, or adopted. */
async function mailboxInPlace(
  invoke: Invoke,
  mailbox: SurveyedMailbox & Owners & { readonly recorded: readonly SurveyedMailbox[] },
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

const unknownAddressProblem = (key: string, address: string): Problem => ({
  key,
  value: address,
  rule: "is not an address in the tenant, so that nothing can be sent as it",
  fix: "create a mailbox with this address first, or remove the address",
});

interface Organization {
  /** Whether it was customised: Exchange would refuse the first scope, limit or policy in the middle of an `up`. */
  readonly isReady: boolean;
  /** Whether messages keep an alias as their sender. */
  readonly sendsAsAliases: boolean;
}

async function readOrganization(invoke: Invoke): Promise<Organization> {
  const [organization] = (await invoke("Get-OrganizationConfig", {})).value;
  return {
    isReady: organization?.IsDehydrated !== true,
    sendsAsAliases: organization?.SendFromAliasEnabled === true,
  };
}

async function licenseProblems(
  tenants: Tenants,
  tenant: Tenant,
  mailboxes: SurveyedMailboxes,
): Promise<Problem[]> {
  const { subscriptions } = await tenants.facts(tenant);
  for (const { owner, license } of mailboxes.added) {
    if (license !== undefined) tenants.claims(tenant).set(surveyedSku(license), owner);
  }
  const skus = skusOf(await tenants.invoke(tenant), await tenants.graph(tenant));
  return neededLicenseProblems(mailboxes, subscriptions, skus);
}
