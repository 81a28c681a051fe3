import type { Problem } from "../problem.ts";

/**
 * Says that nothing signs a domain's mail with the domain's own keys.
 *
 * @see RFC 9989 section 4.4 (alignment)
 */
export const unsignedProblem = (domain: string): Problem => ({
  key: `DKIM of ${domain}`,
  value: undefined,
  rule: "is off, so that DMARC rests on SPF alone, which forwarding breaks",
  fix: "let the stack sign the domain's mail (DkimSigning): in a stack file, remove dkim from the domain's unmanaged",
});

/** Says that a domain has one of the records that receivers judge its mail by, but not the other. */
export const missingProblem = (domain: string, record: "SPF" | "DMARC"): Problem => ({
  key: `${record} of ${domain}`,
  value: undefined,
  rule: "is not published by the stack, which publishes the domain's other records",
  fix: "publish it too, or check that somebody else does",
});
