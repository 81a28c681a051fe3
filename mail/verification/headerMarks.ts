import { authenticationResultsOf } from "../message/authenticationResults.ts";
import { type Field, isNamed } from "../message/fields.ts";
import type { Reading } from "../message/reading.ts";

/** Header fields that stand together and are worth the same. */
export interface FieldRun {
  readonly trust: Trust;
  readonly fields: readonly MarkedField[];
}

/** Whose word a field is, and whether it counts. */
export type Trust = "receiver" | "border" | "believed" | "not trusted" | "no border";

export const TRUST_NAMES: Readonly<Record<Trust, string>> = {
  receiver: "Written by the receiver",
  border: "Written by the receiver: where the message came in (the border)",
  believed: "Trusted, although it is below the border",
  "not trusted": "Not trusted: below the border, any server on the way can have written it",
  "no border": "Not trusted: no Received field shows where the message came in",
};

export interface MarkedField {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** A part of a field's value; what decides a verdict is marked. */
export interface Part {
  readonly text: string;
  readonly isMarked: boolean;
}

/** The longest value and the most fields that are shown. */
const LONGEST_VALUE = 2000;
const MOST_FIELDS = 400;

/** What decides, in the fields that are believed. */
const DECISIVE: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^authentication-results$/i,
    // In comments the policy alone counts.
    /(?<unmarked>\((?![^()]*\bp=)[^()]*\))|\b(?:spf|dkim|dmarc|arc|compauth)=\w+|\b(?:smtp\.mail(?:from)?|header\.(?:d|i|s|from))=[^\s;]+|\bp=\w+/gi,
  ],
  [/^received$/i, /\[[\da-f.:]+\]|\b(?:version=)?TLSv?1[\d._]*|\bby \S+/gi],
  [/^x-ms-exchange-(?:crosstenant|organization)-/i, /\S.*/g],
  [/^x-forefront-antispam-report$/i, /\b(?:SFV|SCL|CAT|DIR|CIP):[^;]*/g],
  [/^arc-seal$/i, /\b(?:cv|d|i)=[^\s;]+/g],
];

/** Fields of Exchange that a verdict rests on. */
const EXCHANGES = [
  ...["Id", "FromEntityHeader", "OriginalAttributedTenantConnectingIp", "AuthAs", "AuthSource"].map(
    (name) => `X-MS-Exchange-CrossTenant-${name}`,
  ),
  ...["AuthAs", "AuthSource", "MessageDirectionality"].map(
    (name) => `X-MS-Exchange-Organization-${name}`,
  ),
  "X-Forefront-Antispam-Report",
];

/** The fields of a header, top first, by whose word they are; and how many more there are. */
export function markedFields(reading: Reading): { runs: FieldRun[]; left: number } {
  const { fields } = reading;
  const believed = believedFields(reading);
  const trustOf = trusting(reading, believed);
  const runs: { trust: Trust; fields: MarkedField[] }[] = [];
  for (const [index, field] of fields.slice(0, MOST_FIELDS).entries()) {
    const trust = trustOf(field, index);
    const isDecisive = believed.has(field) || trust === "border";
    const marked = { name: field.name, parts: partsOf(field, isDecisive) };
    const last = runs.at(-1);
    if (last?.trust === trust) last.fields.push(marked);
    else runs.push({ trust, fields: [marked] });
  }
  return { runs, left: Math.max(0, fields.length - MOST_FIELDS) };
}

function trusting(
  { border, fields }: Reading,
  believed: ReadonlySet<Field>,
): (field: Field, index: number) => Trust {
  const at = border?.above.length ?? -1;
  return (field, index) => {
    if (border === undefined) return believed.has(field) ? "believed" : "no border";
    if (index < at) return "receiver";
    if (field === fields[at]) return "border";
    return believed.has(field) ? "believed" : "not trusted";
  };
}

/** The fields that verdicts rest on, as the reading believes them. */
function believedFields({ border, results, attribution, fields }: Reading): Set<Field> {
  const ofReceiver = (border?.results ?? []).filter(
    (field) => authenticationResultsOf([field])?.authservId === results?.authservId,
  );
  // Of fields without a name the topmost counts alone.
  const ofResults = results?.authservId === undefined ? ofReceiver.slice(0, 1) : ofReceiver;
  const ofExchange =
    attribution === undefined ? [] : EXCHANGES.flatMap((name) => agreeing(fields, name));
  const seals = (border?.above ?? []).filter((field) => isNamed(field, "ARC-Seal"));
  return new Set([...ofResults, ...ofExchange, ...seals]);
}

/** Of fields of one name that differ none counts. */
function agreeing(fields: readonly Field[], name: string): Field[] {
  const found = fields.filter((field) => isNamed(field, name));
  return found.every(({ value }) => value === found[0]?.value) ? found : [];
}

function partsOf({ name, value }: Field, isDecisive: boolean): Part[] {
  const kept = value.slice(0, LONGEST_VALUE);
  const left = value.length - kept.length;
  const rest = left > 0 ? [{ text: ` [${left} more characters]`, isMarked: false }] : [];
  const pattern = isDecisive ? DECISIVE.find(([of]) => of.test(name))?.[1] : undefined;
  if (pattern === undefined) return [{ text: kept, isMarked: false }, ...rest];
  const parts: Part[] = [];
  let end = 0;
  for (const match of kept.matchAll(pattern)) {
    if (match.index > end) parts.push({ text: kept.slice(end, match.index), isMarked: false });
    parts.push({ text: match[0], isMarked: match.groups?.unmarked === undefined });
    end = match.index + match[0].length;
  }
  if (end < kept.length) parts.push({ text: kept.slice(end), isMarked: false });
  return [...parts, ...rest];
}
