import { isIP, isIPv4, isIPv6 } from "node:net";
import { parseText, quoteText } from "../dns/text.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import * as refusals from "./refusals.ts";

/** Bytes of a TXT record at most, each string's length byte counted. */
const LONGEST_TEXT = 4096;

/** A record's content as Cloudflare keeps it, or why it won't. */
export function contentOf(type: string, given: string, zone: string): string | Sourced<HttpReply> {
  const content = given.trim();
  if (type === "A") return isIPv4(content) ? content : refusals.invalidA();
  if (type === "AAAA") return isIPv6(content) ? content.toLowerCase() : refusals.invalidAaaa();
  if (type === "TXT") return textOf(content);
  const host = content === "@" ? zone : content.toLowerCase().replace(/\.$/, "");
  if (isHost(host)) return host;
  return type === "MX" ? refusals.invalidMx() : refusals.invalidCname();
}

function isHost(name: string): boolean {
  const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
  return isIP(name) === 0 && name.length <= 253 && name.split(".").every((one) => label.test(one));
}

/**
 * Text stays as it came, with quotes or without; only what is too long for one string is cut, and quoted then
 * (API reference, TXT record; go-acme/lego#2521, cloudflare/terraform-provider-cloudflare#6238).
 */
function textOf(content: string): string | Sourced<HttpReply> {
  const strings = parseText(content);
  if (!strings || /\p{Cc}/u.test(content)) return refusals.invalidText();
  const bytes = strings.reduce((sum, one) => sum + 1 + Buffer.byteLength(one), 0);
  if (bytes > LONGEST_TEXT) return refusals.textTooLong();
  return strings.length === piecesOf(content) ? content : quoteText(strings);
}

/** Into how many strings the content is cut as it stands. */
function piecesOf(content: string): number {
  return content.startsWith('"') ? (content.match(/"([^"\\]|\\.)*"/gs) ?? []).length : 1;
}
