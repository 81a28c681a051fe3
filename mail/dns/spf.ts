// SPF records (RFC 7208): what of mail/dns/spf/ the rest of the project works with.
export { canonicalTerm } from "./spf/canonical.ts";
export { type MergedSpf, mergeSpf } from "./spf/merge.ts";
export { type CloudName, cloudInclude, ourTerms } from "./spf/ours.ts";
export { isSpf, type ParsedSpf, parseSpf } from "./spf/parse.ts";
export { spfProblems, spfWarnings } from "./spf/problems.ts";
export type { Qualifier, SpfFault, SpfTerm } from "./spf/term.ts";
export {
  lookUpTree,
  SPF_LIMITS,
  type SpfLimits,
  type SpfNode,
  type SpfTree,
  type SpfTrouble,
} from "./spf/tree.ts";
export { printTree, treeProblems, treeWarnings } from "./spf/treeReport.ts";
export { withdrawSpf } from "./spf/withdraw.ts";
