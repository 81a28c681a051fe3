import type { Answer } from "dns-packet";
import type { Answering, DnsReply } from "../../lab/src/dns/server.ts";
import type { SuiteRecord, SuiteZone } from "./suite.ts";

const TTL = 60;
const SERVFAIL: DnsReply = { status: "SERVFAIL", answers: [], authorities: [] };

/**
 * Answers as a recursive resolver would that finds a scenario's records: it follows CNAMEs, and says SERVFAIL where
 * a name server does not answer (the suite's TIMEOUT) or CNAMEs go round.
 */
export function answerFrom(zone: () => SuiteZone): Answering {
  return ({ name, type }) => follow(zone(), name.toLowerCase(), type, []);
}

function follow(zone: SuiteZone, name: string, type: string, chain: readonly Answer[]): DnsReply {
  const records = zone.get(name);
  if (records === undefined) {
    const exists = [...zone.keys()].some((other) => other.endsWith(`.${name}`));
    return { status: exists ? "NOERROR" : "NXDOMAIN", answers: chain, authorities: [] };
  }
  const found = records.filter((record) => record.type === type);
  if (isSilent(found, records)) return SERVFAIL;
  const alias = type === "CNAME" ? undefined : records.find((record) => record.type === "CNAME");
  const answers = [...chain, ...(alias ? [alias] : found).map((record) => onWire(name, record))];
  if (alias === undefined) return { status: "NOERROR", answers, authorities: [] };
  const target = hostOf(alias.value).toLowerCase();
  const isLoop = target === name || chain.some((link) => link.name === target);
  return isLoop ? SERVFAIL : follow(zone, target, type, answers);
}

function isSilent(found: readonly SuiteRecord[], all: readonly SuiteRecord[]): boolean {
  if (found.length > 0) return found.some(({ value }) => value === "TIMEOUT");
  return all.some(({ type }) => type === "*");
}

function onWire(name: string, { type, value }: SuiteRecord): Answer {
  const head = { name, ttl: TTL };
  switch (type) {
    case "A":
    case "AAAA":
      return { ...head, type, data: String(value) };
    case "CNAME":
    case "PTR":
      return { ...head, type, data: hostOf(value) };
    case "MX": {
      const [preference, exchange] = value as [number, string];
      return { ...head, type, data: { preference, exchange: hostOf(exchange) } };
    }
    case "TXT":
      return { ...head, type, data: stringsOf(value) };
    default:
      throw new Error(`the suite has a record of type ${type}, which is not served`);
  }
}

function hostOf(value: unknown): string {
  return String(value).replace(/\.$/, "");
}

/** A TXT record has one string at least (RFC 1035, section 3.3.14); the suite has one without. */
function stringsOf(value: unknown): Buffer[] {
  const strings = [value].flat().map((string) => Buffer.from(String(string), "utf8"));
  return strings.length > 0 ? strings : [Buffer.alloc(0)];
}
