import { Document, Scalar, type YAMLMap, YAMLSeq } from "yaml";

/** An entry of a list in a stack file. */
export interface StackEntry {
  /** Lines above it; empty for none. */
  readonly comment: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** An entry as YAML: short lists stand in one line, and texts that YAML's readers might take for something else in quotes. */
export function entryNode(document: Document, { comment, value }: StackEntry): YAMLMap {
  const quoted = Object.entries(value).map(([key, one]) => [key, quotedTexts(one)]);
  const node = document.createNode(Object.fromEntries(quoted)) as YAMLMap;
  if (comment !== "") node.commentBefore = comment.replace(/^/gm, " ");
  for (const { value: part } of node.items) {
    if (part !== null && typeof part === "object" && "items" in part) {
      (part as { flow?: boolean }).flow = true;
    }
  }
  return node;
}

/** Words that some readers of YAML take for something else than a text. */
const WORDS = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Texts in quotes, but for plain words: readers of YAML take some for something else, such as `no`, `1_000` and `*@a.b`. */
function quotedTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(quotedTexts);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, quotedTexts(one)]));
  }
  if (typeof value !== "string" || value.includes("\n")) return value;
  if (/^[a-z][A-Za-z0-9-]*$/.test(value) && !WORDS.test(value)) return value;
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** How stack files are written. */
export const STYLE = { lineWidth: 0, flowCollectionPadding: false } as const;

/** A list of entries as lines of YAML, not indented. */
export function listText(entries: readonly StackEntry[]): string {
  const document = new Document([]);
  const list = new YAMLSeq();
  for (const entry of entries) list.add(entryNode(document, entry));
  document.contents = list as never;
  return document.toString(STYLE);
}
