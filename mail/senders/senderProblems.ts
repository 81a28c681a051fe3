import type { Problem } from "../problem.ts";
import { repeated } from "./repeated.ts";
import type { Sender } from "./sender.ts";
import { submissionProblems } from "./submissionProblems.ts";

/**
 * What a sender says it can do, and what it says of itself, have to agree.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function senderProblems(key: string, sender: Sender): Problem[] {
  const { authentication, certificateName, egress } = sender;
  const [certificate, staticIp] = [
    authentication.includes("certificate"),
    authentication.includes("staticIp"),
  ];
  const problems = submissionProblems(key, sender);
  if (certificate && certificateName === undefined) {
    problems.push({
      key: `${key}.authentication`,
      value: authentication,
      rule: "says certificate, but certificateName is missing",
      fix: 'add certificateName, e.g. "relay.contoso.com"',
    });
  }
  if (!certificate && certificateName !== undefined) {
    problems.push({
      key: `${key}.certificateName`,
      value: certificateName,
      rule: "has no effect, as authentication does not say certificate",
      fix: "add certificate to authentication, or drop certificateName",
    });
  }
  if (staticIp && egress.length === 0) {
    problems.push({
      key: `${key}.authentication`,
      value: authentication,
      rule: "says staticIp, but egress lists no address",
      fix: 'add egress, e.g. ["198.51.100.7"]',
    });
  }
  for (const position of repeated(egress)) {
    problems.push({
      key: `${key}.egress[${position}]`,
      value: egress[position],
      rule: "stands in the list already",
      fix: "list each address once",
    });
  }
  return problems;
}
