import { isListOfText, type Properties, text, without } from "../drift/kinds.ts";
import { covers } from "../senders/address.ts";

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
  /** Recipients a day that it needs; undefined where it is held to no limit of its own. */
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
      isKnownOtherwise: was !== undefined && is !== undefined && was.knownBy !== is.knownBy,
    };
    return [{ sender, ...(renamedFrom !== undefined && { renamedFrom }), ...rights }];
  });
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
    recipientsPerDay: typeof recipientsPerDay === "number" ? recipientsPerDay : undefined,
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

function credentialOf(credential: Properties): string {
  switch (credential.by) {
    case "federatedIdentity":
      return `token of ${text(credential.issuer)} for ${text(credential.subject)}`;
    case "certificate":
      return "its sign-in certificate";
    case "secret":
      return "a client secret";
    default:
      return "a password";
  }
}

/** Whether a sender relays through a connector. */
export const isConnector = ({ method }: SenderRights): boolean => method === CONNECTOR;

/** How hard it is to pass for a sender, the easiest first. */
const STRENGTH = [/^its address$/, /^a password$/, /^a client secret$/, /./];
const strengthOf = (knownBy: string): number =>
  STRENGTH.findIndex((pattern) => pattern.test(knownBy));

function widened(before: SenderRights | undefined, after: SenderRights): string[] {
  const [who, as] = [whoPassesFor(after), after.maySendAs.join(", ")];
  if (before === undefined) return [`${who} may send as ${as}`];
  const isKnownOtherwise = after.knownBy !== before.knownBy;
  const isEasier = strengthOf(after.knownBy) < strengthOf(before.knownBy);
  const addresses = after.egress.filter(
    (one) => !before.egress.some((known) => covers(known, one)),
  );
  const more = isConnector(after)
    ? after.maySendAs.filter((one) => opennessOf(one) > opennessOf(before.maySendAs[0] ?? ""))
    : without(after.maySendAs, before.maySendAs);
  return [
    ...(isKnownOtherwise
      ? [
          `${who} may send as ${as}${isEasier ? ", and it is easier to pass for it than before" : ""}`,
        ]
      : []),
    ...(!isKnownOtherwise && addresses.length > 0
      ? [`anybody at ${addresses.join(", ")} may send as ${as}`]
      : []),
    ...(!isKnownOtherwise && more.length > 0
      ? [`${who} may send as ${more.join(", ")}${isConnector(after) ? "" : " too"}`]
      : []),
    ...limitRaised(before.recipientsPerDay, after.recipientsPerDay),
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
  if (before === undefined || before === after) return [];
  if (after === undefined) {
    return ["no limit of its own stops it any more, also when its credential is stolen"];
  }
  return after > before
    ? [`Exchange stops it at ${2 * after} recipients a day, and not at ${2 * before}`]
    : [];
}

/** Whom Exchange takes for a sender. */
function whoPassesFor(rights: SenderRights): string {
  const { knownBy, egress } = rights;
  if (egress.length > 0) return `anybody at ${egress.join(", ")}`;
  return isConnector(rights) ? `whoever presents a ${knownBy}` : `whoever signs in with ${knownBy}`;
}
