import { ownerOfSender, ownershipMark, senderOfOwner } from "../ownership.ts";
import { canonicalAddress } from "../senders/address.ts";
import { canonicalMailbox, isWildcard } from "../senders/mailbox.ts";
import { relayName } from "../senders/names.ts";

/** What a sender's fence holds to what. */
export interface FenceChoice {
  /** Addresses and ranges whose mail it judges. */
  readonly egress: readonly string[];
  /** What From may be there; `*@domain` for all of a domain. */
  readonly from: readonly string[];
}

/** What a program declares of a fence. */
export interface DeclaredFence {
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of the mail flow rule. */
  readonly name: string;
  /** Addresses and ranges whose mail it judges. */
  readonly senderIpRanges: readonly string[];
  /** What From may be there; `*@domain` for all of a domain. */
  readonly from: readonly string[];
}

/**
 * The fence of a sender, as a stack declares it; undefined where it has none.
 *
 * @param stack whose it is: its owner `project/stack`, and its name
 */
export const declareFence = (
  { sender, fence }: { readonly sender: string; readonly fence?: FenceChoice },
  stack: { readonly owner: string; readonly name: string },
): DeclaredFence | undefined =>
  fence && {
    owner: ownerOfSender(stack.owner, sender),
    name: relayName(stack.name, sender),
    senderIpRanges: fence.egress,
    from: fence.from,
  };

/** The mail flow rule of a fence, in canonical form. Names are Exchange's, in camel case. */
export interface FenceForm {
  readonly name: string;
  readonly state: string;
  readonly mode: string;
  /** Holds the ownership mark. */
  readonly comments: string;
  readonly senderIpRanges: readonly string[];
  readonly senderAddressLocation: string;
  readonly exceptIfFromAddressMatchesPatterns: readonly string[];
  readonly rejectMessageReasonText: string;
  readonly rejectMessageEnhancedStatusCode: string;
  /** Parameters that are set beside these, and let mail pass that the fence would refuse. */
  readonly narrowedBy: readonly string[];
}

/** The code of a fence's reply, of those that mail flow rules may use (5.7.900 to 5.7.999). */
export const FENCE_STATUS = "5.7.950";

/** The words of a fence's reply. */
export const fenceReason = (sender: string): string =>
  `Refused by the fence of the sender ${sender}: mail from its addresses needs one of its own addresses in From.`;

/** The sender whose fence a reply is of; undefined for any other reply. */
export const fencedBy = (reply: string): string | undefined =>
  /Refused by the fence of the sender (\S{1,40}):/.exec(reply)?.[1];

/**
 * The pattern that stands for a `from` entry. It has no character but those that mean the same in both of Exchange's dialects of
 * regular expressions; an address with one of + { } has to be one of .NET's. Patterns match in any letter case.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/regular-expressions-usage-transport-rules
 */
export function fencePattern(from: string): string {
  const address = canonicalMailbox(from);
  const literal = (isWildcard(address) ? address.slice(1) : address).replace(
    /[.?*^$|+{}]/g,
    "\\$&",
  );
  return isWildcard(address) ? `${literal}$` : `^${literal}$`;
}

const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/** What is the same for every fence. */
const FIXED = {
  state: "Enabled",
  mode: "Enforce",
  senderAddressLocation: "Header",
  rejectMessageEnhancedStatusCode: FENCE_STATUS,
  narrowedBy: [],
} as const;

/** The wanted form of a fence. */
export const wantedFence = (declared: DeclaredFence): FenceForm => ({
  ...FIXED,
  name: declared.name.trim(),
  comments: ownershipMark(declared.owner, false),
  senderIpRanges: sorted(declared.senderIpRanges.map(canonicalAddress)),
  exceptIfFromAddressMatchesPatterns: sorted(declared.from.map(fencePattern)),
  rejectMessageReasonText: fenceReason(senderOfOwner(declared.owner)),
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [value].map(text).filter((one) => one !== "");
const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value === true || text(value) !== "";

/** A rule as `Get-TransportRule` gives it, in canonical form. */
export const fenceForm = (rule: Readonly<Record<string, unknown>>): FenceForm => ({
  name: text(rule.Name),
  state: text(rule.State),
  mode: text(rule.Mode),
  comments: text(rule.Comments),
  senderIpRanges: sorted(texts(rule.SenderIpRanges).map(canonicalAddress)),
  senderAddressLocation: text(rule.SenderAddressLocation),
  exceptIfFromAddressMatchesPatterns: sorted(
    texts(rule.ExceptIfFromAddressMatchesPatterns).map((pattern) => pattern.toLowerCase()),
  ),
  rejectMessageReasonText: text(rule.RejectMessageReasonText),
  rejectMessageEnhancedStatusCode: text(rule.RejectMessageEnhancedStatusCode),
  narrowedBy: sorted(Object.keys(rule).filter((name) => isNarrowing(name, rule))),
});

const OURS = ["SenderIpRanges", "ExceptIfFromAddressMatchesPatterns"];
const DATES = ["ActivationDate", "ExpiryDate"];

/** Whether a property of a rule is a further condition, exception or date. For each condition there is an exception. */
function isNarrowing(name: string, rule: Readonly<Record<string, unknown>>): boolean {
  // `SentTo@odata.type` is no property of the rule.
  if (OURS.includes(name) || name.includes("@") || !isSet(rule[name])) return false;
  return name.startsWith("ExceptIf") || DATES.includes(name) || `ExceptIf${name}` in rule;
}

/** Conditions that are true or false, as New-TransportRule's page has them; null clears every other one. */
const FLAG = /^(ExceptIf)?(Attachment(Has|Is|Processing)|Has(NoClassification|SenderOverride))/;

/** The form as parameters of `New-TransportRule`. Without Priority a new rule comes last, and the others keep their order. */
export const newFenceParameters = (form: FenceForm): Record<string, unknown> => ({
  Name: form.name,
  Mode: form.mode,
  Comments: form.comments,
  SenderIpRanges: form.senderIpRanges,
  SenderAddressLocation: form.senderAddressLocation,
  ExceptIfFromAddressMatchesPatterns: form.exceptIfFromAddressMatchesPatterns,
  RejectMessageReasonText: form.rejectMessageReasonText,
  RejectMessageEnhancedStatusCode: form.rejectMessageEnhancedStatusCode,
});

/** The same of `Set-TransportRule`, which also takes away what narrows the rule. */
export const fenceParameters = (
  form: FenceForm,
  narrowedBy: readonly string[],
): Record<string, unknown> => ({
  ...newFenceParameters(form),
  ...Object.fromEntries(narrowedBy.map((name) => [name, FLAG.test(name) ? false : null])),
});
