import { overlaps } from "../../senders/address.ts";
import { isWithin } from "../../senders/domain.ts";
import { domainOf, isWildcard } from "../../senders/mailbox.ts";

/** A mail flow rule, as `Get-TransportRule` gives it. */
export interface FlowRule {
  readonly name: string;
  /** By the names of the cmdlets' parameters, with `Conditions` and `Exceptions`: names of .NET classes. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A sender, as conditions know it. */
export interface RuledSender {
  readonly sender: string;
  /** Addresses that it sends from, `*@domain` for all of a domain. */
  readonly from: readonly string[];
  /** Public addresses that its mail comes from; none where they are not known. */
  readonly egress: readonly string[];
  readonly signsIn: boolean;
}

/** Whether something holds of a sender's mail: of all of it, of none, or of what nobody knows beforehand. */
export type Holds = "yes" | "no" | "maybe";

/** Conditions that are about the sender. All others are about the recipient or the content, or not known here. */
const ABOUT_SENDER: Readonly<
  Record<string, (values: readonly string[], of: RuledSender) => Holds>
> = {
  From: (values, { from }) => {
    const listed = values.map((value) => value.toLowerCase());
    if (from.some((address) => listed.includes(address))) return "yes";
    const isOpen = listed.some(
      (one) =>
        !one.includes("@") ||
        from.some((address) => isWildcard(address) && domainOf(address) === domainOf(one)),
    );
    return isOpen ? "maybe" : "no";
  },
  // Whether relayed mail of an accepted domain counts as inside depends on how it was attributed.
  FromScope: ([value], { signsIn }) =>
    signsIn ? (value === "InOrganization" ? "yes" : "no") : "maybe",
  SenderDomainIs: (values, { from }) =>
    from.some((address) => values.some((value) => isWithin(domainOf(address), value)))
      ? "yes"
      : "no",
  FromAddressContainsWords: (values, { from }) => {
    const words = values.map((value) => value.toLowerCase());
    if (from.some((address) => words.some((word) => address.includes(word)))) return "yes";
    return from.some(isWildcard) ? "maybe" : "no";
  },
  FromAddressMatchesPatterns: (values, { from }) => {
    const patterns = values.map(readable);
    const matched = from.filter((address) => patterns.some((pattern) => pattern?.test(address)));
    if (matched.length === from.length) return "yes";
    return matched.length > 0 || from.some(isWildcard) || patterns.includes(undefined)
      ? "maybe"
      : "no";
  },
  SenderIpRanges: (values, { egress, signsIn }) => {
    if (signsIn || egress.length === 0) return "maybe";
    if (egress.some((one) => values.some((range) => overlaps(one, range)))) return "yes";
    return values.some((range) => range.includes("-")) ? "maybe" : "no";
  },
};

/** A pattern that means the same in JavaScript as in both of Exchange's dialects; undefined for any other. */
const readable = (pattern: string): RegExp | undefined =>
  /^\^?([\w@!#%&'/=`~-]|\\[.?*^$|])*\$?$/.test(pattern) ? new RegExp(pattern, "i") : undefined;

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value])
    .filter((one) => one !== undefined && one !== null && one !== "" && one !== false)
    .map(String);

/** What a rule or its exceptions ask of a message. */
interface Asked {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * What is asked of a message: by the classes that Exchange lists, and by the properties that are known here.
 *
 * @param prefix of the properties: `ExceptIf` of exceptions
 */
function askedBy(properties: FlowRule["properties"], list: string, prefix: string): Asked[] {
  const known = Object.keys(ABOUT_SENDER)
    .map((name) => ({ name, values: textsOf(properties[`${prefix}${name}`]) }))
    .filter(({ values }) => values.length > 0);
  const classes = textsOf(properties[list]).map((name) =>
    name.slice(name.lastIndexOf(".") + 1).replace(/Predicate$/, ""),
  );
  const others = classes.filter((name) => !known.some((one) => one.name.startsWith(name)));
  return [...known, ...others.map((name) => ({ name, values: [] }))];
}

const holdsOf = ({ name, values }: Asked, sender: RuledSender): Holds =>
  values.length === 0 ? "maybe" : (ABOUT_SENDER[name]?.(values, sender) ?? "maybe");

/**
 * Whether a rule acts on a sender's mail: every condition has to be met, and no exception.
 *
 * @see https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/conditions-and-exceptions
 */
export function actsOn({ properties }: FlowRule, sender: RuledSender): Holds {
  const conditions = askedBy(properties, "Conditions", "").map((one) => holdsOf(one, sender));
  const exceptions = askedBy(properties, "Exceptions", "ExceptIf").map((one) =>
    holdsOf(one, sender),
  );
  if (conditions.includes("no") || exceptions.includes("yes")) return "no";
  return [...conditions, ...exceptions].includes("maybe") ? "maybe" : "yes";
}

/** Whether a rule is in force: on, and not only tested. */
export const isInForce = ({ properties: { State, Mode } }: FlowRule): boolean =>
  State !== "Disabled" && (Mode === undefined || Mode === null || Mode === "Enforce");

/** What a rule has at a property, as texts; nothing where it is not set. */
export const ruleTexts = ({ properties }: FlowRule, name: string): readonly string[] =>
  textsOf(properties[name]);
