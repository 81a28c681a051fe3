import { canonicalDomain, isWithin } from "../senders/domain.ts";
import { quoteTxt, unquoteTxt } from "./txt.ts";

/** A record as it goes into a zone. */
export interface ZoneLine {
  /** In full, with or without the dot at the end; `@` for the zone itself. */
  readonly name: string;
  readonly type: string;
  /** Of a TXT record its text, or its strings in quotes. */
  readonly content: string;
  /** Seconds; 1 is Cloudflare's automatic. */
  readonly ttl?: number;
  /** Of an MX record. */
  readonly priority?: number;
}

/** What Cloudflare makes of its automatic, in seconds; ours where none is told. */
const AUTOMATIC_TTL = 300;

/** The types whose content is a name. */
const NAMING = ["CNAME", "MX", "NS", "PTR"];

/**
 * Records as lines of a zone file, for zones that are kept by hand. Names are in full, with their dot, so that it does
 * not matter where in the file they go. Records of other zones stand as comments, as a zone file can't have them.
 *
 * @param origin the zone; `.` for records of any
 * @see RFC 1035 section 5.1
 */
export function zoneText(origin: string, records: readonly ZoneLine[]): string {
  const lines = records.map((record) => {
    const name = record.name === "@" ? origin : record.name;
    const line = recordLine({ ...record, name });
    return origin === "." || isWithin(name, origin) ? line : `; in another zone: ${line}`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

function recordLine({ name, type, content, ttl = AUTOMATIC_TTL, priority = 0 }: ZoneLine): string {
  const seconds = ttl === 1 ? AUTOMATIC_TTL : ttl;
  const first = type === "MX" ? [String(priority)] : [];
  return [absolute(name), seconds, "IN", type, ...first, data(type, content)].join(" ");
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
