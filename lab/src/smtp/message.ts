import addressparser from "nodemailer/lib/addressparser";

/** A message as it goes over SMTP, one char a byte (latin1), split at the empty line. */
export interface Message {
  /** Header fields, each with its folded lines and without the last line end. */
  fields: string[];
  body: string;
}

/** A line end as some reader may see one: CRLF, or CR or LF alone. */
const LINE_END = /\r\n|\n|\r/;

/**
 * Splits a message (RFC 5322 section 2.1). In the header CR and LF alone are taken as line ends too, and come out
 * as CRLF, so that nobody further on sees a field that was not seen here.
 */
export function parseMessage(raw: string): Message {
  const lines: string[] = [];
  let rest = raw;
  while (rest !== "") {
    const end = LINE_END.exec(rest);
    const line = end ? rest.slice(0, end.index) : rest;
    rest = end ? rest.slice(end.index + end[0].length) : "";
    if (line === "") break;
    lines.push(line);
  }
  return { fields: joinFolded(lines), body: rest };
}

/** Lines to fields. The first one is no continuation, however it begins: there is nothing to continue. */
function joinFolded([first, ...others]: string[]): string[] {
  if (first === undefined) return [];
  const fields = [first.trimStart()];
  for (const line of others) {
    if (/^[ \t]/.test(line)) fields.push(`${fields.pop()}\r\n${line}`);
    else fields.push(line);
  }
  return fields.filter((field) => field !== "");
}

/** Puts a message together again. */
export function formatMessage({ fields, body }: Message): string {
  return `${fields.map((field) => `${field}\r\n`).join("")}\r\n${body}`;
}

/** Whether a line feed stands without its carriage return; DATA can't carry it. */
export function hasBareLineFeed(raw: string): boolean {
  return /(?<!\r)\n/.test(raw);
}

/** The name of a header field, lower case. */
export function fieldName(field: string): string {
  return (field.split(":", 1)[0] ?? "").trim().toLowerCase();
}

/** The unfolded value of the first field of this name; undefined when there is none. */
export function fieldValue({ fields }: Message, name: string): string | undefined {
  const field = fields.find((one) => fieldName(one) === name.toLowerCase());
  return field
    ?.slice(field.indexOf(":") + 1)
    .replaceAll(/\r\n(?=[ \t])/g, "")
    .trim();
}

/** The domain of an address, lower case; empty for the null sender. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** Every address of every From field, as it is written there; display names and comments are none (RFC 5322 section 3.4). */
export function authorsOf({ fields }: Message): string[] {
  return fields
    .filter((field) => fieldName(field) === "from")
    .map((field) => field.slice(field.indexOf(":") + 1).replaceAll(/\r\n(?=[ \t])/g, ""))
    .flatMap((value) => addressparser(value, { flatten: true }))
    .map(({ address }) => address);
}

/** Whether a message has several authors and not one address in Sender that says who sent it (RFC 5322 section 3.6.2). */
export function lacksSender(message: Message): boolean {
  const sender = addressparser(fieldValue(message, "Sender") ?? "", { flatten: true });
  return authorsOf(message).length > 1 && sender.length !== 1;
}

/** The domain of the first address in From, lower case and without a dot at the end; empty without one. */
export function authorDomain(message: Message): string {
  const [first = ""] = authorsOf(message);
  return domainOf(first).replace(/\.$/, "");
}

/** A date as a header field has it (RFC 5322 section 3.3), in UTC. */
export function formatDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}
