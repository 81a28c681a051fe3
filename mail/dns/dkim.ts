// DKIM records (RFC 6376): what of mail/dns/dkim/ the rest of the project works with.
export { type ParsedDkimKey, parseDkimKey } from "./dkim/key.ts";
export { dkimKeyProblems } from "./dkim/problems.ts";
export { type CnameState, cnameProblem, selectorName } from "./dkim/selector.ts";
