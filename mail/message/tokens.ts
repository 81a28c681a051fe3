/** A part of a structured header field. */
export interface Token {
  readonly kind: "word" | "quoted" | "comment" | "semicolon";
  /** Of a quoted string what it says, without quotes and escapes; of a comment what stands between its parentheses. */
  readonly text: string;
  /** Whether white space or a comment stands before it. */
  readonly isApart: boolean;
}

/**
 * Takes a structured header field apart, in one pass: quoted strings, comments, which nest, and words between them. A
 * quoted string or a comment that does not end goes to the field's end.
 *
 * @param value unfolded
 * @see RFC 5322 section 3.2 (lexical tokens)
 */
export function tokensOf(value: string): Token[] {
  const tokens: Token[] = [];
  let isApart = true;
  for (let index = 0; index < value.length; ) {
    const character = value.charAt(index);
    if (" \t\r\n".includes(character)) {
      isApart = true;
      index += 1;
      continue;
    }
    const kind = KINDS[character] ?? "word";
    const end = ENDS[kind](value, index);
    tokens.push({ kind, text: TEXTS[kind](value.slice(index, end)), isApart });
    isApart = kind === "comment" || kind === "semicolon";
    index = end;
  }
  return tokens;
}

const KINDS: Readonly<Record<string, Token["kind"]>> = {
  '"': "quoted",
  "(": "comment",
  ";": "semicolon",
};

/** What ends a word. */
const AFTER_WORD = /[ \t\r\n"(;]/g;

/** Where a token ends that begins at a place. */
const ENDS: Readonly<Record<Token["kind"], (value: string, start: number) => number>> = {
  word(value, start) {
    AFTER_WORD.lastIndex = start + 1;
    return AFTER_WORD.exec(value)?.index ?? value.length;
  },
  quoted(value, start) {
    for (let end = start + 1; end < value.length; end += 1) {
      if (value.charAt(end) === '"') return end + 1;
      if (value.charAt(end) === "\\") end += 1;
    }
    return value.length;
  },
  comment(value, start) {
    let depth = 0;
    for (let end = start; end < value.length; end += 1) {
      const character = value.charAt(end);
      if (character === "\\") end += 1;
      else if (character === "(") depth += 1;
      else if (character === ")") depth -= 1;
      if (depth === 0) return end + 1;
    }
    return value.length;
  },
  semicolon: (_value, start) => start + 1,
};

const TEXTS: Readonly<Record<Token["kind"], (text: string) => string>> = {
  word: (text) => text,
  quoted: (text) =>
    unescaped(text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined)),
  comment: (text) => unescaped(text.slice(1, text.endsWith(")") ? -1 : undefined)),
  semicolon: (text) => text,
};

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, "$1");
}
