import { type Token, tokensOf } from "./tokens.ts";

/** One part of a field between semicolons. */
export interface Part {
  /** `spf`. */
  readonly method: string;
  /** In lower case. */
  readonly result: string;
  readonly comment: string;
  /** `smtp.mailfrom` and its value; empty where it stands there twice with other values. */
  readonly properties: ReadonlyMap<string, string>;
}

/** One Authentication-Results field. */
interface ResultsField {
  /** Who says so, in lower case; undefined where the field does not say it. */
  readonly authservId: string | undefined;
  readonly parts: readonly Part[];
}

/** The one version of the header field and of each method. */
const VERSION = "1";

/**
 * Reads one field. Exchange's own begins without a name.
 *
 * @see RFC 8601 section 2.2 (syntax)
 */
export function readResults(value: string): ResultsField {
  const [first = [], ...others] = piecesOf(tokensOf(value));
  const part = readPart(first);
  if (part !== undefined) {
    return {
      authservId: undefined,
      parts: [part, ...others.flatMap((one) => readPart(one) ?? [])],
    };
  }
  const [id, version] = first.filter(({ kind }) => kind !== "comment");
  const isKnown = version === undefined || version.text === VERSION;
  return {
    authservId: id?.text.toLowerCase(),
    parts: isKnown ? others.flatMap((one) => readPart(one) ?? []) : [],
  };
}

/** What stands between the semicolons. */
function piecesOf(tokens: readonly Token[]): Token[][] {
  const pieces: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "semicolon") pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces;
}

/** `method/version=result reason=value type.property=value …` (RFC 8601 section 2.2). */
function readPart(piece: readonly Token[]): Part | undefined {
  const [first, ...others] = readPairs(piece.filter(({ kind }) => kind !== "comment"));
  const [, method, version = VERSION] = /^([\w-]+)(?:\/(\d+))?$/.exec(first?.name ?? "") ?? [];
  const result = first?.value;
  if (method === undefined || !result || version !== VERSION) return undefined;
  const properties = new Map<string, string>();
  for (const { name, value } of others.filter((pair) => pair.name.includes("."))) {
    const isOther = properties.has(name) && properties.get(name) !== value;
    properties.set(name, isOther ? "" : value);
  }
  const comments = piece.filter(({ kind }) => kind === "comment");
  const comment = comments.map(({ text }) => text).join(" ");
  return { method, result: result.toLowerCase(), comment, properties };
}

/** One `name=value`: the name in lower case without spaces; the value empty where it is none. */
interface Pair {
  readonly name: string;
  readonly value: string;
}

function readPairs(tokens: readonly Token[]): Pair[] {
  const pairs: Pair[] = [];
  for (let index = 0; index < tokens.length; ) {
    const name = nameAt(tokens, index);
    index = name.end;
    if (name.rest === undefined) continue;
    const value: Token[] =
      name.rest === "" ? [] : [{ kind: "word", text: name.rest, isApart: false }];
    for (let next = tokens[index]; next !== undefined; next = tokens[index]) {
      const isNextPair = next.kind === "word" && /^[a-z]+\.[\w-]+=/i.test(next.text);
      const isFirst = value.length === 0 && !isNextPair;
      const isMore = value.length > 0 && (!next.isApart || /^@/.test(next.text));
      if (!isFirst && !isMore) break;
      value.push(next);
      index += 1;
    }
    pairs.push({ name: name.text, value: joinValue(value) });
  }
  return pairs;
}

/**
 * Reads a name up to its equals sign; spaces may stand around that, and around the dot or slash within.
 *
 * @returns the first token behind it, and what stands behind the equals sign in the same one; undefined without one
 */
function nameAt(
  tokens: readonly Token[],
  start: number,
): { text: string; rest: string | undefined; end: number } {
  const words: string[] = [];
  for (let end = start; end < tokens.length; end += 1) {
    const { kind, text } = tokens[end] ?? {};
    const isMore =
      words.length === 0 || /^[./=]/.test(text ?? "") || /[./]$/.test(words.at(-1) ?? "");
    if (kind !== "word" || text === undefined || !isMore) {
      return { text: "", rest: undefined, end: Math.max(end, start + 1) };
    }
    const equals = text.indexOf("=");
    words.push(equals < 0 ? text : text.slice(0, equals));
    if (equals >= 0) {
      return { text: words.join("").toLowerCase(), rest: text.slice(equals + 1), end: end + 1 };
    }
  }
  return { text: "", rest: undefined, end: tokens.length };
}

/**
 * A value: a word, a quoted string, or an address whose local part may be quoted; empty for anything else, so for what has
 * several `@` outside of quotes: nobody can say whose it is.
 */
function joinValue(tokens: readonly Token[]): string {
  const [first, ...others] = tokens;
  if (first === undefined) return "";
  const signs = tokens.flatMap(({ kind, text }) =>
    kind === "word" ? text.split("@").slice(1) : [],
  );
  if (signs.length > 1) return "";
  if (others.length === 0) return first.text;
  const rest = others.map(({ text }) => text).join("");
  const isAddress = rest.startsWith("@") && others.every(({ kind }) => kind === "word");
  if (!isAddress) return "";
  return first.kind === "quoted"
    ? `"${first.text.replaceAll(/["\\]/g, "\\$&")}"${rest}`
    : first.text + rest;
}
