import { canonicalDomain, isWithin } from "../senders/domain.ts";
import { type DnsRecord, TTL } from "./record.ts";
import { quoteTxt, unquoteTxt } from "./txt.ts";

/** The types whose content is a name. */
const NAMING = ["CNAME", "MX", "NS", "PTR"];

/**
 * Records as lines of a zone file, for zones that are kept by hand. Names are in full, with their dot, so that it does
 * not matter where in the file they go. Records of other zones stand as comments, as a zone file can't have them.
 *
 * @param origin the zone
 * @see RFC 1035 section 5.1
 */
export function zoneText(origin: string, records: readonly DnsRecord[]): string {
  const lines = records.map((record) => {
    const line = recordLine(record);
    return isWithin(record.name, origin) ? line : `; in another zone: ${line}`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

function recordLine({ name, type, content, ttl = TTL, priority = 0 }: DnsRecord): string {
  const first = type === "MX" ? [String(priority)] : [];
  return [absolute(name), ttl, "IN", type, ...first, data(type, content)].join(" ");
}

function data(type: string, content: string): string {
  if (type === "TXT") return quoteTxt(unquoteTxt(content));
  return NAMING.includes(type) ? absolute(content) : oneLine(content);
}

/** A name with its dot; characters that mean something in zone files are escaped. */
function absolute(name: string): string {
  const escaped = canonicalDomain(name).replace(/[^a-z0-9._*-]/g, (character) =>
    Array.from(new TextEncoder().encode(character), decimal).join(""),
  );
  return `${escaped}.`;
}

function decimal(octet: number): string {
  return `\\${String(octet).padStart(3, "0")}`;
}

function oneLine(content: string): string {
  return content.replace(/[\r\n]+/g, " ");
}
