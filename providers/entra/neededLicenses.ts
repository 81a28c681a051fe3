import { listed } from "../../mail/naming.ts";
import { ofSameSender, senderOfOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import {
  canonicalSku,
  findSku,
  freeUnits,
  licenseProblem,
  type SubscribedSku,
} from "../../mail/senders/license.ts";

/** A sender's mailbox, and the SKU that it is licensed with. */
export interface LicensedMailbox {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** Part number; left out when it has no licence. */
  readonly license?: string;
}

/** The mailboxes of a stack, as they were and as they become. */
export interface MailboxChanges<T extends LicensedMailbox = LicensedMailbox> {
  readonly before: readonly T[];
  readonly now: readonly T[];
  /** Those of them that are new or changed. */
  readonly added: readonly T[];
}

/**
 * What is wrong with the licences that a run needs: all senders with the same SKU are judged together. The directory is
 * asked who has a licence only where there are fewer free ones than mailboxes.
 *
 * @param skusOf ids of the SKUs that the user of an address has; none where there is no such user
 */
export async function neededLicenseProblems(
  { before, now, added }: MailboxChanges,
  subscriptions: readonly SubscribedSku[],
  skusOf: (address: string) => Promise<readonly string[]>,
): Promise<Problem[]> {
  const needs = new Map<string, readonly LicensedMailbox[]>();
  for (const sku of new Set(added.map(skuIn).filter((one) => one !== ""))) {
    const known = findSku(subscriptions, sku);
    const all = now.filter((one) => skuIn(one) === sku);
    const mayLack = known !== undefined && all.length > freeUnits(known);
    needs.set(
      sku,
      mayLack
        ? await without(known.skuId, all, before, skusOf)
        : added.filter((one) => skuIn(one) === sku),
    );
  }
  /** The licences that are left for those who choose another SKU than this one. */
  const besides = (sku: string): SubscribedSku[] =>
    subscriptions.map((one) => {
      const name = one.skuPartNumber.toLowerCase();
      const taken = name === sku ? 0 : (needs.get(name)?.length ?? 0);
      return { ...one, units: { ...one.units, consumed: one.units.consumed + taken } };
    });
  const problems = [...needs].map(([sku, needing]) => {
    // All have theirs, but a SKU without Exchange is one all the same.
    const named = needing.length > 0 ? needing : added.filter((one) => skuIn(one) === sku);
    const senders = named.map(senderIn);
    const hasSku = (one: LicensedMailbox | undefined) => one !== undefined && skuIn(one) === sku;
    const leaving = before.filter((one) => hasSku(one) && !hasSku(ofSameSender(one.owner, now)));
    const need = {
      count: needing.length,
      leaving: leaving.map(senderIn),
      ...insteadOf(needing, before),
    };
    const key = `mailbox${senders.length > 1 ? "es" : ""} of ${listed(senders)}: license`;
    return licenseProblem(key, named[0]?.license ?? sku, need, besides(sku));
  });
  return problems.filter((problem) => problem !== undefined);
}

/** The mailboxes whose users do not have the SKU; a user keeps it when the address changes. */
async function without(
  skuId: string,
  mailboxes: readonly LicensedMailbox[],
  before: readonly LicensedMailbox[],
  skusOf: (address: string) => Promise<readonly string[]>,
): Promise<LicensedMailbox[]> {
  const needing: LicensedMailbox[] = [];
  for (const mailbox of mailboxes) {
    const old = ofSameSender(mailbox.owner, before);
    const addresses = new Set([mailbox.address, ...(old === undefined ? [] : [old.address])]);
    const held = await Promise.all([...addresses].map(skusOf));
    if (!held.flat().includes(skuId)) needing.push(mailbox);
  }
  return needing;
}

/** What all of these senders can do instead, if it is the same. */
function insteadOf(needing: readonly LicensedMailbox[], before: readonly LicensedMailbox[]) {
  const olds = needing.map((mailbox) => ofSameSender(mailbox.owner, before)?.license);
  const [old] = olds;
  if (olds.length === 0 || olds.some((one) => one !== old)) return {};
  if (old === undefined) {
    return { instead: "use authentication: [oauth] without license, which needs none" };
  }
  return old.toLowerCase() === needing[0]?.license?.toLowerCase() ? {} : { instead: `keep ${old}` };
}

const skuIn = ({ license = "" }: LicensedMailbox): string => canonicalSku(license);
const senderIn = ({ owner }: LicensedMailbox): string => senderOfOwner(owner);
