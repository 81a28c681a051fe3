import type { Field } from "./fields.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** What a receiver found out about where a message comes from. Results and domains are in lower case. */
export interface AuthenticationResults {
  /** Who says so; undefined where the receiver does not say it (Exchange). */
  readonly authservId: string | undefined;
  readonly spf: SpfResult | undefined;
  /** One a signature; one with the result `none` where a receiver says that there is no signature. */
  readonly dkim: readonly DkimResult[];
  readonly dmarc: DmarcResult | undefined;
}

export interface SpfResult {
  readonly result: string;
  /** The envelope sender, as an address or a domain. */
  readonly mailFrom: string | undefined;
}

export interface DkimResult {
  readonly result: string;
  /** The domain that signed (`d=`). */
  readonly domain: string | undefined;
  readonly selector: string | undefined;
}

export interface DmarcResult {
  readonly result: string;
  /** The domain of the From field. */
  readonly from: string | undefined;
  /** What the domain asks for, where the receiver says it. */
  readonly policy: string | undefined;
}

/** Whether what passed belongs to the domain of From. */
export interface Alignment {
  readonly spf: boolean;
  readonly dkim: boolean;
}

/** The alignment modes of a DMARC record (`aspf`, `adkim`): `s` for strict, `r` for relaxed. */
export interface AlignmentModes {
  readonly spf: "r" | "s";
  readonly dkim: "r" | "s";
}

/** One part of a field between semicolons. */
interface Part {
  method: string;
  result: string;
  comment: string;
  properties: Map<string, string>;
}

/**
 * Reads the Authentication-Results of one receiver, of all its fields together, as some write one a method. Fields
 * further down may be anybody's: only those of the name that the topmost one has count, or of `authservId`.
 * Exchange's own begins without a name; of such fields the topmost counts alone.
 *
 * SPF's result is that for the envelope sender, where there is one for the HELO name too. Of several results the first
 * that is not `pass` counts. What is written for another version of the specification is passed over.
 *
 * @param fields the header fields, top first
 * @param authservId the receiver to believe; the topmost field's when left out
 * @returns undefined when the receiver says nothing
 * @see RFC 8601 section 2.2 (syntax), section 5 (whom to believe)
 */
export function authenticationResultsOf(
  fields: readonly Field[],
  authservId?: string,
): AuthenticationResults | undefined {
  const all = fields
    .filter(({ name }) => name.toLowerCase() === "authentication-results")
    .map(({ value }) => readField(value));
  const wanted = familyOf(authservId === undefined ? all[0]?.authservId : authservId.toLowerCase());
  const said = all.filter((one) => familyOf(one.authservId) === wanted);
  const found = wanted === undefined ? said.slice(0, 1) : said;
  if (found.length === 0) return undefined;
  const parts = found.flatMap((one) => one.parts);
  const ofMethod = (name: string) => parts.filter(({ method }) => method === name);
  const ofSender = ofMethod("spf").filter(({ properties }) => senderOf(properties));
  const spf = mostCautious(ofSender) ?? mostCautious(ofMethod("spf"));
  const dmarc = mostCautious(ofMethod("dmarc"));
  return {
    authservId: wanted,
    spf: spf && { result: spf.result, mailFrom: senderOf(spf.properties) || undefined },
    dkim: ofMethod("dkim").map(readDkim),
    dmarc: dmarc && readDmarc(dmarc),
  };
}

/** Yandex writes `smtp.mail`. */
const senderOf = (properties: ReadonlyMap<string, string>): string | undefined =>
  properties.get("smtp.mailfrom") ?? properties.get("smtp.mail");

/** Receivers of which each method's verifier has a name of its own: `spf.icloud.com`, `dmarc.icloud.com`. */
const FAMILIES = ["icloud.com"];

/** The authserv-id by which the fields of one receiver are found. */
function familyOf(id: string | undefined): string | undefined {
  return FAMILIES.find((family) => id?.endsWith(`.${family}`)) ?? id;
}

/** Of several results of one method the first that is not `pass`. */
function mostCautious(parts: readonly Part[]): Part | undefined {
  return parts.find(({ result }) => result !== "pass") ?? parts[0];
}

/**
 * Whether SPF and DKIM passed for the domain of From or one of its kin. Relaxed is: the same domain, or one of the
 * two below the other. DMARC's own rule also lets two domains below one organizational domain align, which takes
 * DNS to know, so this may say no where a receiver says yes.
 *
 * @param from the domain of the From field
 * @param modes those of the domain's DMARC record; relaxed when left out
 * @see RFC 9989 section 4.4 (identifier alignment)
 */
export function alignmentOf(
  { spf, dkim }: Pick<AuthenticationResults, "spf" | "dkim">,
  from: string,
  modes: AlignmentModes = { spf: "r", dkim: "r" },
): Alignment {
  const mailFrom = spf?.mailFrom?.replace(/^.*@/, "");
  return {
    spf: spf?.result === "pass" && isAligned(mailFrom, from, modes.spf),
    dkim: dkim.some(
      ({ result, domain }) => result === "pass" && isAligned(domain, from, modes.dkim),
    ),
  };
}

function isAligned(domain: string | undefined, from: string, mode: "r" | "s"): boolean {
  const [one = "", other = ""] = [domain ?? "", from].map((name) =>
    name.toLowerCase().replace(/\.$/, ""),
  );
  if (!isDomain(one) || !isDomain(other)) return false;
  return one === other || (mode === "r" && (isBelow(one, other) || isBelow(other, one)));
}

const isDomain = (name: string): boolean => /^[^\s.:@"]+(\.[^\s.:@"]+)*$/.test(name);

/** A top-level domain is nobody's parent here. */
function isBelow(domain: string, parent: string): boolean {
  return parent.includes(".") && domain.endsWith(`.${parent}`);
}

function readDkim({ result, properties }: Part): DkimResult {
  const identity = properties.get("header.i")?.replace(/^.*@/, "");
  return {
    result,
    domain: knownDomain(properties.get("header.d") ?? identity),
    selector: properties.get("header.s"),
  };
}

function readDmarc({ result, comment, properties }: Part): DmarcResult {
  const published = /(?:^|[\s,;(])p=(\w+)/i.exec(comment)?.[1]?.toLowerCase();
  return {
    result,
    // Mail.ru writes the whole address.
    from: knownDomain(properties.get("header.from")?.replace(/^.*@/, "")),
    policy: published ?? properties.get("policy.dmarc")?.toLowerCase(),
  };
}

/** Exchange writes `header.d=none` where there is no signature. */
function knownDomain(domain: string | undefined): string | undefined {
  return domain === "none" || domain === "" ? undefined : domain?.toLowerCase();
}

/** The one version of the header field and of each method. */
const VERSION = "1";

function readField(value: string): { authservId: string | undefined; parts: Part[] } {
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
