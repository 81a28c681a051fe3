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
