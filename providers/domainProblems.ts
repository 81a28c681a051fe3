import pMap from "p-map";
import { mxIsExchange } from "../mail/dns/receiving.ts";
import { isOwnedBy, type Owners, otherStackProblem, ownerOf } from "../mail/ownership.ts";
import type { Problem } from "../mail/problem.ts";
import { domainNotAccepted } from "../mail/senders/domain.ts";
import { type SurveyedDomain, zoneProblems } from "./dns/zoneProblems.ts";
import { text } from "./exchange/find.ts";
import { mapOutcome, type Outcome, outcomeOf, outcomesOf, valuesOf } from "./host/settled.ts";
import type { TenantLists, Tenants } from "./host/tenants.ts";
import type { ZoneAccess } from "./host/zones.ts";
import type { Surveyed } from "./surveyInputs.ts";

/** Zones checked at a time. */
const AT_ONCE = { concurrency: 32 };

interface Around {
  readonly news: Surveyed;
  readonly olds: Partial<Surveyed>;
  readonly tenants: Tenants;
  readonly zones: ZoneAccess;
}

/** What keeps domains from sending: they are not the tenant's, somebody else signs their mail, or their zones hold other records. */
export async function domainProblems(
  domains: readonly SurveyedDomain[],
  { news, olds, tenants, zones }: Around,
): Promise<Outcome<readonly Problem[]>[]> {
  const { acceptedDomains, dkimConfigs } = tenants.lists(news);
  const outcomes = await Promise.all([
    outcomesOf(domains, async ({ domain }) =>
      [domainNotAccepted(domain, domain, await acceptedDomains.all())].filter(
        (problem) => problem !== undefined,
      ),
    ),
    outcomesOf(domains, async (domain) =>
      domain.unmanaged?.includes("dkim")
        ? []
        : signedByOthers(ownersOf(domain, news, olds), domain, dkimConfigs),
    ),
    pMap(
      domains,
      (domain) =>
        zoneProblems(ownersOf(domain, news, olds), domain, {
          zones,
          dkimTargets: async () =>
            domain.unmanaged?.includes("dkim") ? undefined : dkimTargetsOf(domain, dkimConfigs),
          olds: olds.domains,
        }),
      AT_ONCE,
    ),
    pMap(domains, (domain) => outcomeOf(receiving(domain, news, { tenants, zones })), AT_ONCE),
  ]);
  return outcomes.flat(2);
}

/** Whose a domain is: what bears a former name of the stack is ours only where the stack has had the domain already. */
function ownersOf(
  { domain }: SurveyedDomain,
  { owner, formerOwners = [] }: Surveyed,
  { domains = [] }: Partial<Surveyed>,
): Owners {
  const isKnown = domains.some((old) => old.domain === domain);
  return { owner, formerOwners: isKnown ? formerOwners : [] };
}

/** Says that another stack signs the domain's mail. */
async function signedByOthers(
  owners: Owners,
  { domain }: SurveyedDomain,
  configs: TenantLists["dkimConfigs"],
): Promise<Problem[]> {
  const theirs = ownerOf(text((await configs.find(domain))?.AdminDisplayName));
  if (theirs === undefined || isOwnedBy(theirs, owners)) return [];
  return [otherStackProblem(domain, undefined, theirs)];
}

/** Targets of a domain's DKIM CNAMEs, selector1's first, once Exchange has assigned them; see `zoneProblems`. */
async function dkimTargetsOf(
  { domain }: SurveyedDomain,
  configs: TenantLists["dkimConfigs"],
): Promise<string[] | undefined> {
  const config = await outcomeOf(configs.find(domain));
  const targets = mapOutcome(config, (known) =>
    [known?.Selector1CNAME, known?.Selector2CNAME].map(text),
  );
  return valuesOf(targets)[0];
}

/** Says that mail for a domain whose TLS is judged goes to another host than Exchange. */
async function receiving(
  { domain, receives }: SurveyedDomain,
  tenant: Surveyed,
  { tenants, zones }: { tenants: Tenants; zones: ZoneAccess },
): Promise<Problem[]> {
  if (!receives) return [];
  const isAccepted = (await tenants.lists(tenant).acceptedDomains.find(domain)) !== undefined;
  if (!isAccepted) return [];
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
