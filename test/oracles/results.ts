import { authenticationResultsOf } from "../../mail/message/authenticationResults.ts";
import { fieldOf, fieldsOf } from "../../mail/message/fields.ts";

/** What a receiver found out. */
export interface Results {
  spf: string;
  /** Of each signature, in the order of the field. */
  dkim: string[];
  dmarc: string;
}

/** Reads what the outside server wrote on top of a message, with our own parser. */
export function resultsOf(raw: string): Results {
  const results = authenticationResultsOf(fieldsOf(raw));
  return {
    spf: results?.spf?.result ?? "not said",
    dkim: (results?.dkim ?? []).map(({ result }) => result),
    dmarc: results?.dmarc?.result ?? "not said",
  };
}

/** The topmost Authentication-Results field in one line, for people. */
export function fieldText(raw: string): string {
  return fieldOf(fieldsOf(raw), "Authentication-Results") ?? "no Authentication-Results";
}
