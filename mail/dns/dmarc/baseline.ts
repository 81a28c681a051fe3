import type { Problem } from "../../problem.ts";
import { type ParsedDmarc, parseDmarc } from "./record.ts";
import { readReportUris } from "./reports.ts";

// What CISA's baseline asks of a DMARC record, and the standard leaves to its owner.

/** CISA's address for the aggregate reports of federal agencies. */
const FEDERAL_REPORTS = "reports@dmarc.cyber.dhs.gov";

/** Says that receivers are not asked to reject what fails. */
export function notRejectProblem(key: string, text: string): Problem | undefined {
  if (parseDmarc(text).policy === "reject") return undefined;
  const fix = 'set the policy to "reject" once reports show that every sender passes';
  return { key, value: text, rule: "does not reject mail that fails", fix };
}

/** Says that nobody gets aggregate reports, or failure reports. */
export function noContactProblem(key: string, text: string): Problem | undefined {
  const missing = ["rua", "ruf"].filter((name) => reportUris(parseDmarc(text), name).length === 0);
  if (missing.length === 0) return undefined;
  const rule = `names nobody in ${missing.join(" and ")} who gets reports`;
  return { key, value: text, rule, fix: "add an address of yours to rua and ruf" };
}

/** Says that a federal agency's aggregate reports do not go to CISA too. */
export function noFederalReportsProblem(key: string, text: string): Problem | undefined {
  if (reportUris(parseDmarc(text), "rua").includes(FEDERAL_REPORTS)) return undefined;
  const fix = `add "mailto:${FEDERAL_REPORTS}" to rua`;
  return { key, value: text, rule: "sends CISA no aggregate reports", fix };
}

function reportUris({ tags }: ParsedDmarc, name: string): string[] {
  const value = tags.find((tag) => tag.name === name)?.value ?? "";
  return readReportUris(value).flatMap(({ address }) => address?.toLowerCase() ?? []);
}
