// DMARC records (RFC 9989): what of mail/dns/dmarc/ the rest of the project works with.
export { adoptDmarc } from "./dmarc/adopt.ts";
export { type DmarcChange, formatDmarc } from "./dmarc/format.ts";
export { dmarcProblems } from "./dmarc/problems.ts";
export {
  type Alignment,
  DMARC_POLICIES,
  type DmarcPolicy,
  isDmarc,
  type ParsedDmarc,
  parseDmarc,
} from "./dmarc/record.ts";
export {
  isSameOrganization,
  type ReportAuthorization,
  reportAuthorizations,
} from "./dmarc/reports.ts";
export { readReportUris, reportHost, reportUri } from "./dmarc/reportUri.ts";
export { type DmarcStage, stageOf } from "./dmarc/stage.ts";
export { weakerProblem } from "./dmarc/strength.ts";
