/** A message as it goes over SMTP, one char a byte (latin1), split at the empty line. */
export interface Message {
  /** Header fields, each with its folded lines and without the last CRLF. */
  fields: string[];
  body: string;
}

/** Splits a message (RFC 5322 section 2.1); bare line feeds in the header are taken as line ends. */
export function parseMessage(raw: string): Message {
  const end = /\r?\n\r?\n/.exec(raw);
  const header = end ? raw.slice(0, end.index) : raw;
  const fields = header.split(/\r?\n(?![ \t])/).filter((field) => field !== "");
  return { fields, body: end ? raw.slice(end.index + end[0].length) : "" };
}

/** Puts a message together again. */
export function formatMessage({ fields, body }: Message): string {
  return `${fields.join("\r\n")}\r\n\r\n${body}`;
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
    .replaceAll(/\r?\n(?=[ \t])/g, "")
    .trim();
}

/** The domain of an address, lower case; empty for the null sender. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** A date as a header field has it (RFC 5322 section 3.3), in UTC. */
export function formatDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}
