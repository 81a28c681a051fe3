import { type Properties, without } from "../properties.ts";
import { covers } from "../senders/address.ts";
import { domainOf, isWildcard } from "../senders/mailbox.ts";
import { isMade } from "../senders/methods.ts";
import { opennessOf } from "../senders/relayScope.ts";
import {
  isConnector,
  isEasier,
  isSameIdentity,
  isStillKnown,
  rightsOf,
  type SenderRights,
  usesAccount,
  whoPassesFor,
} from "./senderRights.ts";

/** A sender before and after a change. */
export interface SenderChange {
  /** Its name after the change, or before it where it goes. */
  readonly sender: string;
  /** The name that it had before; left out where it keeps its name. */
  readonly renamedFrom?: string;
  readonly before: SenderRights | undefined;
  readonly after: SenderRights | undefined;
  /** What the sender, or who passes for it, may do in addition, a sentence each without a full stop. */
  readonly widened: readonly string[];
  /** Whether more is possible than before, and not just another passes for the sender. */
  readonly mayDoMore: boolean;
  /** Whether something else passes for it than before: another certificate, another kind of credential. */
  readonly isKnownOtherwise: boolean;
}

/**
 * Senders that a change adds, removes, renames or gives other rights. A sender that goes and one that comes are the same
 * where Exchange knows both by the same.
 */
export function senderChanges(
  before: Readonly<Record<string, Properties>>,
  after: Readonly<Record<string, Properties>>,
): SenderChange[] {
  const [had, has] = [rightsIn(before), rightsIn(after)];
  const gone = [...had].filter(([name]) => !has.has(name));
  const renamed = new Map(
    [...has]
      .filter(([name]) => !had.has(name))
      .flatMap(([name, rights]) => {
        const former = gone.find(([, one]) => isSameIdentity(one, rights));
        return former === undefined ? [] : [[name, former[0]] as const];
      }),
  );
  const formerNames = new Set(renamed.values());
  const names = [...new Set([...had.keys(), ...has.keys()])].filter(
    (name) => !formerNames.has(name),
  );
  return names.sort().flatMap((sender) => {
    const renamedFrom = renamed.get(sender);
    const [was, is] = [had.get(renamedFrom ?? sender), has.get(sender)];
    if (renamedFrom === undefined && JSON.stringify(was) === JSON.stringify(is)) return [];
    const isBoth = was !== undefined && is !== undefined;
    const rights = {
      ...{ before: was, after: is, widened: is ? widened(was, is) : [] },
      mayDoMore: isBoth && mayDoMore(was, is),
      isKnownOtherwise: isBoth && !isStillKnown(was, is) && isOwn(is),
    };
    return [{ sender, ...(renamedFrom !== undefined && { renamedFrom }), ...rights }];
  });
}

/** Says of a name whether its sender stays, and keeps name, method and credential: nothing else says what of it goes. */
export function settledSenders(senders: readonly SenderChange[]): (name: string) => boolean {
  const moved = senders
    .filter(
      ({ renamedFrom, before, after }) =>
        renamedFrom !== undefined ||
        before?.method !== after?.method ||
        before?.via !== after?.via ||
        before === undefined ||
        after === undefined ||
        !isStillKnown(before, after),
    )
    .flatMap(({ sender, renamedFrom = sender }) => [sender, renamedFrom]);
  return (name) => !moved.includes(name);
}

const rightsIn = (settings: Readonly<Record<string, Properties>>): Map<string, SenderRights> =>
  new Map(Object.entries(settings).map(([name, one]) => [name, rightsOf(one)]));

/** Whether a sender has rights of its own: not those of the one that it sends through, nor those of a service elsewhere. */
const isOwn = (rights: SenderRights): boolean => rights.via === undefined && isMade(rights.method);

/** Addresses of this one that it could not send as before. */
function moreAddresses(before: SenderRights, after: SenderRights): readonly string[] {
  if (!isConnector(after)) {
    return isConnector(before) ? [] : without(after.maySendAs, before.maySendAs);
  }
  if (before.fence.length > 0) {
    return after.fence.length > 0 ? notLetPass(after, before.fence) : after.maySendAs;
  }
  if (after.fence.length > 0) return [];
  return after.maySendAs.filter(
    (one) => !isConnector(before) || opennessOf(one) > opennessOf(before.maySendAs[0] ?? ""),
  );
}

/** What of a fence's From another one does not let pass. */
export const notLetPass = ({ fence }: SenderRights, other: readonly string[]): readonly string[] =>
  fence.filter(
    (one) =>
      !other.some(
        (known) => known === one || (isWildcard(known) && domainOf(known) === domainOf(one)),
      ),
  );

/** Source addresses that it could not send from before. */
const moreEgress = (before: SenderRights, after: SenderRights): readonly string[] =>
  after.egress.filter((one) => !before.egress.some((known) => covers(known, one)));

/** Tokens that it signs in with beside those of before. */
export const moreTokens = (before: SenderRights, after: SenderRights): readonly string[] =>
  isStillKnown(before, after) ? without(after.tokens, before.tokens) : [];

const mayDoMore = (before: SenderRights, after: SenderRights): boolean =>
  isOwn(after) && hasMore(before, after);

const hasMore = (before: SenderRights, after: SenderRights): boolean =>
  !isMade(before.method) ||
  isEasier(before, after) ||
  moreAddresses(before, after).length > 0 ||
  (before.knownBy === after.knownBy && moreEgress(before, after).length > 0) ||
  moreTokens(before, after).length > 0 ||
  limitRaised(before.recipientsPerDay, after.recipientsPerDay).length > 0;

/** What a sender may send as, and to whom where that is limited. */
const sendsAs = ({ method, maySendAs }: SenderRights): string =>
  `${maySendAs.join(", ")}${usesAccount({ method }) ? ", to recipients inside alone" : ""}`;

function widened(before: SenderRights | undefined, after: SenderRights): string[] {
  if (!isOwn(after)) return [];
  const [who, as] = [whoPassesFor(after), sendsAs(after)];
  if (before === undefined) return [`${who} may send as ${as}`];
  const [addresses, more] = [moreEgress(before, after), moreAddresses(before, after)];
  const limit = limitRaised(before.recipientsPerDay, after.recipientsPerDay);
  const tokens = moreTokens(before, after);
  if (!isStillKnown(before, after)) {
    const easier = isEasier(before, after) ? ", and it is easier to pass for than before" : "";
    return [`${who} may send as ${as}${easier}`, ...limit];
  }
  return [
    ...(addresses.length > 0 ? [`anybody at ${addresses.join(", ")} may send as ${as}`] : []),
    ...(tokens.length > 0
      ? [`whoever signs in with ${tokens.join(" or ")} may send as ${as} too`]
      : []),
    ...(more.length > 0
      ? [
          `${who} may send as ${more.join(", ")}${isConnector(after) || usesAccount(after) ? "" : " too"}`,
        ]
      : []),
    ...limit,
  ];
}

function limitRaised(before: number | undefined, after: number | undefined): string[] {
  if (before === undefined) return [];
  if (after === undefined) {
    return [
      `the tenant's limit alone stops it, and not ${before} recipients a day, even if its credential is stolen`,
    ];
  }
  return after > before
    ? [`Exchange stops it at ${after} recipients a day, and not at ${before}`]
    : [];
}
