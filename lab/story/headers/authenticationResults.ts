import type { Field } from "./fields.ts";

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
  const wanted = authservId === undefined ? all[0]?.authservId : authservId.toLowerCase();
  const said = all.filter((one) => one.authservId === wanted);
  const found = wanted === undefined ? said.slice(0, 1) : said;
  if (found.length === 0) return undefined;
  const parts = found.flatMap((one) => one.parts);
  const spf = parts.find(({ method }) => method === "spf");
  const dmarc = parts.find(({ method }) => method === "dmarc");
  return {
    authservId: wanted,
    spf: spf && { result: spf.result, mailFrom: spf.properties.get("smtp.mailfrom") },
    dkim: parts.filter(({ method }) => method === "dkim").map(readDkim),
    dmarc: dmarc && readDmarc(dmarc),
  };
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
  const [one, other] = [domain ?? "", from].map((name) => name.toLowerCase().replace(/\.$/, ""));
  if (!one || !other) return false;
  return one === other || (mode === "r" && (isBelow(one, other) || isBelow(other, one)));
}

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
    from: knownDomain(properties.get("header.from")),
    policy: published ?? properties.get("policy.dmarc")?.toLowerCase(),
  };
}

/** Exchange writes `header.d=none` where there is no signature. */
function knownDomain(domain: string | undefined): string | undefined {
  return domain === "none" ? undefined : domain?.toLowerCase();
}

function readField(value: string): { authservId: string | undefined; parts: Part[] } {
  const parts = splitOutside(value);
  const [first] = parts;
  const results = parts.flatMap((part) => readPart(part) ?? []);
  if (first === undefined || readPart(first)) return { authservId: undefined, parts: results };
  const [, quoted, word] = /^\s*(?:"([^"]*)"|(\S+))/.exec(first.text) ?? [];
  return { authservId: (quoted ?? word)?.toLowerCase(), parts: results };
}

function readPart({ text, comment }: Piece): Part | undefined {
  const [, method, result] = /^\s*([\w-]+)(?:\s*\/\s*\d+)?\s*=\s*(\w+)/.exec(text) ?? [];
  if (method === undefined || result === undefined) return undefined;
  const properties = new Map<string, string>();
  for (const [, type, name, quoted, word] of text.matchAll(PROPERTY)) {
    properties.set(`${type}.${name}`.toLowerCase(), quoted ?? word ?? "");
  }
  return { method: method.toLowerCase(), result: result.toLowerCase(), comment, properties };
}

const PROPERTY = /([a-z]+)\s*\.\s*([\w.-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))/gi;

/** What stands between two semicolons: the text without comments, and these. */
interface Piece {
  text: string;
  comment: string;
}

/** Splits at semicolons that stand neither in quotes nor in a comment (RFC 5322 section 3.2.2: comments nest). */
function splitOutside(value: string): Piece[] {
  const pieces: Piece[] = [{ text: "", comment: "" }];
  let depth = 0;
  let isQuoted = false;
  for (const token of value.match(/\\.|[^\\]/gs) ?? []) {
    const piece = pieces.at(-1);
    if (piece === undefined) break;
    if (token === '"' && depth === 0) isQuoted = !isQuoted;
    if (!isQuoted && token === "(") depth += 1;
    if (depth > 0) piece.comment += token;
    else if (!isQuoted && token === ";") pieces.push({ text: "", comment: "" });
    else piece.text += token;
    if (!isQuoted && token === ")" && depth > 0) {
      depth -= 1;
      if (depth === 0) piece.text += " ";
    }
  }
  return pieces;
}
