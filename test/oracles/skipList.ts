import type { Oracle } from "./agreement.ts";
import { DEFAULTS, type DrawnWorld } from "./worlds.ts";

/** Who judges the suite's cases. */
export type Verifier = "mailauth" | "pyspf" | "mail/dns";

/** A case in which a verifier does not say what OpenSPF's suite expects, and why that is no fault of ours. */
export interface Skip {
  verifier: Verifier;
  scenario: string;
  case: string;
  reason: string;
}

const NO_HOST_NAME =
  'Node\'s resolver (c-ares) refuses to ask for a name with "/", ":" or the like in it, which RFC 7208 section 7.1 ' +
  "allows; mailauth makes that permerror";

/** A case that agrees after all fails the test, so the list can only hold what is needed. */
export const SKIPPED: readonly Skip[] = [
  {
    verifier: "pyspf",
    scenario: "PTR mechanism syntax",
    case: "ptr-cname-loop",
    reason:
      "pyspf says temperror where the address of a PTR name can't be looked up; RFC 7208 section 5.5 has the name " +
      "skipped. Its own run never sees that: its lookups are made up in memory, where a CNAME loop is no error",
  },
  ...[
    ["A mechanism syntax", "a-colon-domain"],
    ["A mechanism syntax", "a-colon-domain-ip4mapped"],
    ["MX mechanism syntax", "mx-colon-domain"],
    ["MX mechanism syntax", "mx-colon-domain-ip4mapped"],
    ["Macro expansion rules", "macro-mania-in-domain"],
  ].map(([scenario = "", name = ""]) => ({
    verifier: "mailauth" as const,
    scenario,
    case: name,
    reason: NO_HOST_NAME,
  })),
  {
    verifier: "mail/dns",
    scenario: "Processing limits",
    case: "include-at-limit",
    reason:
      "the record needs 11 look-ups to its end, which we tell its owner; the suite's message matches before the last",
  },
];

/** Messages of which an oracle does not say what the RFC does, and what the RFC says. */
export interface Difference {
  oracle: Oracle;
  /** Whether a message is such a one; it may still say the same for another reason. */
  when(world: DrawnWorld): boolean;
  reason: string;
}

const dmarcOf = ({ dmarc = DEFAULTS.dmarc }: DrawnWorld): readonly string[] => dmarc;

/** A record without a policy that receivers know. */
const hasNoPolicy = (record: string): boolean =>
  /^v=DMARC1/.test(record) && !/[; ]p *= *(?:none|quarantine|reject)/.test(record);

const isBelow = ({ author, dmarcBelow = false }: DrawnWorld): boolean =>
  dmarcBelow && (author === "below" || author === "deep");

/** Each shows in one of WORLDS at least, so the list can only hold what is needed. */
export const DIFFERENCES: readonly Difference[] = [
  {
    oracle: "OpenDMARC",
    when: (world) => dmarcOf(world).filter((record) => record.includes("v=DMARC1")).length > 1,
    reason: "it takes the first of two records; RFC 7489 section 6.6.3: then there is none",
  },
  {
    oracle: "OpenDMARC",
    when: (world) => dmarcOf(world).some((record) => /^p=.*v=DMARC1/.test(record)),
    reason: "RFC 7489 section 6.3 (v): a record that does not begin with v is ignored",
  },
  ...(["OpenDMARC", "authheaders"] as const).map((oracle) => ({
    oracle,
    when: (world: DrawnWorld) => dmarcOf(world).some((record) => hasNoPolicy(record)),
    reason:
      "RFC 7489 section 6.6.3, RFC 9989 section 4.10.1: without a valid p, a record with a rua is as with p=none, and one " +
      "without is none; OpenDMARC takes neither, authheaders takes any p and no record without",
  })),
  ...(["OpenDMARC", "authheaders"] as const).map((oracle) => ({
    oracle,
    when: isBelow,
    reason:
      "RFC 9989 section 4.10.2 finds the organisation by the tree walk, for which a record below the domain alone makes one " +
      "of its own; both go by the public suffix list, as RFC 7489 did, and OpenDMARC finds no record between",
  })),
];
