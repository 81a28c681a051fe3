import { isListOfText, type Properties, text, without } from "../properties.ts";
import { KINDS, UNKNOWN } from "./kinds.ts";

/** A resource that is not any more as the last run left it. */
export interface Difference {
  /** Its kind, e.g. `InboundConnector`. */
  readonly kind: string;
  /** Its logical name. */
  readonly name: string;
  /** What the last run left. */
  readonly before: Properties;
  /** What is there; undefined where there is nothing. */
  readonly now: Properties | undefined;
  /** When the state got what the last run left, ISO 8601. */
  readonly since?: string;
}

/** A difference in words. */
export interface Drift {
  readonly kind: string;
  readonly name: string;
  /** What it is about, e.g. `connector "relay-prod-erp" of erp`. */
  readonly subject: string;
  /** What is different, a clause each. */
  readonly changes: readonly string[];
  /** What it means until an `up` undoes it, a sentence each without a full stop. */
  readonly meaning: readonly string[];
}

/** Puts a difference into words; undefined where all that differs is what the stack notes for itself. */
export function describeDrift({ kind, name, before, now }: Difference): Drift | undefined {
  const { subject, gone, changed = {} } = KINDS[kind] ?? UNKNOWN;
  const about = { kind, name, subject: subject(before, { kind, name }) };
  if (now === undefined) return { ...about, changes: ["is gone"], meaning: [gone].flat() };
  const differing = differingKeys(before, now);
  const pending = isSame(before.pending, now.pending) ? "" : text(now.pending);
  if (differing.length === 0 && pending === "") return undefined;
  return {
    ...about,
    changes: differing.flatMap((key) => describeChange(key, before[key], now[key])),
    meaning: [
      ...new Set(differing.flatMap((key) => changed[key]?.(now[key], before[key], before) ?? [])),
      ...(pending === "" ? [] : [pending]),
    ],
  };
}

/** Names of the properties that are another, in alphabetical order. */
export function differingKeys(before: Properties, now: Properties): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys.filter((key) => !OWN_NOTES.has(key) && !isSame(before[key], now[key]));
}

/** Properties in which the stack keeps what it needs to know, or that follow from others. */
const OWN_NOTES = new Set(
  `__provider guid objectId externalDirectoryObjectId recordId publicKeys ownWay pending ready overdue settled marked
  preexisting written terms lookUps problem waitMinutes`.split(/\s+/),
);

const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** Exchange gives lists in any order. */
const canonical = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value) ??
  "";

function describeChange(key: string, before: unknown, now: unknown): string[] {
  const property = PARAMETERS[key] ?? key.replace(/^./, (first) => first.toUpperCase());
  if (isListOfText(before) && isListOfText(now)) {
    const [added, removed] = [without(now, before), without(before, now)];
    return [
      ...(added.length > 0 ? [`${property} has ${added.join(", ")} in addition`] : []),
      ...(removed.length > 0 ? [`${property} lacks ${removed.join(", ")}`] : []),
    ];
  }
  if (!isShort(before) || !isShort(now)) return [`${property} is another`];
  return [`${property} is ${quoted(now)}, and was ${quoted(before)}`];
}

/** Names of properties that are not those of the cmdlets' parameters. */
const PARAMETERS: Readonly<Record<string, string>> = {
  owaEnabled: "OWAEnabled",
  owaForDevicesEnabled: "OWAforDevicesEnabled",
  mapiEnabled: "MAPIEnabled",
  after: "the record",
  content: "the content",
};

/** What can be repeated: a secret is an object in a state, or the engine's word for one. */
const isShort = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value !== "object" && !`${value}`.includes("[secret]"));

const quoted = (value: unknown): string =>
  value === undefined || value === null || value === "" ? "empty" : JSON.stringify(value);
