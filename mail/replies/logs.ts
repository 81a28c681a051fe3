import { LONGEST_REPLY } from "./reply.ts";

/** A reply as a log or a bounce has it. */
export interface Found {
  /** Number of its first line, from 1. */
  readonly line: number;
  /** Which form it was found by. */
  readonly form: string;
  /** The reply, with its codes in front. */
  readonly text: string;
}

/** Characters of a line that are looked at: a reply, and what a log has before it. */
export const LONGEST_LINE = 4 * LONGEST_REPLY;

/** How a program writes a refusal down. */
interface Form {
  readonly name: string;
  /** What stands before the reply. A group in it is the reply code, where that stands apart. */
  readonly start: RegExp;
  /** What stands behind it; left out where that is the end of the line. */
  readonly end?: RegExp;
}

/**
 * The forms of a refusal in a line; the first that matches is taken. A start is looked for once and an end once behind it,
 * so that a line takes a time that grows with its length alone.
 */
const FORMS: readonly Form[] = [
  // RFC 3464 section 2.3.6
  { name: "delivery status", start: /^Diagnostic-Code: *(?:smtp|x-[\w-]{1,30}) *; */i },
  { name: "Exchange's bounce", start: /Remote server returned '/i, end: /'[^']*$/ },
  { name: "Exchange's bounce", start: /smtp; ?(?=[45]\d\d[ -])/, end: /> *#SMTP#/ },
  { name: "Postfix", start: / said: (?=[45]\d\d[ -])/, end: / \(in reply to |\)$/ },
  {
    name: "Exim",
    start:
      /SMTP error from remote mail server after [^:]{1,30}(?::<[^>]{0,300}>[^:]{0,60})?: (?=[45]\d\d[ -])/,
  },
  { name: "msmtp", start: /\bsmtpmsg='(?=[45]\d\d[ -])/, end: /'(?: errormsg=| exitcode=|$)/ },
  { name: "msmtp", start: /\bserver message: (?=[45]\d\d[ -])/ },
  { name: "swaks", start: /^ ?<[*~][*~] ?(?=[45]\d\d[ -])/ },
  { name: "curl", start: /^< (?=[45]\d\d[ -])/ },
  { name: ".NET", start: /The server response (?:was|is): (?=[45]\.\d{1,3}\.\d{1,3} )/ },
  {
    name: ".NET",
    start: /MailKit\.[\w.]{1,80}Exception: (?:\w{1,60}: )?(?=[45]\.\d{1,3}\.\d{1,3} )/,
  },
  { name: "Python", start: /\(([45]\d\d), b['"]/, end: /['"][,)]/ },
  {
    name: "Java",
    start: /(?:javax|jakarta|com\.sun|org\.eclipse)\.[\w.]{1,80}Exception: (?=[45]\d\d[ -])/,
  },
  { name: "nodemailer", start: /\bresponse"?: ?['"](?=[45]\d\d[ -])/, end: /['"](?:[,}]|$)/ },
  { name: "PHP", start: /\bwith message "(?=[45]\d\d[ -])/, end: /"/ },
  {
    name: "log",
    start: /(?:^|[\s"'(:;>])(?=[45]\d\d[ -]{1,3}[45]\.\d{1,3}\.\d{1,3}(?!\d))/,
  },
  { name: "log", start: /^(?:\W{0,6}|S: |<< )(?=[45]\d\d[ -]\D)/ },
];

/** The least that a line with a refusal has. */
const LIKELY = /[45]\d\d[ ,-]|[45]\.\d{1,3}\.\d{1,3} /;

/**
 * Finds the refusals in a bounce or in a log of Postfix, Exim, msmtp, swaks, curl, .NET, Java, nodemailer or Python, each
 * as often as it stands there. Replies of 2xx and 3xx are none. Of a line only the beginning is looked at.
 */
export function* refusalsIn(text: string): Generator<Found> {
  let last: Found | undefined;
  // Whether another line of the same reply follows: `550-…`, then `550 …`.
  let isOpen = false;
  for (const { line, text: words } of unfolded(text)) {
    const found = LIKELY.test(words) ? refusalIn(words) : undefined;
    if (last !== undefined && isOpen && found?.form === last.form) {
      last = { ...last, text: `${last.text} ${found.text}`.slice(0, LONGEST_REPLY) };
    } else {
      if (last !== undefined) yield last;
      last = found && { line, ...found };
    }
    isOpen = found !== undefined && /^\d{3}-(?!.* \d{3} )/.test(found.text);
  }
  if (last !== undefined) yield last;
}

function refusalIn(line: string): Pick<Found, "form" | "text"> | undefined {
  for (const { name, start, end } of FORMS) {
    const before = start.exec(line);
    if (before === null) continue;
    const from = before.index + before[0].length;
    const rest = line.slice(from, from + LONGEST_REPLY);
    const length = end === undefined ? -1 : rest.search(end);
    const words = length < 0 ? rest : rest.slice(0, length);
    return { form: name, text: before[1] === undefined ? words : `${before[1]} ${words}` };
  }
  return undefined;
}

/** Lines that a bounce folds (RFC 5322 section 2.2.3) or breaks within quotes, put together. */
function* unfolded(text: string): Generator<{ line: number; text: string; lines: number }> {
  let open: { line: number; text: string; lines: number } | undefined;
  let line = 0;
  for (const whole of linesOf(text)) {
    line += 1;
    const isMore = open !== undefined && open.lines < 20 && goesOn(open.text, whole);
    if (open !== undefined && isMore) {
      open = {
        line: open.line,
        text: `${open.text} ${whole.trim()}`.slice(0, LONGEST_LINE),
        lines: open.lines + 1,
      };
      continue;
    }
    if (open !== undefined) yield open;
    open = { line, text: whole, lines: 1 };
  }
  if (open !== undefined) yield open;
}

function goesOn(open: string, next: string): boolean {
  if (/^Diagnostic-Code:/i.test(open)) return /^[ \t]+\S/.test(next);
  return /Remote server returned '[^']*$/i.test(open) && open.length < LONGEST_LINE;
}

/** Lines, each without what is past the limit, and with the entities of an HTML bounce read. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    const stop = end < 0 ? text.length : end;
    const line = text.slice(start, Math.min(stop, start + LONGEST_LINE)).trimEnd();
    // What else JavaScript takes for the end of a line, so that `.` and `$` do what they say.
    yield withoutEntities(line.replace(/[\r\u2028\u2029]/g, " "));
    start = stop + 1;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&lt;": "<", "&gt;": ">", "&amp;": "&", "&#39;": "'", "&quot;": '"', "&nbsp;": " " },
};

const withoutEntities = (line: string): string =>
  line.replace(/&(?:lt|gt|amp|quot|nbsp|#39);/g, (entity) => ENTITIES[entity] ?? entity);
