import type { Environment } from "../../mail/clouds.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import { GRAPH_PERMISSIONS } from "../../mail/rights/graph.ts";
import type { Needs } from "../../mail/rights/needs.ts";
import {
  canonicalSku,
  findSku,
  isNoneLeft,
  licenseProblem,
  noneLeftProblem,
} from "../../mail/senders/license.ts";
import { directoryIdProblem } from "../../mail/senders/names.ts";
import type { Graph, UserLicenses } from "../../tenant/graph.ts";
import { inputFailures, outsideFailures, readFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { poll } from "../host/waiting.ts";

/** A licence for one user. */
export interface LicenseInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** Object id of the user in Entra. */
  readonly user: string;
  /** The SKU's part number, e.g. `EXCHANGESTANDARD`. */
  readonly sku: string;
}

export interface DeclaredLicense extends LicenseInputs {
  /** Whether its sender is about to be removed; state does not keep it. @default false */
  readonly retire?: boolean;
}

const PERMISSIONS: Needs = {
  read: [GRAPH_PERMISSIONS.readUsers],
  write: [GRAPH_PERMISSIONS.users, GRAPH_PERMISSIONS.organization],
};

const INPUTS = ["tenantId", "environment", "user", "sku"] as const;

export interface LicenseOutputs extends LicenseInputs {
  readonly skuId: string;
  /** Whether the user had it before us, so that it is never taken away. */
  readonly preexisting: boolean;
}

/**
 * The kind `License`.
 *
 * @see https://learn.microsoft.com/graph/api/user-assignlicense
 */
export function license(tenants: Tenants) {
  return {
    needs: { permissions: PERMISSIONS },

    /**
     * Asks whether one is free where none is given yet and the survey has not asked, as it passes over what it knows: without
     * this, nobody would say after an `up` that found none that the next one finds none either.
     */
    async check(olds: Partial<LicenseInputs>, { retire = false, ...news }: DeclaredLicense) {
      const noUser = isUnknown(news.user) ? undefined : directoryIdProblem("user", news.user);
      const refused = inputFailures([noUser, otherTenant(olds, news)]);
      const { sku } = news;
      const isKnown = isUnknown(sku) || (olds.sku !== undefined && isSame(olds.sku, sku));
      if (refused.length > 0 || isKnown || tenants.claims(news).has(surveyedSku(sku))) {
        return { inputs: news, failures: refused };
      }
      try {
        const problem = await missingLicense(tenants, news);
        if (problem === undefined) return { inputs: news, failures: [] };
        if (!retire) return { inputs: news, failures: outsideFailures([problem]) };
        console.log(
          `${sentence(problem)}. Its sender is marked with retire: true: run pulumi up --continue-on-error, which takes its protection away and ends with this error, then remove the sender`,
        );
        return { inputs: news, failures: [] };
      } catch (error) {
        return { inputs: news, failures: readFailures(error) };
      }
    },

    /** A user that is not known yet is most often the same one: no preview of a change to its mailbox knows it. */
    async diff(_id: string, olds: LicenseOutputs, news: LicenseInputs) {
      const other = !isUnknown(news.user) && !isSame(olds.user, news.user);
      const swapped = isUnknown(news.sku) || !isSame(olds.sku, news.sku);
      const changes =
        other || swapped || isUnknown(news.user) || olds.environment !== news.environment;
      return { changes, replaces: other ? ["user"] : [], deleteBeforeReplace: true };
    },

    async create(inputs: LicenseInputs) {
      const { user, sku } = inputs;
      const given = await giveLicense(await tenants.graph(inputs), user, sku);
      const outs: LicenseOutputs = { ...pickDefined(inputs, INPUTS), ...given };
      return { id: user, outs };
    },

    async read(id: string, olds: LicenseOutputs) {
      const graph = await tenants.graph(olds);
      if (!(await hasLicense(graph, olds.user, olds.skuId))) return { id: "", props: {} };
      return { id, props: olds, inputs: pickDefined(olds, INPUTS) };
    },

    /** Exchanges the licences in one request: a user without a licence loses the mailbox. */
    async update(_id: string, olds: LicenseOutputs, news: LicenseInputs) {
      const kept = { ...olds, ...pickDefined(news, INPUTS) };
      if (isSame(olds.sku, news.sku)) return { outs: kept };
      const { user, sku } = news;
      const before = olds.preexisting ? undefined : olds.skuId;
      const given = await giveLicense(await tenants.graph(news), user, sku, before);
      return { outs: { ...kept, ...given } };
    },

    /** A licence that is gone with its user, or by hand, needs nothing. */
    async delete(_id: string, olds: LicenseOutputs) {
      if (olds.preexisting) return;
      await takeLicense(await tenants.graph(olds), olds.user, olds.skuId);
    },
  } satisfies Kind;
}

/** What the survey claims when it has judged all licences of a SKU that a run needs. */
export const surveyedSku = (sku: string): string => `licences ${canonicalSku(sku)}`;

/** Says that the tenant has no licence for this user beside those that the run has asked about before. */
async function missingLicense(
  tenants: Tenants,
  inputs: LicenseInputs,
): Promise<Problem | undefined> {
  const { user, sku: name } = inputs;
  const { subscriptions } = await tenants.facts(inputs);
  const sku = findSku(subscriptions, name);
  const isHeld =
    sku !== undefined &&
    !isUnknown(user) &&
    (await hasLicense(await tenants.graph(inputs), user, sku.skuId));
  if (isHeld) return undefined;
  const claims = tenants.claims(inputs);
  const ofSku = `licence ${canonicalSku(name)} `;
  const asked = () => [...claims.keys()].filter((claim) => claim.startsWith(ofSku)).length;
  claims.set(`${ofSku}${isUnknown(user) ? asked() : user}`, name);
  return licenseProblem("license", name, { count: asked() }, subscriptions);
}

const isSame = (one: string, other: string): boolean => canonicalSku(one) === canonicalSku(other);

/** A licence that a user has. */
interface GivenLicense {
  readonly skuId: string;
  /** Whether the user had it before us. */
  readonly preexisting: boolean;
}

/** How long a new user, or a change of one, may take until Graph returns it, in milliseconds. */
const SHOWS_WITHIN = 60_000;

/**
 * Gives a user a licence, unless it has it.
 *
 * @param id object id of the user
 * @param name part number of the SKU
 * @param before id of the SKU whose licence is removed in exchange
 * @throws Error when the tenant has no free licence or no country for it, or Graph does not return the user
 */
async function giveLicense(
  graph: Graph,
  id: string,
  name: string,
  before?: string,
): Promise<GivenLicense> {
  const subscriptions = await graph.subscriptions();
  const refuse = (count: number): void => {
    const problem = licenseProblem("license", name, { count }, subscriptions);
    if (problem !== undefined) throw new Error(`${sentence(problem)}; nothing was changed`);
  };
  refuse(0);
  const sku = findSku(subscriptions, name);
  if (sku === undefined) throw new Error(`license: "${name}" is not a SKU of the tenant`);
  const { skuId } = sku;
  const user = await onceUserExists(id, () => graph.user(id));
  if (user.skuIds.includes(skuId)) {
    // The same one, under the name that Microsoft has given its SKU since.
    if (before === skuId) return { skuId, preexisting: false };
    if (before !== undefined) await takeLicense(graph, id, before);
    return { skuId, preexisting: true };
  }
  refuse(1);
  await setCountry(graph, id, user);
  // A sender needs a mailbox, and nothing else of what is in the SKU.
  const change = {
    add: [skuId],
    disabledPlans: sku.otherPlans ?? [],
    remove: user.ownSkuIds.filter((held) => held === before),
  };
  await verify(
    () => onceUserExists(id, () => graph.changeLicenses(id, change)),
    () => hasLicense(graph, id, skuId),
  ).catch(async (cause: Error) => {
    if (!isNoneLeft(cause.message)) throw cause;
    const problem = noneLeftProblem("license", name, await graph.subscriptions());
    throw new Error(`${sentence(problem)} (${cause.message})`, { cause });
  });
  return { skuId, preexisting: false };
}

/** Takes a licence from a user; a user who has it no more, or by a group alone, is done. */
async function takeLicense(graph: Graph, id: string, skuId: string): Promise<void> {
  const isAssigned = async () => (await graph.user(id))?.ownSkuIds.includes(skuId) ?? false;
  if (!(await isAssigned())) return;
  await verify(
    () => graph.changeLicenses(id, { remove: [skuId] }),
    async () => !(await isAssigned()),
  );
}

/** Whether there is a user of this id who has the licence. */
async function hasLicense(graph: Graph, id: string, skuId: string): Promise<boolean> {
  return (await graph.user(id))?.skuIds.includes(skuId) ?? false;
}

/** A licence requires a country; a user without one gets the organisation's. */
async function setCountry(
  graph: Graph,
  id: string,
  { usageLocation }: UserLicenses,
): Promise<void> {
  if (usageLocation !== undefined) return;
  const country = await graph.usageLocation();
  if (country === undefined) {
    throw new Error(
      `user: ${id} has no usage location, which a licence requires, and the organisation has no country to use instead; set the user's usage location in the Microsoft 365 admin centre; nothing was changed`,
    );
  }
  await onceUserExists(id, () => graph.setUsageLocation(id, country));
  await poll(
    () => graph.user(id),
    (user, waited) => user?.usageLocation !== undefined || waited > SHOWS_WITHIN,
  );
}

/**
 * Retries until Graph knows the user: a new one appears late, and not on all of Graph's servers at once.
 *
 * @param act answers undefined or false while there is no such user
 * @throws Error when it does not show within a minute
 */
export async function onceUserExists<T>(
  id: string,
  act: () => Promise<T | undefined | false>,
): Promise<T> {
  const answer = await poll(
    async () => (await act()) || undefined,
    (seen, waited) => seen !== undefined || waited > SHOWS_WITHIN,
  );
  if (answer !== undefined) return answer;
  throw new Error(
    `user: Graph did not return the user ${id} within a minute; run pulumi up again, with --refresh if somebody may have removed the user`,
  );
}

/** Runs a call. After a failure or a lost answer, a read shows whether the call had its effect. */
async function verify(act: () => Promise<unknown>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(await isDone())) throw error;
  }
}
