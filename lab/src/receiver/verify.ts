import { Resolver } from "node:dns/promises";
import type { AuthenticateResult } from "mailauth";
import { loadMailauth } from "../smtp/judge.ts";
import { fieldName, formatMessage, parseMessage } from "../smtp/message.ts";

/** A message and how it came to the outside server. */
export interface Handed {
  /** One char a byte (latin1). */
  raw: string;
  /** Envelope sender; empty for the null sender. */
  sender: string;
  /** Public address. */
  clientAddress: string;
  helo: string;
}

/** What the outside server found out, and what it does about it. */
export interface Verdict {
  /** Authentication-Results (RFC 8601) and Received-SPF, with their line ends. */
  fields: string;
  /** What the author's domain asks for where DMARC fails, else none (RFC 9989 section 4.7). */
  policy: "none" | "quarantine" | "reject";
  /** The domain of From. */
  authorDomain: string;
}

/**
 * Checks SPF, DKIM and DMARC, and writes what it found as mailauth does.
 *
 * @param authservId name in Authentication-Results
 */
export async function verify(
  handed: Handed,
  authservId: string,
  dnsPort: number,
): Promise<Verdict> {
  const result = await authenticate(handed, authservId, dnsPort);
  const { dmarc } = result;
  return {
    fields: result.headers,
    policy: policyOf(result),
    authorDomain: dmarc ? String(dmarc.status.header?.from ?? "") : "",
  };
}

/**
 * Checks SPF, DKIM, DMARC and ARC with mailauth, by the letter of the RFCs. It asks the lab's DNS server over the wire, with
 * nothing remembered of earlier messages.
 */
export async function authenticate(
  { raw, sender, clientAddress, helo }: Handed,
  authservId: string,
  dnsPort: number,
  { arc = false } = {},
): Promise<AuthenticateResult> {
  const mailauth = await loadMailauth();
  const dns = resolverAt(dnsPort);
  return mailauth.authenticate(Buffer.from(raw, "latin1"), {
    ip: clientAddress,
    helo,
    sender,
    mta: authservId,
    resolver: async (name, type) => (await dns.resolve(name, type)) as string[],
    strict: true,
    disableArc: !arc,
    disableBimi: true,
  });
}

/** A resolver that asks the lab's DNS server. */
export function resolverAt(dnsPort: number): Resolver {
  const dns = new Resolver({ timeout: 500, tries: 2 });
  dns.setServers([`127.0.0.1:${dnsPort}`]);
  return dns;
}

/** What the author's domain asks for where DMARC fails, else none (RFC 9989 section 4.7). */
export function policyOf({ dmarc }: AuthenticateResult): Verdict["policy"] {
  const policy = dmarc && dmarc.status.result === "fail" ? dmarc.policy : "none";
  return policy === "reject" || policy === "quarantine" ? policy : "none";
}

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
