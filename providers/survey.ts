import { wantedConnector } from "../mail/exchange/inboundConnector.ts";
import { ownersOfSender, senderOfOwner } from "../mail/ownership.ts";
import type { Problem } from "../mail/problem.ts";
import { lossProblems, type RelayNames, removalProblems } from "../mail/retire.ts";
import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import { DIRECT_SEND_ROLES, type Needs } from "../mail/rights/needs.ts";
import { connectorProblems } from "../mail/senders/connectorProblems.ts";
import { directSendProblem } from "../mail/senders/directSend.ts";
import { fenceConflicts } from "../mail/senders/fenceConflicts.ts";
import { movedCredentialsProblems } from "../mail/senders/movedCredentials.ts";
import { summaryNotices } from "../mail/senders/summary.ts";
import { logMovedZones, logNullMxs } from "./dns/zoneProblems.ts";
import { domainProblems } from "./domainProblems.ts";
import { hveProblems } from "./exchange/hveProblems.ts";
import { type InboundConnectorInputs, surroundings } from "./exchange/inboundConnectorForm.ts";
import { lostMailboxProblems, mailboxProblems } from "./exchange/mailboxProblems.ts";
import { toTenantRule } from "./exchange/transportRule.ts";
import { allReadFailures, outsideFailures } from "./host/checkFailures.ts";
import type { Kind } from "./host/dynamicProvider.ts";
import { explainRefusals } from "./host/explainRefusals.ts";
import { isUnknown } from "./host/props.ts";
import { errorsOf, type Outcome, outcomesOf, valuesOf } from "./host/settled.ts";
import type { TenantFacts, Tenants } from "./host/tenants.ts";
import type { ZoneAccess } from "./host/zones.ts";
import { leavingOf, stoppedSenderProblems } from "./stoppedSenders.ts";
import { type Surveyed, type SurveyInputs, surveyedOf } from "./surveyInputs.ts";
import { tellTenantLimit } from "./tenantLimit.ts";

/** Of the users it reads those of licensed mailboxes, whose kind names the permission. */
const PERMISSIONS: Needs = {
  read: [GRAPH_PERMISSIONS.domains, GRAPH_PERMISSIONS.subscriptions],
  write: [GRAPH_PERMISSIONS.domains, GRAPH_PERMISSIONS.subscriptions],
};

const NONE: RelayNames = { senders: [], domains: [] };
const EMPTY = { domains: [], connectors: [], mailboxes: [] };

/**
 * The kind `Survey`. It makes nothing: its check reads tenant and zones for what is new in the stack, and reports every
 * conflict at once. Without it the engine would stop at the first resource that fails.
 */
export function survey(tenants: Tenants, zones: ZoneAccess) {
  return {
    needs: { permissions: PERMISSIONS },

    async check(before: Partial<SurveyInputs>, declared: SurveyInputs) {
      if (isUnknown(declared)) return { inputs: declared, failures: [] };
      const inputs = withFormerOwners(before, declared);
      const news = surveyedOf(inputs);
      const olds: Partial<Surveyed> = isComplete(before) ? surveyedOf(before) : {};
      for (const notice of summaryNotices(olds.senders ?? {}, news.senders)) console.log(notice);
      const domains = added(olds.domains, news.domains);
      const connectors = added(olds.connectors, news.connectors);
      const mailboxes = added(olds.mailboxes, news.mailboxes);
      const fences = added(olds.fences, news.fences ?? []);
      const accounts = added(olds.accounts, news.accounts ?? []);
      const direct = Object.keys(news.directSend ?? {}).filter(
        (name) => olds.directSend?.[name] === undefined,
      );
      const kept = olds.protected ?? NONE;
      const stays = (name: string) => name in news.senders;
      const known = [
        ...(news.zoneProblems ?? []),
        ...lostMailboxProblems(olds.mailboxes, news.mailboxes),
        ...movedCredentialsProblems(olds.credentials ?? {}, news.credentials ?? {}),
        ...removalProblems(kept, namesOf(news)),
        ...(news.zoneProblems
          ? []
          : lossProblems(
              { ...kept, senders: kept.senders.filter(stays) },
              { ...EMPTY, ...olds },
              news,
            )),
      ];
      const leaving = leavingOf(news, olds);
      const changes = [domains, connectors, mailboxes, fences, accounts, direct];
      const isAsBefore = [...changes, ...Object.values(leaving)].every(
        ({ length }) => length === 0,
      );
      const sendsAsBefore = olds.externalRecipientsPerDay === news.externalRecipientsPerDay;
      if (isAsBefore && sendsAsBefore) return { inputs, failures: outsideFailures(known) };
      logMovedZones(domains, olds.domains);
      const surveyed = {
        added: mailboxes,
        now: news.mailboxes,
        before: olds.mailboxes ?? [],
        kept: olds.protected?.senders ?? [],
        formerStacks: news.formerOwners ?? [],
      };
      // All at once, as each mostly waits for answers. A service that can't be read hides nothing of another.
      const outcomes = await Promise.all([
        outcomesOf(connectors, async (connector) =>
          ofConnector(connector, news, await tenants.facts(news), olds.connectors),
        ),
        mailboxProblems(tenants, news, surveyed).catch(failed),
        hveProblems(tenants, news, {
          added: accounts,
          before: olds.accounts ?? [],
          kept: surveyed.kept,
        }).catch(failed),
        outcomesOf([news], async (stack) => {
          await tellTenantLimit(tenants, stack);
          return [];
        }),
        outcomesOf(direct.length === 0 ? [] : [direct], async (senders) => {
          const invoke = explainRefusals(await tenants.invoke(news), DIRECT_SEND_ROLES);
          const [organization] = (await invoke("Get-OrganizationConfig", {})).value;
          const isRejected = organization?.RejectDirectSend === true;
          return [directSendProblem(senders, isRejected)].filter(isProblem);
        }),
        domainProblems(domains, { news, olds, tenants, zones }),
        outcomesOf([leaving], (parts) => stoppedSenderProblems(tenants, news, parts)),
        fences.length === 0 ? [] : Promise.allSettled([conflictsOfFences(tenants, news, olds)]),
      ]);
      await logNullMxs(domains, zones);
      const all = outcomes.flat();
      const problems = [...known, ...all.flatMap(valuesOf).flat()];
      const failures = [...outsideFailures(problems), ...allReadFailures(all.flatMap(errorsOf))];
      return { inputs, failures };
    },

    /** Left to the engine, which compares the inputs and shows what differs alone; of our own answer it shows all. */
    async diff() {
      return {};
    },

    async create({ owner }: SurveyInputs) {
      return { id: owner, outs: {} };
    },

    async read(id: string) {
      return { id, props: {} };
    },

    async update() {
      return { outs: {} };
    },

    async delete() {},
  } satisfies Kind;
}

const isProblem = (problem: Problem | undefined): problem is Problem => problem !== undefined;

const failed = (reason: unknown): Outcome<readonly Problem[]>[] => [{ status: "rejected", reason }];

/** The inputs with the names that the stack had before. */
function withFormerOwners(olds: Partial<SurveyInputs>, news: SurveyInputs): SurveyInputs {
  const known = [...(olds.formerOwners ?? []), ...(olds.owner === undefined ? [] : [olds.owner])];
  const formerOwners = [...new Set(known)].filter((owner) => owner !== news.owner);
  return formerOwners.length === 0 ? news : { ...news, formerOwners };
}

/** Of a stack that has none yet the engine has nothing. */
const isComplete = (inputs: Partial<SurveyInputs>): inputs is SurveyInputs =>
  inputs.owner !== undefined;

const namesOf = ({ senders, domains }: Surveyed): RelayNames => ({
  senders: Object.keys(senders),
  domains: domains.map(({ domain }) => domain),
});

/** What was not in the list before, as it is now. */
function added<T>(before: readonly T[] = [], now: readonly T[]): T[] {
  const known = new Set(before.map((one) => JSON.stringify(one)));
  return now.filter((one) => !known.has(JSON.stringify(one)));
}

/** The problems of a connector, with its sender's name, as the engine names only the survey. */
function ofConnector(
  inputs: InboundConnectorInputs,
  survey: Surveyed,
  facts: TenantFacts,
  olds: readonly InboundConnectorInputs[] = [],
): Problem[] {
  const { before, formerOwners } = ownersOfSender(inputs.owner, survey.formerOwners, olds);
  const checked = (args: InboundConnectorInputs) => ({ ...args, ...wantedConnector(args) });
  const sender = senderOfOwner(inputs.owner);
  const former = before && { ...checked(before), formerOwners };
  return connectorProblems(checked(inputs), surroundings(facts), former)
    .filter(({ key }) => !key.startsWith("associatedAcceptedDomains"))
    .map((problem) =>
      problem.key === "tenantId"
        ? problem
        : { ...problem, key: `connector of ${sender}: ${problem.key}` },
    );
}

/** What of the tenant's mail flow rules keeps the stack's fences from being made. */
async function conflictsOfFences(
  tenants: Tenants,
  news: Surveyed,
  olds: Partial<Surveyed>,
): Promise<Problem[]> {
  const rules = (await tenants.lists(news).flowRules.all()).map(toTenantRule);
  return fenceConflicts(rules, news.fences ?? [], ({ owner }) =>
    ownersOfSender(owner, news.formerOwners, olds.fences),
  );
}
