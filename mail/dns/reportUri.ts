import type { Problem } from "../problem.ts";
import { domainProblem } from "../senders/domain.ts";
import { readReportUris, reportHost } from "./dmarc.ts";

/**
 * Says what is wrong with a place that reports shall go to.
 *
 * @see RFC 9989 section 4.7 (rua) and RFC 8460 section 3 (rua)
 */
export function reportUriProblem(key: string, value: string): Problem | undefined {
  const fix = 'write one mailto: URI, e.g. "mailto:dmarc@contoso.com"';
  const [uri, second] = readReportUris(value);
  if (uri === undefined || second !== undefined) {
    return { key, value, rule: "is more than one place", fix };
  }
  const host = reportHost(uri);
  if (host === undefined) return { key, value, rule: "is not a mailto: URI", fix };
  if (uri.size !== undefined) {
    return { key, value, rule: "has a limit of size, which receivers pass over", fix };
  }
  return domainProblem(key, host) === undefined
    ? undefined
    : { key, value, rule: "has no domain after the @", fix };
}
