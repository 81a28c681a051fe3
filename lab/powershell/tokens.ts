import { ScriptError } from "./syntax.ts";

/** A piece of a script. `spaced`: whether white space is in front of it, which decides what belongs to a word. */
export interface Token {
  readonly is: "newline" | "symbol" | "variable" | "splat" | "text" | "word" | "dash" | "end";
  /** The variable's, command's or parameter's name; the symbol itself. */
  readonly text: string;
  /** Of a text: its pieces, of which those of `code` are to be run. */
  readonly parts?: readonly (string | { readonly code: string; readonly line: number })[];
  readonly spaced: boolean;
  readonly line: number;
}

/** PowerShell takes each of these for a single quote, and the others for a double one. */
const SINGLE = "'\u2018\u2019\u201a\u201b";
const DOUBLE = '"\u201c\u201d\u201e';

const SYMBOLS = ["@(", "@{", "::", "(", ")", "{", "}", "[", "]", "|", ";", ",", "=", "."];

/**
 * Cuts a script into tokens.
 *
 * @throws ScriptError for anything that the lab does not know
 * @see https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02 (lexical structure)
 */
export function tokensOf(script: string, firstLine = 1): Token[] {
  const text = script.replace(/^\uFEFF/, "");
  const tokens: Token[] = [];
  let at = 0;
  let line = firstLine;
  let spaced = true;
  const add = (is: Token["is"], value: string, parts?: Token["parts"]) => {
    tokens.push({ is, text: value, ...(parts && { parts }), spaced, line });
    spaced = false;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    const space = match(/[ \t\r]+/y);
    if (space !== undefined) {
      at += space.length;
      spaced = true;
      continue;
    }
    if (text[at] === "\n") {
      add("newline", "\n");
      at += 1;
      line += 1;
      spaced = true;
      continue;
    }
    if (text[at] === "#") {
      at += (match(/#[^\n]*/y) ?? "").length;
      continue;
    }
    const quote = text[at] ?? "";
    if (SINGLE.includes(quote) || DOUBLE.includes(quote)) {
      const string = SINGLE.includes(quote)
        ? readSingle(text, at, line)
        : readDouble(text, at, line);
      add("text", "", string.parts);
      line += (text.slice(at, string.end).match(/\n/g) ?? []).length;
      at = string.end;
      continue;
    }
    const variable = match(/\$[A-Za-z_][A-Za-z0-9_]*/y);
    if (variable !== undefined) {
      add("variable", variable.slice(1));
      at += variable.length;
      continue;
    }
    const symbol = SYMBOLS.find((one) => (one.length === 2 ? rest === one : text[at] === one));
    if (symbol !== undefined) {
      add("symbol", symbol);
      at += symbol.length;
      continue;
    }
    const splat = match(/@[A-Za-z_][A-Za-z0-9_]*/y);
    if (splat !== undefined) {
      add("splat", splat.slice(1));
      at += splat.length;
      continue;
    }
    const dash = match(/-[A-Za-z][A-Za-z0-9]*:?/y);
    if (dash !== undefined) {
      add("dash", dash);
      at += dash.length;
      continue;
    }
    const word = match(/[A-Za-z0-9][A-Za-z0-9-]*/y);
    if (word !== undefined) {
      add("word", word);
      at += word.length;
      continue;
    }
    throw new ScriptError(line, `the lab does not know what "${text.slice(at, at + 10)}" means`);
  }
  add("newline", "\n");
  add("end", "");
  return tokens;
}

interface ReadString {
  readonly parts: NonNullable<Token["parts"]>;
  readonly end: number;
}

/** A string in which nothing is expanded; two quotes are one. */
function readSingle(text: string, start: number, line: number): ReadString {
  let value = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (!SINGLE.includes(character)) {
      value += character;
    } else if (at + 1 < text.length && SINGLE.includes(text[at + 1] ?? "")) {
      value += character;
      at += 1;
    } else {
      return { parts: [value], end: at + 1 };
    }
  }
  throw new ScriptError(line, "a string begins here and does not end");
}

/** A string in which `$name` and `$(…)` are expanded. Of escapes with a backtick the lab knows none. */
function readDouble(text: string, start: number, line: number): ReadString {
  const parts: (string | { code: string; line: number })[] = [];
  let value = "";
  let at = start + 1;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (DOUBLE.includes(character)) {
      if (DOUBLE.includes(text[at + 1] ?? "none")) {
        throw new ScriptError(
          line,
          "the lab does not know doubled quotes in a double-quoted string",
        );
      }
      return { parts: [...parts, value], end: at + 1 };
    }
    if (character === "`" || character === "\n") {
      throw new ScriptError(
        line,
        "the lab knows no escape or line break in a double-quoted string",
      );
    }
    const variable = /\$[A-Za-z_][A-Za-z0-9_]*/y;
    variable.lastIndex = at;
    const name = variable.exec(text)?.[0];
    const code = text.startsWith("$(", at) ? codeIn(text, at + 2, line) : name;
    if (code === undefined) {
      if (character === "$")
        throw new ScriptError(line, "a $ in a double-quoted string is expanded");
      value += character;
      at += 1;
      continue;
    }
    parts.push(value, { code, line });
    value = "";
    at += name === undefined ? code.length + 3 : code.length;
  }
  throw new ScriptError(line, "a string begins here and does not end");
}

/** The code of `$(…)`, which the lab takes without further parentheses. */
function codeIn(text: string, start: number, line: number): string {
  const end = text.indexOf(")", start);
  const code = text.slice(start, end);
  if (end < 0 || /[()"'\n]/.test(code)) {
    throw new ScriptError(line, "the lab knows variables and their properties alone in $(…)");
  }
  return code;
}
