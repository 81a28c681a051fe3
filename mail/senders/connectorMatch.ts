import type { Problem } from "../problem.ts";
import { overlaps } from "./address.ts";
import type { ConnectorMatch } from "./choose.ts";
import { isWithin } from "./domain.ts";

/** An OnPremises connector that matches nothing relays nothing; one that matches by both matches too much. */
export function matchProblem(
  addresses: readonly string[] | undefined,
  certificateName: string | undefined,
): Problem | undefined {
  const byAddress = addresses !== undefined && addresses.length > 0;
  if (byAddress !== (certificateName !== undefined)) return undefined;
  return {
    key: "senderIPAddresses",
    value: addresses,
    rule: byAddress
      ? "is given together with tlsSenderCertificateName, so that a server at one of the addresses could relay without the certificate"
      : "is empty and tlsSenderCertificateName is missing, so that the connector matches nothing",
    fix: "give exactly one of the two",
  };
}

/**
 * Says that a connector takes mail without TLS, which anybody on the way can read and change. One that recognises its
 * servers by a certificate sees it over TLS alone.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (RequireTls)
 */
export function noTlsProblem(
  key: string,
  requireTls: boolean,
  certificateName: string | undefined,
): Problem | undefined {
  if (requireTls || certificateName !== undefined) return undefined;
  return {
    key,
    value: requireTls,
    rule: "lets the sender's servers send without TLS, so that anybody on the way can read and change their mail",
    fix: "let every server of the sender use STARTTLS, then remove requireTls from the sender",
  };
}

/** A connector's name and what it matches, ours or somebody else's. */
export interface Matcher {
  readonly name: string;
  readonly match: ConnectorMatch;
}

/**
 * Says that two connectors would match the same connection, so that Exchange may attribute it to the wrong one.
 *
 * @returns a problem without its key and fix, which depend on whose the other connector is
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/inbound-connector-faq
 */
export function overlapOf(
  mine: Matcher,
  other: Matcher,
): Pick<Problem, "value" | "rule"> | undefined {
  if (mine.match.by === "certificate" && other.match.by === "certificate") {
    const value = mine.match.certificateName;
    const theirs = other.match.certificateName;
    if (!sameCertificates(value, theirs)) return undefined;
    const same = value.toLowerCase() === theirs.toLowerCase();
    const rule = same
      ? `is matched by "${other.name}" already`
      : `shares certificates with "${theirs}" of "${other.name}"`;
    return { value, rule };
  }
  if (mine.match.by === "sourceIp" && other.match.by === "sourceIp") {
    for (const value of mine.match.addresses) {
      const theirs = other.match.addresses.find((address) => overlaps(value, address));
      if (theirs === undefined) continue;
      const rule =
        value === theirs
          ? `is matched by "${other.name}" already`
          : `shares addresses with ${theirs} of "${other.name}"`;
      return { value, rule };
    }
  }
  return undefined;
}

/**
 * Whether one certificate could match both names; `*.domain` stands for the domain and all below it.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (TlsSenderCertificateName)
 */
function sameCertificates(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase() || covers(a, b) || covers(b, a);
}

/** Whether a wildcard stands for a certificate name, or for all that another wildcard stands for. */
export const covers = (wildcard: string, name: string): boolean =>
  wildcard.startsWith("*.") && isWithin(name.replace(/^\*\./, ""), wildcard.slice(2));

/** What a connector recognises connections by, as its properties say it. */
export interface Recognition {
  readonly name: string;
  readonly senderIPAddresses: readonly string[];
  /** Empty for none. */
  readonly tlsSenderCertificateName: string;
}

/** What two connectors would both match. */
export interface Overlap extends Omit<Problem, "fix"> {
  /** What the server would have to have alone. */
  readonly ofItsOwn: "an address" | "a certificate name";
}

/** What a connector of ours and an existing one would both match. */
export function overlapsOf(mine: Recognition, other: Recognition): Overlap[] {
  return matchersOf(mine).flatMap((matcher) => {
    const [key, ofItsOwn] =
      matcher.match.by === "certificate"
        ? (["tlsSenderCertificateName", "a certificate name"] as const)
        : (["senderIPAddresses", "an address"] as const);
    return matchersOf(other)
      .map((theirs) => overlapOf(matcher, theirs))
      .filter((overlap) => overlap !== undefined)
      .map((overlap) => ({ key, ...overlap, ofItsOwn }));
  });
}

/** A connector that was made by hand may recognise connections by both. */
function matchersOf({ name, tlsSenderCertificateName, senderIPAddresses }: Recognition): Matcher[] {
  const matches: ConnectorMatch[] = [
    ...(tlsSenderCertificateName === ""
      ? []
      : [{ by: "certificate" as const, certificateName: tlsSenderCertificateName }]),
    ...(senderIPAddresses.length === 0
      ? []
      : [{ by: "sourceIp" as const, addresses: senderIPAddresses }]),
  ];
  return matches.map((match) => ({ name, match }));
}
