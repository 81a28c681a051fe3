/** An argument of a command: an atom, a string (quoted or literal), or a list in parentheses. */
export type Argument = string | Argument[];

/** A command of a client (RFC 3501 section 9), its literals read. */
export interface Command {
  tag: string;
  /** Upper case; `UID FETCH` is one name. */
  name: string;
  args: Argument[];
}

/** How a command line announces that octets follow it (RFC 3501 section 4.3, RFC 7888). */
export const LITERAL = /\{(\d{1,9})(\+?)\}$/;

/**
 * Reads a command, one char an octet (latin1). A literal stands in the text as it came: its announcement, CRLF, octets.
 *
 * @returns undefined where the text is no command; `tag` alone where there is a tag and the rest is none
 */
export function readCommand(text: string): Command | { tag: string } | undefined {
  const [, tag, rest = ""] = /^([^\s(){%*"\\\]+]+) (.*)$/s.exec(text) ?? [];
  if (tag === undefined) return undefined;
  const [, verb = "", afterVerb = ""] = /^([A-Za-z-]+)(?: (.*))?$/s.exec(rest) ?? [];
  if (verb === "") return { tag };
  const args = readArguments(afterVerb);
  if (args === undefined) return { tag };
  const name = verb.toUpperCase();
  const [what] = args;
  return name === "UID" && typeof what === "string"
    ? { tag, name: `UID ${what.toUpperCase()}`, args: args.slice(1) }
    : { tag, name, args };
}

/** Splits arguments; undefined where a quote or a parenthesis is left open. */
function readArguments(text: string): Argument[] | undefined {
  const open: Argument[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    if (token === undefined) return undefined;
    at = token.end;
    if (token.kind === "open") open.push([]);
    else if (token.kind === "value") open.at(-1)?.push(token.value);
    else if (token.kind === "close") {
      const closed = open.pop();
      if (closed === undefined || open.length === 0) return undefined;
      open.at(-1)?.push(closed);
    }
  }
  return open.length === 1 ? open[0] : undefined;
}

type Token = { end: number } & (
  | { kind: "space" | "open" | "close" }
  | { kind: "value"; value: string }
);

/** An atom of FETCH may have a section in brackets with spaces and a list: `BODY[HEADER.FIELDS (FROM)]<0.10>`. */
const ATOM = /(?:[^\s()"[\]{]|\[[^\]]*\])+/y;
const QUOTED = /"((?:[^"\\\r\n]|\\["\\])*)"/y;
const LITERAL_HERE = /\{(\d{1,9})\+?\}\r\n/y;

function tokenAt(text: string, at: number): Token | undefined {
  const end = at + 1;
  if (text[at] === " ") return { kind: "space", end };
  if (text[at] === "(") return { kind: "open", end };
  if (text[at] === ")") return { kind: "close", end };
  const quoted = matchAt(QUOTED, text, at);
  if (quoted) {
    const value = (quoted[1] ?? "").replaceAll(/\\(.)/g, "$1");
    return { kind: "value", value, end: at + quoted[0].length };
  }
  const literal = matchAt(LITERAL_HERE, text, at);
  if (literal) {
    const from = at + literal[0].length;
    const to = from + Number(literal[1]);
    return { kind: "value", value: text.slice(from, to), end: to };
  }
  const atom = matchAt(ATOM, text, at);
  return atom ? { kind: "value", value: atom[0], end: at + atom[0].length } : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A string as a server writes it: quoted, or a literal where that can't be. */
export function quote(text: string): string {
  return /[\r\n\0"\\]|[^\x20-\x7e]/.test(text) ? literal(text) : `"${text}"`;
}

export function literal(text: string): string {
  return `{${text.length}}\r\n${text}`;
}

/**
 * The numbers that a set such as `1:3,7,*` names among these, which ascend; undefined where it is no set.
 */
export function numbersIn(set: string, among: readonly number[]): number[] | undefined {
  if (!/^(?:\d+|\*)(?::(?:\d+|\*))?(?:,(?:\d+|\*)(?::(?:\d+|\*))?)*$/.test(set)) return undefined;
  const last = among.at(-1) ?? 0;
  const ranges = set.split(",").map((range) => {
    const [from = 0, to = from] = range.split(":").map((end) => (end === "*" ? last : Number(end)));
    return [Math.min(from, to), Math.max(from, to)] as const;
  });
  return among.filter((number) => ranges.some(([from, to]) => number >= from && number <= to));
}
