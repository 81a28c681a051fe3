import { isListOfText, type Properties, text, without } from "../drift/kinds.ts";
import { covers } from "../senders/address.ts";
import { recipientLimit } from "../senders/choose.ts";

const CONNECTOR = "relay through a connector";

/** What a sender may do, and how it is known: a row of the table "who may send as what". */
export interface SenderRights {
  /** The stack file's `from`. */
  readonly from: readonly string[];
  /** The addresses that Exchange lets it send as, each or in words. */
  readonly maySendAs: readonly string[];
  /** The submission method in words. */
  readonly method: string;
  /** How Exchange knows it, in words without what follows in `egress`. */
  readonly knownBy: string;
  /** Source addresses that it is held to; empty for a sender that may connect from anywhere. */
  readonly egress: readonly string[];
  /** Recipients a day after which Exchange stops it; undefined where it is held to no limit of its own. */
  readonly recipientsPerDay: number | undefined;
}

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
    const rights = {
      ...{ before: was, after: is, widened: is ? widened(was, is) : [] },
      mayDoMore: was !== undefined && is !== undefined && mayDoMore(was, is),
      isKnownOtherwise: was !== undefined && is !== undefined && was.knownBy !== is.knownBy,
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
        before?.knownBy !== after?.knownBy,
    )
    .flatMap(({ sender, renamedFrom = sender }) => [sender, renamedFrom]);
  return (name) => !moved.includes(name);
}

const rightsIn = (settings: Readonly<Record<string, Properties>>): Map<string, SenderRights> =>
  new Map(Object.entries(settings).map(([name, one]) => [name, rightsOf(one)]));

/** Whether Exchange takes two senders for the same: by certificate, addresses or mailbox. */
function isSameIdentity(one: SenderRights, other: SenderRights): boolean {
  if (one.method !== other.method) return false;
  if (!isConnector(one)) return one.maySendAs[0] === other.maySendAs[0];
  return (
    one.knownBy === other.knownBy && `${one.egress.toSorted()}` === `${other.egress.toSorted()}`
  );
}

/** A sender's settings, as the stack's outputs have them. */
function rightsOf(settings: Properties): SenderRights {
  const list = (value: unknown) => (isListOfText(value) ? value : []);
  const from = list(settings.from);
  const { recipientsPerDay } = settings;
  const common = {
    from,
    recipientsPerDay:
      typeof recipientsPerDay === "number" ? recipientLimit(recipientsPerDay) : undefined,
  };
  if (settings.method === "connector") {
    const certificate = text(settings.certificateName);
    return {
      ...common,
      method: CONNECTOR,
      maySendAs: [text(settings.maySendAs)],
      knownBy: certificate === "" ? "its address" : `certificate for ${certificate}`,
      egress: certificate === "" ? list(settings.egress) : [],
    };
  }
  return {
    ...common,
    method: "sign in as a mailbox",
    maySendAs: [text(settings.mailbox), ...list(settings.sendAs)],
    knownBy: credentialOf((settings.credential ?? {}) as Properties),
    egress: [],
  };
}

/** The audience of tokens for Entra, in every cloud; of other ones a reader has to be told. */
const MICROSOFTS_AUDIENCE = /^(api:\/\/AzureADTokenExchange\w*)?$/;

function credentialOf(credential: Properties): string {
  switch (credential.by) {
    case "federatedIdentity": {
      const audience = text(credential.audience);
      const to = MICROSOFTS_AUDIENCE.test(audience) ? "" : `, meant for ${audience}`;
      return `a token of ${text(credential.issuer)} for ${text(credential.subject)}${to}`;
    }
    case "certificate":
      return "the key of its certificate";
    case "secret":
      return "a client secret";
    default:
      return "a password";
  }
}

/** Whether a sender relays through a connector. */
export const isConnector = ({ method }: Pick<SenderRights, "method">): boolean =>
  method === CONNECTOR;

/** How hard it is to pass for a sender, the easiest first. */
const STRENGTH = [/^its address$/, /^a password$/, /^a client secret$/, /./];
const strengthOf = (knownBy: string): number =>
  STRENGTH.findIndex((pattern) => pattern.test(knownBy));

const isEasier = (before: SenderRights, after: SenderRights): boolean =>
  strengthOf(after.knownBy) < strengthOf(before.knownBy);

/** Addresses of this one that it could not send as before. */
function moreAddresses(before: SenderRights, after: SenderRights): readonly string[] {
  if (!isConnector(after)) {
    return isConnector(before) ? [] : without(after.maySendAs, before.maySendAs);
  }
  return after.maySendAs.filter(
    (one) => !isConnector(before) || opennessOf(one) > opennessOf(before.maySendAs[0] ?? ""),
  );
}

/** Source addresses that it could not send from before. */
const moreEgress = (before: SenderRights, after: SenderRights): readonly string[] =>
  after.egress.filter((one) => !before.egress.some((known) => covers(known, one)));

const mayDoMore = (before: SenderRights, after: SenderRights): boolean =>
  isEasier(before, after) ||
  moreAddresses(before, after).length > 0 ||
  (before.knownBy === after.knownBy && moreEgress(before, after).length > 0) ||
  limitRaised(before.recipientsPerDay, after.recipientsPerDay).length > 0;

function widened(before: SenderRights | undefined, after: SenderRights): string[] {
  const [who, as] = [whoPassesFor(after), after.maySendAs.join(", ")];
  if (before === undefined) return [`${who} may send as ${as}`];
  const [addresses, more] = [moreEgress(before, after), moreAddresses(before, after)];
  const limit = limitRaised(before.recipientsPerDay, after.recipientsPerDay);
  if (after.knownBy !== before.knownBy) {
    const easier = isEasier(before, after) ? ", and it is easier to pass for than before" : "";
    return [`${who} may send as ${as}${easier}`, ...limit];
  }
  return [
    ...(addresses.length > 0 ? [`anybody at ${addresses.join(", ")} may send as ${as}`] : []),
    ...(more.length > 0
      ? [`${who} may send as ${more.join(", ")}${isConnector(after) ? "" : " too"}`]
      : []),
    ...limit,
  ];
}

/** How much the words of a connector's output allow. */
const opennessOf = (maySendAs: string): number =>
  /other organisations/.test(maySendAs)
    ? 2
    : /accepted domain of the tenant/.test(maySendAs)
      ? 1
      : 0;

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

/** Whom Exchange takes for a sender. */
function whoPassesFor(rights: SenderRights): string {
  const { knownBy, egress } = rights;
  if (egress.length > 0) return `anybody at ${egress.join(", ")}`;
  return isConnector(rights) ? `whoever presents a ${knownBy}` : `whoever signs in with ${knownBy}`;
}
