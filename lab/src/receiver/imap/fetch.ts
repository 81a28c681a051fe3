import { fieldName, formatMessage, type Message, parseMessage } from "../../smtp/message.ts";
import type { Item } from "./folder.ts";
import { type Argument, literal } from "./syntax.ts";

/** Writes one data item of a message, its name first. */
type Writer = (item: Item) => string;

const MACROS: Readonly<Record<string, readonly string[]>> = {
  FAST: ["FLAGS", "INTERNALDATE", "RFC822.SIZE"],
};

const WRITERS: Readonly<Record<string, Writer>> = {
  UID: ({ uid }) => `UID ${uid}`,
  // Nothing is kept of what a client reads: every message stays as it came.
  FLAGS: () => "FLAGS ()",
  INTERNALDATE: ({ message }) => `INTERNALDATE "${formatInternalDate(new Date(message.at))}"`,
  "RFC822.SIZE": ({ message }) => `RFC822.SIZE ${message.raw.length}`,
  RFC822: ({ message }) => `RFC822 ${literal(message.raw)}`,
  "RFC822.HEADER": ({ message }) => `RFC822.HEADER ${literal(headerOf(message.raw))}`,
};

/**
 * Reads the data items of a FETCH (RFC 3501 section 6.4.5).
 *
 * @param byUid whether it is UID FETCH, which always tells the UID
 * @returns undefined for items that this server does not have
 */
export function writersOf(wanted: Argument, byUid: boolean): Writer[] | undefined {
  const names = (
    Array.isArray(wanted) ? wanted : (MACROS[String(wanted).toUpperCase()] ?? [wanted])
  )
    .filter((name) => typeof name === "string")
    .map(nameOf);
  if (byUid && !names.includes("UID")) names.unshift("UID");
  const writers = names.map((name) => WRITERS[name] ?? sectionWriter(name));
  return writers.every((writer) => writer !== undefined) ? writers : undefined;
}

const nameOf = (name: string): string => name.toUpperCase();

/** `BODY[…]` and `BODY.PEEK[…]`, which are one where nothing is ever marked as read. */
function sectionWriter(name: string): Writer | undefined {
  const [, section, fields, from, length] =
    /^BODY(?:\.PEEK)?\[(HEADER|TEXT|HEADER\.FIELDS(?:\.NOT)? \(([^()]*)\)|)\](?:<(\d+)\.(\d+)>)?$/.exec(
      name,
    ) ?? [];
  if (section === undefined) return undefined;
  return ({ message }) => {
    const text = sectionOf(message.raw, section, fields?.split(" ") ?? []);
    if (from === undefined) return `BODY[${section}] ${literal(text)}`;
    const start = Number(from);
    return `BODY[${section}]<${start}> ${literal(text.slice(start, start + Number(length)))}`;
  };
}

function sectionOf(raw: string, section: string, names: readonly string[]): string {
  if (section === "") return raw;
  if (section === "HEADER") return headerOf(raw);
  const { fields, body } = parseMessage(raw);
  if (section === "TEXT") return body;
  const isNot = section.startsWith("HEADER.FIELDS.NOT");
  const chosen = fields.filter((field) => names.includes(fieldName(field).toUpperCase()) !== isNot);
  return formatHeader({ fields: chosen });
}

const headerOf = (raw: string): string => formatHeader(parseMessage(raw));

const formatHeader = ({ fields }: Pick<Message, "fields">): string =>
  formatMessage({ fields, body: "" });

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** date-time of RFC 3501 section 9, in UTC. */
function formatInternalDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, " ");
  const time = date.toISOString().slice(11, 19);
  return `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000`;
}

/** The first moment of a day such as `3-Nov-2026`, milliseconds, in UTC; undefined where it is none. */
export function readDay(text: string): number | undefined {
  const [, day, month = "", year] = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text) ?? [];
  const index = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  return index < 0 ? undefined : Date.UTC(Number(year), index, Number(day));
}
