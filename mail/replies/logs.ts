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

const CODES = String.raw`[45]\d\d[ -]+[45]\.\d{1,3}\.\d{1,3}`;

/** Forms of a refusal in a line; the last group is the reply. The first that matches is taken. */
const FORMS: readonly (readonly [form: string, pattern: RegExp])[] = [
  // RFC 3464 section 2.3.6
  ["delivery status", /^Diagnostic-Code: *(?:smtp|x-[\w-]{1,30}) *; *(.+)$/i],
  ["Exchange's bounce", /Remote server returned '(.+)'/i],
  ["Exchange's bounce", /smtp; ?([45]\d\d[ -][^>]+)> *#SMTP#/i],
  ["Postfix", / said: ([45]\d\d[ -].+?)(?: \(in reply to [^()]{1,40}\)\)?|\))$/],
  [
    "Exim",
    /SMTP error from remote mail server after [^:]{1,30}(?::<[^>]{0,300}>[^:]{0,60})?: ([45]\d\d[ -].+)$/,
  ],
  ["msmtp", /\bsmtpmsg='([45]\d\d[ -].+?)'(?: errormsg=| exitcode=|$)/],
  ["msmtp", /\bserver message: ([45]\d\d[ -].+)$/],
  ["swaks", /^ ?<[*~][*~] ?([45]\d\d[ -].*)$/],
  ["curl", /^< ([45]\d\d[ -].*)$/],
  [".NET", /The server response (?:was|is): ([45]\.\d{1,3}\.\d{1,3} .+)$/],
  [".NET", /MailKit\.[\w.]{1,80}Exception: (?:\w{1,60}: )?([45]\.\d{1,3}\.\d{1,3} .+)$/],
  ["Python", /\(([45]\d\d), b(?:'([^']{1,4096})'|"([^"]{1,4096})")/],
  ["Java", /(?:javax|jakarta|com\.sun|org\.eclipse)\.[\w.]{1,80}Exception: ([45]\d\d[ -].+)$/],
  ["nodemailer", /\bresponse"?: ?'([45]\d\d[ -][^']+)'/],
  ["nodemailer", /\bresponse"?: ?"([45]\d\d[ -][^"]+)"/],
  ["PHP", /\bwith message "([45]\d\d[ -][^"]+)"/],
  ["log", new RegExp(String.raw`(?:^|[\s"'(:;>])(${CODES}(?!\d).*)$`)],
  ["log", /^(?:\W{0,6}|S: |<< )([45]\d\d[ -]\D.+)$/],
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
  for (const [form, pattern] of FORMS) {
    const groups = pattern
      .exec(line)
      ?.slice(1)
      .filter((group) => group !== undefined);
    if (groups !== undefined) return { form, text: groups.join(" ").slice(0, LONGEST_REPLY) };
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
      open = { line: open.line, text: `${open.text} ${whole.trim()}`, lines: open.lines + 1 };
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
    const line = text.slice(start, Math.min(stop, start + LONGEST_LINE)).replace(/\r$/, "");
    yield line.includes("&") ? withoutEntities(line) : line;
    start = stop + 1;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&lt;": "<", "&gt;": ">", "&amp;": "&", "&#39;": "'", "&quot;": '"', "&nbsp;": " " },
};

const withoutEntities = (line: string): string =>
  line.replace(/&(?:lt|gt|amp|quot|nbsp|#39);/g, (entity) => ENTITIES[entity] ?? entity);
