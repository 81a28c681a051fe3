import { tokensOf } from "./tokens.ts";

/** One header field, unfolded: the name as written, the value without the line breaks. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/**
 * The header fields of a message, top first.
 *
 * @param message the message with CRLF or LF line ends; the body is not looked at
 * @see RFC 5322 section 2.2.3 (folding)
 */
export function fieldsOf(message: string): Field[] {
  const [head = ""] = message.split(/\r?\n\r?\n/, 1);
  return head
    .replace(/\r?\n(?=[ \t])/g, "")
    .split(/\r?\n/)
    .map((line) => [line, line.indexOf(":")] as const)
    .filter(([, colon]) => colon > 0)
    .map(([line, colon]) => ({
      name: line.slice(0, colon).trim(),
      value: line.slice(colon + 1).trim(),
    }));
}

/** The first field of that name, case-insensitively. */
export function fieldOf(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value;
}

/** One hop of a message's way: which host handed it to which. */
export interface Hop {
  readonly from: string;
  readonly by: string;
}

/**
 * The way of a message, first hop first, by its Received fields (the newest stands on top). What stands in comments and
 * quotes is nobody's host.
 *
 * @see RFC 5321 section 4.4 (Trace Information)
 */
export function hopsOf(fields: readonly Field[]): Hop[] {
  return fields
    .filter(({ name }) => name.toLowerCase() === "received")
    .map(({ value }) => hopOf(value))
    .reverse();
}

function hopOf(value: string): Hop {
  const tokens = tokensOf(value);
  const end = tokens.findIndex(({ kind }) => kind === "semicolon");
  const words = tokens
    .slice(0, end < 0 ? tokens.length : end)
    .filter(({ kind }) => kind !== "comment");
  const hop = { from: "", by: "" };
  for (let index = 0; index < words.length; index += 1) {
    const { kind, text = "" } = words[index] ?? {};
    const clause = text.toLowerCase();
    if (kind !== "word" || (clause !== "from" && clause !== "by") || hop[clause] !== "") continue;
    index += 1;
    hop[clause] = words[index]?.text ?? "";
  }
  return hop;
}

/** How Exchange says that a message came to it, as an outside recipient sees it. */
export interface Attribution {
  /** The tenant that the message was attributed to, a GUID; undefined when Exchange did not stamp it. */
  readonly tenantId: string | undefined;
  /** `HybridOnPrem` by a connector, `Hosted` from a mailbox, `Internet` from outside. */
  readonly origin: string | undefined;
  /** Address of the server that connected. */
  readonly connectingIp: string | undefined;
}

/**
 * Reads Exchange's `X-MS-Exchange-CrossTenant-*` fields.
 *
 * @see https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 */
export function attributionOf(fields: readonly Field[]): Attribution {
  const field = (name: string) => fieldOf(fields, `X-MS-Exchange-CrossTenant-${name}`);
  return {
    tenantId: field("Id"),
    origin: field("FromEntityHeader"),
    connectingIp: /Ip=\[([^\]]+)\]/.exec(field("OriginalAttributedTenantConnectingIp") ?? "")?.[1],
  };
}
