import type { Problem } from "../problem.ts";
import { signsIn } from "./choose.ts";
import { fenceProblems } from "./fence.ts";
import { methodProblem } from "./method.ts";
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
      rule: "includes certificate, but certificateName is missing",
      fix: 'add certificateName, e.g. "relay.contoso.com"',
    });
  }
  if (!certificate && certificateName !== undefined) {
    problems.push({
      key: `${key}.certificateName`,
      value: certificateName,
      rule: "has no effect, because authentication does not include certificate",
      fix: "add certificate to authentication, or remove certificateName",
    });
  }
  if (staticIp && egress.length === 0) {
    problems.push({
      key: `${key}.authentication`,
      value: authentication,
      rule: "includes staticIp, but egress is empty",
      fix: 'add egress, e.g. ["198.51.100.7"]',
    });
  }
  problems.push(...fenceProblems(key, sender, signsIn(sender)));
  if (authentication.includes("none") && authentication.length > 1) {
    problems.push({
      key: `${key}.authentication`,
      value: authentication,
      rule: "includes none beside ways to authenticate",
      fix: "remove none",
    });
  }
  for (const position of repeated(egress)) {
    problems.push({
      key: `${key}.egress[${position}]`,
      value: egress[position],
      rule: "is listed already",
      fix: "list each address once",
    });
  }
  const unfit = problems.length > 0 ? undefined : methodProblem(key, sender);
  return unfit === undefined ? problems : [unfit];
}
