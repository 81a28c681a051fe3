import { addressesIn } from "./addresses.ts";
import { dateIn } from "./date.ts";
import { type Field, isNamed } from "./fields.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** One hop of a message's way: which host handed it to which. What a server did not write is empty or undefined. */
export interface Hop {
  /** The name that the client gave, or a server's own word for it. */
  readonly from: string;
  /** Addresses that the server saw the client connect from. */
  readonly addresses: readonly string[];
  readonly by: string;
  /** `ESMTPS`, `Microsoft SMTP Server`, `mapi`. */
  readonly protocol: string | undefined;
  readonly tls: Tls | undefined;
  /** Whether the connection was encrypted; undefined where no connection was, or the server does not say. */
  readonly encrypted: boolean | undefined;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number | undefined;
  /** Seconds since the hop before. Less than none: one of the two clocks is wrong. */
  readonly delay: number | undefined;
}

export interface Tls {
  /** `1.2`, `1.3`. */
  readonly version: string | undefined;
  readonly cipher: string | undefined;
}

/** More are a loop: a server gives up at 100 at the latest (RFC 5321 section 6.3). */
export const MOST_HOPS = 100;

/**
 * The way of a message, first hop first, by its Received fields (the newest stands on top). What stands in comments and
 * quotes is nobody's host. Of more than MOST_HOPS the newest are read.
 *
 * @see RFC 5321 section 4.4 (Trace Information)
 */
export function hopsOf(fields: readonly Field[]): Hop[] {
  const received = fields.filter((field) => isNamed(field, "Received")).slice(0, MOST_HOPS);
  const hops = received.map(({ value }) => hopOf(value)).reverse();
  return hops.map((hop, index) => {
    const before = hops[index - 1]?.time;
    const delay =
      hop.time === undefined || before === undefined ? undefined : (hop.time - before) / 1000;
    return { ...hop, delay };
  });
}

const CLAUSES = ["from", "by", "with", "id", "for", "via"] as const;
type Clause = (typeof CLAUSES)[number];
/** Characters of a clause's name, at most. */
const LONGEST_CLAUSE = 4;

/** What one Received field says, without the delay, which takes two. */
export function hopOf(value: string): Omit<Hop, "delay"> {
  const tokens = tokensOf(value);
  const semicolon = tokens.findIndex(({ kind }) => kind === "semicolon");
  const end = semicolon < 0 ? tokens.length : semicolon;
  const clauses = clausesOf(tokens.slice(0, end));
  const words = (clause: Clause) =>
    (clauses.get(clause) ?? []).filter(({ kind }) => kind !== "comment").map(({ text }) => text);
  const comments = tokens.filter(({ kind }) => kind === "comment").map(({ text }) => text);
  const protocol = protocolOf(words("with"));
  const tls = tlsOf(comments, words("with"));
  const rest = tokens.slice(end).filter(({ kind }) => kind === "word");
  return {
    from: words("from")[0] ?? "",
    addresses: seenAddresses(clauses.get("from") ?? []),
    by: words("by")[0] ?? "",
    protocol,
    tls,
    encrypted: isEncrypted(protocol, tls, comments),
    id: words("id")[0],
    time: dateIn(rest.map(({ text }) => text).join(" ")),
  };
}

/** The tokens of each clause; of one that comes twice the first counts. */
function clausesOf(tokens: readonly Token[]): Map<Clause, Token[]> {
  const clauses = new Map<Clause, Token[]>();
  let current: Token[] = [];
  for (const token of tokens) {
    const name = token.text.length > LONGEST_CLAUSE ? "" : token.text.toLowerCase();
    const clause = CLAUSES.find((one) => one === name);
    // The word behind a clause's name is its value, even if it is such a name.
    const isName = token.kind === "word" && clause !== undefined && !isWaiting(clauses, current);
    if (!isName) {
      current.push(token);
      continue;
    }
    current = [];
    if (!clauses.has(clause)) clauses.set(clause, current);
  }
  return clauses;
}

/** Whether a clause has its name and no value yet. `with` may have none: `with (AES128-SHA encrypted) SMTP` comes later. */
function isWaiting(clauses: ReadonlyMap<Clause, Token[]>, current: Token[]): boolean {
  const isOpen = [...clauses.values()].includes(current);
  return isOpen && !current.some(({ kind }) => kind !== "comment");
}

/** What the server saw stands in comments or brackets; a name in front of it is the client's own word. */
function seenAddresses(tokens: readonly Token[]): string[] {
  const seen = tokens
    .filter(({ kind }) => kind === "comment")
    .flatMap(({ text }) => addressesIn(text.replaceAll(/\b(?:helo|ehlo)[= ]\S+/gi, "")));
  if (seen.length > 0) return seen;
  return addressesIn(tokens.find(({ kind }) => kind === "word")?.text ?? "");
}

function protocolOf(words: readonly string[]): string | undefined {
  const text = words.join(" ");
  if (text === "") return undefined;
  if (/^microsoft smtp server/i.test(text)) return "Microsoft SMTP Server";
  return words[0];
}

/** Where a server tells of TLS: Exchange, Gmail and sendmail; Postfix and Yandex; Exim; OpenSMTPD; IronPort; qmail. */
const TLS = [
  /^version=(?<version>\S+?),?\s+cipher=(?<cipher>[^\s,]+)/i,
  /^using (?<version>(?:TLS|SSL)\S*) with cipher (?<cipher>\S+)/i,
  /^(?<version>TLS[\d._v]+)(?::(?<cipher>[\w-]+))?(?::\d+)?(?::\w+)?$/i,
  /^(?<cipher>[\w-]+) encrypted/i,
];

function tlsOf(comments: readonly string[], protocol: readonly string[]): Tls | undefined {
  const [, appended] = /\/TLS\/([\w-]+)/i.exec(protocol[0] ?? "") ?? [];
  if (appended !== undefined) return { version: undefined, cipher: appended };
  for (const comment of comments) {
    const text = comment.slice(0, 500).replaceAll(/\s+/g, " ");
    for (const pattern of TLS) {
      const { version, cipher } = pattern.exec(text)?.groups ?? {};
      if (version === undefined && cipher === undefined) continue;
      return { version: versionOf(version), cipher };
    }
  }
  const named = protocol.findIndex((word) => /^tls$/i.test(word));
  return named < 0 ? undefined : { version: undefined, cipher: protocol[named + 1] };
}

/** `1.2` for `TLS1_2`, `TLSv1.2` and `TLS1.2`; `1.0` for `TLSv1` and `TLSv1/SSLv3`. */
function versionOf(text: string | undefined): string | undefined {
  const [, major, minor = "0"] = /^TLSv?(\d)(?:[._](\d))?/i.exec(text ?? "") ?? [];
  return major === undefined ? text : `${major}.${minor}`;
}

/** By the comment, or by the registered name of the protocol (RFC 3848). */
function isEncrypted(
  protocol: string | undefined,
  tls: Tls | undefined,
  comments: readonly string[],
): boolean | undefined {
  if (
    tls !== undefined ||
    comments.some((text) => /^(?:Google Transport Security|TLS)$/i.test(text))
  )
    return true;
  if (protocol === undefined) return undefined;
  if (/^(?:UTF8)?(?:E?SMTPS|ESMTPSA|LMTPSA?|HTTPS)$/i.test(protocol)) return true;
  return /^(?:(?:UTF8)?E?SMTPA?|Microsoft SMTP Server)$/i.test(protocol) ? false : undefined;
}
