import type { Problem } from "../problem.ts";
import { overlaps } from "./address.ts";
import type { ConnectorMatch } from "./chooseConnector.ts";

/** A connector's name and what it matches, ours or somebody else's. */
export interface Matcher {
  readonly name: string;
  readonly match: ConnectorMatch;
}

/**
 * Says that two connectors would match the same connection, so that Exchange may attribute it to the wrong one.
 *
 * @param key where the first one's match stands
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/inbound-connector-faq
 */
export function overlapProblem(key: string, mine: Matcher, other: Matcher): Problem | undefined {
  const fix = `give each its own, or drop one of "${mine.name}" and "${other.name}"`;
  if (mine.match.by === "certificate" && other.match.by === "certificate") {
    const value = mine.match.certificateName;
    const theirs = other.match.certificateName;
    if (!sameCertificates(value, theirs)) return undefined;
    const same = value.toLowerCase() === theirs.toLowerCase();
    const what = same ? "is also what" : `shares certificates with "${theirs}", which`;
    return { key, value, rule: `${what} "${other.name}" matches by`, fix };
  }
  if (mine.match.by === "sourceIp" && other.match.by === "sourceIp") {
    for (const value of mine.match.addresses) {
      const theirs = other.match.addresses.find((address) => overlaps(value, address));
      if (theirs === undefined) continue;
      const rule =
        value === theirs
          ? `is also what "${other.name}" matches by`
          : `shares addresses with ${theirs} of "${other.name}"`;
      return { key, value, rule, fix };
    }
  }
  return undefined;
}

/** Whether one certificate could match both names; `*.domain` stands for the names right below it. */
function sameCertificates(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  const covers = (wildcard: string, name: string) =>
    wildcard.startsWith("*.") && name.slice(name.indexOf(".")) === wildcard.slice(1);
  return one === other || covers(one, other) || covers(other, one);
}
