/** Letters that stand for something in a domain, and those for explanations only (RFC 7208 section 7.2). */
const LETTERS = "slodiphv";
const EXPLAINING_LETTERS = "crt";
const DELIMITERS = ".-+,/_=";

/**
 * Says what is wrong with a macro-string: printable ASCII in which `%` begins a macro.
 *
 * @returns a clause such as `has an unknown macro "%{x}"`, or undefined
 * @see RFC 7208 section 7.1
 */
export function macroFault(text: string): string | undefined {
  return faultWith(text, LETTERS + EXPLAINING_LETTERS);
}

function faultWith(text: string, letters: string): string | undefined {
  for (let index = 0; index < text.length; ) {
    const next = afterPart(text, index, letters);
    if (next === undefined) return faultAt(text, index);
    index = next;
  }
  return undefined;
}

/** Whether a text holds a macro, so that what it names is known to the receiver of a message only. */
export function hasMacro(text: string): boolean {
  return text.includes("%");
}

/**
 * Says what is wrong with a domain-spec: a macro-string that ends in `.` and a top label, or in a macro.
 *
 * @see RFC 7208 section 7.1 (domain-spec, domain-end, toplabel)
 */
export function domainSpecFault(text: string): string | undefined {
  if (text === "") return "names no domain";
  const fault = faultWith(text, LETTERS);
  if (fault !== undefined || endsInMacro(text)) return fault;
  const labels = (text.endsWith(".") ? text.slice(0, -1) : text).split(".");
  const top = labels.at(-1) ?? "";
  if (labels.length < 2) return "names no domain of two labels or more";
  return isTopLabel(top) ? undefined : `ends in "${top}", which is not a top-level domain`;
}

/** Where the macro or the character at `index` ends; undefined when it may not stand there. */
function afterPart(text: string, index: number, letters: string): number | undefined {
  const character = text.charAt(index);
  if (character !== "%") return character > " " && character <= "~" ? index + 1 : undefined;
  if ("%_-".includes(text.charAt(index + 1) || "none")) return index + 2;
  const end = text.indexOf("}", index);
  const isMacro = text.charAt(index + 1) === "{" && end > index;
  return isMacro && isBody(text.slice(index + 2, end), letters) ? end + 1 : undefined;
}

/** What stands between the braces: a letter, how many labels, `r` for reversed, delimiters. */
function isBody(body: string, letters: string): boolean {
  const [, letter = "none", digits, delimiters = ""] = /^(.)(\d*)r?(.*)$/is.exec(body) ?? [];
  return (
    letters.includes(letter.toLowerCase()) &&
    (digits === "" || Number(digits) > 0) &&
    [...delimiters].every((delimiter) => DELIMITERS.includes(delimiter))
  );
}

function endsInMacro(text: string): boolean {
  let last = 0;
  for (let index: number | undefined = 0; index !== undefined && index < text.length; ) {
    last = index;
    index = afterPart(text, index, LETTERS);
  }
  return text.charAt(last) === "%";
}

function isTopLabel(label: string): boolean {
  const shaped = /^[a-z0-9-]+$/i.test(label) && !label.startsWith("-") && !label.endsWith("-");
  return shaped && !/^\d+$/.test(label);
}

function faultAt(text: string, index: number): string {
  const end = text.indexOf("}", index);
  const macro = end < 0 ? text.slice(index) : text.slice(index, end + 1);
  return `has "${macro}", which is not a macro`;
}
