/** A reply of an SMTP server, as RFC 5321 and RFC 3463 take it apart. */
export interface Reply {
  /** Reply code, such as 550; undefined where a client has left it out, as .NET does. */
  readonly code: number | undefined;
  /** Enhanced status code, such as `5.7.64`; empty where there is none. */
  readonly enhanced: string;
  /** The words, on one line, without codes and without Exchange's mark; of printable characters alone. */
  readonly text: string;
  /** The server that said it, as Exchange's mark at the end names it; empty where there is none. */
  readonly host: string;
  /** When it was said, by the same mark: ISO 8601. Empty where there is none. */
  readonly time: string;
}

/** Characters of a reply that are read. The longest of Exchange, with its diagnostic data, have about 3,000. */
export const LONGEST_REPLY = 4096;

/** The mark at the end of Exchange's replies: `[HOST]`, `[HOST TIME SESSION]` or `[Hostname=HOST]`. */
const MARK =
  /\[(?:Hostname=)?([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\.[a-z]{2,20})(?: (\d{4}-\d\d-\d\dT[\d:.]{8,16}Z) [0-9A-F]{8,20})?\]/gi;

/**
 * Takes a reply apart. Lines of a reply (`550-…`, then `550 …`) may be joined by line breaks, by spaces as Postfix does,
 * or by the letters `\n` as Exim does.
 */
export function readReply(raw: string): Reply {
  const line = printable(raw.slice(0, LONGEST_REPLY)).replaceAll("\\n", " ").trim();
  const [head = "", digits] = /^(?:smtp; ?)?([2-5]\d\d)(?=[ :#,-]|$)[ :#,-]*/i.exec(line) ?? [];
  const [second = "", enhanced = ""] =
    /^#?([245]\.\d{1,3}\.\d{1,3})(?!\d)[ :;,-]*/.exec(line.slice(head.length)) ?? [];
  const words = withoutRepeated(line.slice(head.length + second.length), digits, enhanced);
  const mark = [...words.matchAll(MARK)].at(-1);
  const [whole, host = "", time = ""] = mark ?? [];
  return {
    code: digits === undefined ? undefined : Number(digits),
    enhanced,
    text: (whole === undefined ? words : words.replace(whole, "")).replace(/ {2,}/g, " ").trim(),
    host,
    time,
  };
}

/** Without the codes that each line of a reply repeats. */
function withoutRepeated(words: string, code: string | undefined, enhanced: string): string {
  if (code === undefined) return words;
  const status = enhanced === "" ? "" : `(?:${enhanced.replaceAll(".", "\\.")} ?)?`;
  return words.replace(new RegExp(`[ ?]${code}(?:-| (?=${enhanced || "$"}))${status}`, "g"), " ");
}

/** On one line, with a question mark for whatever a terminal would act on or not show. */
const printable = (text: string): string =>
  text.replace(/\s+/gu, " ").replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, "?");

/** What the codes alone say of a reply. */
export interface ReplyClass {
  /** Whether the same message can succeed later. */
  readonly lasts: "permanent" | "temporary" | "success" | "unknown";
  /** What it is about; undefined without an enhanced status code. */
  readonly subject: string | undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc3463#section-3 */
const SUBJECTS = [
  "something undefined",
  "an address",
  "a mailbox",
  "the mail system",
  "network and routing",
  "the dialogue between client and server",
  "the content of the message",
  "security or policy",
] as const;

const LASTING = { 2: "success", 3: "success", 4: "temporary", 5: "permanent" } as const;

/**
 * The class of a reply. The reply code decides whether a client tries again (RFC 5321 section 4.2.1), and the enhanced
 * status code only where there is no reply code: Exchange also says `451 5.7.3`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3463#section-2
 */
export function classOf({ code, enhanced }: Reply): ReplyClass {
  const [first, subject] = enhanced.split(".");
  const digit = Number(code === undefined ? first : Math.floor(code / 100));
  return {
    lasts: LASTING[digit as keyof typeof LASTING] ?? "unknown",
    subject: subject === undefined ? undefined : SUBJECTS[Number(subject)],
  };
}
