import { sentence } from "../../mail/problem.ts";
import { findSku, holdsMailboxes, licenseProblem } from "../../mail/senders/license.ts";
import type { Graph, LicensedUser, Subscription } from "../../tenant/graph.ts";
import { poll } from "../host/waiting.ts";

/** A licence that a user has. */
export interface GivenLicense {
  readonly skuId: string;
  /** Whether the user had it before us. */
  readonly preexisting: boolean;
}

/** How long a new user, or what was set of one, may take to show, in milliseconds. */
const SHOWS_WITHIN = 60_000;

/**
 * Gives a user a licence, unless it has it.
 *
 * @param id object id of the user
 * @param name part number of the SKU
 * @param before id of the SKU whose licence it gives back for it
 * @throws Error when the tenant has no such licence to give, or no country for it, or does not show the user
 */
export async function giveLicense(
  graph: Graph,
  id: string,
  name: string,
  before?: string,
): Promise<GivenLicense> {
  const subscriptions = await graph.subscriptions();
  const problem = licenseProblem("sku", name, subscriptions);
  const sku = findSku(subscriptions, name);
  if (problem !== undefined) throw new Error(`${sentence(problem)}; nothing was changed`);
  if (sku === undefined) throw new Error(`sku: "${name}" is not there`);
  const { skuId } = sku;
  const user = await shown(id, () => graph.user(id));
  if (user.skuIds.includes(skuId)) {
    if (before !== undefined) await takeLicense(graph, id, before);
    return { skuId, preexisting: true };
  }
  if (free(sku) <= 0) throw new Error(soldOut(sku, subscriptions));
  await locate(graph, id, user);
  const change = { add: [skuId], remove: user.skuIds.filter((held) => held === before) };
  await surely(
    () => shown(id, () => graph.changeLicenses(id, change)),
    () => hasLicense(graph, id, skuId),
  );
  return { skuId, preexisting: false };
}

/** Takes a licence from a user; a user who has it no more is done. */
export async function takeLicense(graph: Graph, id: string, skuId: string): Promise<void> {
  if (!(await hasLicense(graph, id, skuId))) return;
  await surely(
    () => graph.changeLicenses(id, { remove: [skuId] }),
    async () => !(await hasLicense(graph, id, skuId)),
  );
}

/** Whether there is a user of this id who has the licence. */
export async function hasLicense(graph: Graph, id: string, skuId: string): Promise<boolean> {
  return (await graph.user(id))?.skuIds.includes(skuId) ?? false;
}

const free = ({ units: { enabled, consumed } }: Subscription): number => enabled - consumed;

function soldOut(sku: Subscription, subscriptions: readonly Subscription[]): string {
  const { enabled, consumed } = sku.units;
  const others = subscriptions
    .filter((one) => one !== sku && holdsMailboxes(one) && free(one) > 0)
    .map((one) => `${one.skuPartNumber} (${free(one)} free)`);
  const or = others.length === 0 ? "" : `, or choose another SKU: ${others.join(", ")}`;
  return `sku: no licence of ${sku.skuPartNumber} is free (${consumed} of ${enabled} are taken); buy one, or take one from somebody${or}; nothing was changed`;
}

/** A licence takes a country; a user without one gets the organisation's. */
async function locate(graph: Graph, id: string, { usageLocation }: LicensedUser): Promise<void> {
  if (usageLocation !== undefined) return;
  const country = await graph.usageLocation();
  if (country === undefined) {
    throw new Error(
      `user: ${id} has no usage location, without which nobody can be licensed, and the organisation has no country to take; set the user's usage location in the Microsoft 365 admin centre; nothing was changed`,
    );
  }
  await shown(id, () => graph.setUsageLocation(id, country));
  await poll(
    () => graph.user(id),
    (user, waited) => user?.usageLocation !== undefined || waited > SHOWS_WITHIN,
  );
}

/**
 * A new user shows late, and not everywhere at once.
 *
 * @param act answers undefined or false while there is no such user
 * @throws Error when it does not show within a minute
 */
async function shown<T>(id: string, act: () => Promise<T | undefined | false>): Promise<T> {
  const answer = await poll(
    async () => (await act()) || undefined,
    (seen, waited) => seen !== undefined || waited > SHOWS_WITHIN,
  );
  if (answer !== undefined) return answer;
  throw new Error(
    `user: Graph did not show the user ${id} for a minute; run pulumi up again, with --refresh if somebody may have removed it`,
  );
}

/** Carries an act out; one that failed, or whose answer was lost, is followed by a look. */
async function surely(act: () => Promise<unknown>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(await isDone())) throw error;
  }
}
