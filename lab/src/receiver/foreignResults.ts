import { fieldName, formatMessage, parseMessage } from "../smtp/message.ts";

/**
 * The message without the Authentication-Results fields that claim to be this server's own: a receiver must remove
 * them, as everybody behind it trusts that name (RFC 8601 section 5). Others' results stay, and mean nothing here.
 * A message without one of them stays byte by byte as it is.
 *
 * @param raw one char a byte (latin1)
 */
export function withoutOwnResults(raw: string, authservId: string): string {
  const message = parseMessage(raw);
  const isOwn = (field: string): boolean =>
    fieldName(field) === "authentication-results" &&
    authservIdOf(field.slice(field.indexOf(":") + 1)) === authservId.toLowerCase();
  const fields = message.fields.filter((field) => !isOwn(field));
  if (fields.length === message.fields.length) return raw;
  return formatMessage({ ...message, fields });
}

/** The authserv-id in lower case: the first word behind comments, in quotes or not (RFC 8601 section 2.2). */
function authservIdOf(value: string): string {
  let rest = value.trim();
  while (rest.startsWith("(")) rest = rest.slice(commentEnd(rest)).trim();
  const [, quoted, word] = /^(?:"((?:[^"\\]|\\.)*)"|([^\s;(]+))/s.exec(rest) ?? [];
  return (quoted?.replaceAll(/\\(.)/gs, "$1") ?? word ?? "").toLowerCase();
}

/** Where the comment ends that a text begins with; comments nest (RFC 5322 section 3.2.2). */
function commentEnd(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === "(") depth += 1;
    else if (text[index] === ")") depth -= 1;
    if (depth === 0) return index + 1;
  }
  return text.length;
}
