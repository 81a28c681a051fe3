import { canonicalDomain } from "../senders/domain.ts";
import { domainOf, fromAddressProblem } from "../senders/mailbox.ts";
import type { FoundSubmission, Left } from "./found.ts";

/** What a sender of the stack file says of the app that it adopts. */
export interface AdoptedSubmission {
  readonly submission: FoundSubmission;
  /** Addresses that it sends from; the first one is the mailbox. */
  readonly from: readonly string[];
  /** Addresses that its mailbox may send as too, of domains that the stack does not have. */
  readonly elsewhere: readonly string[];
}

/**
 * Which apps a stack can adopt, each with a mailbox of its own.
 *
 * @param domains the domains that the stack can have
 */
export function judgeSubmissions(
  submissions: readonly FoundSubmission[],
  domains: readonly string[],
): { readonly adopted: AdoptedSubmission[]; readonly left: Left[] } {
  const adopted: AdoptedSubmission[] = [];
  const left: Left[] = [];
  for (const submission of submissions) {
    const { mailbox, sendAs } = submission;
    const isOfStack = (address: string) =>
      domains.includes(canonicalDomain(domainOf(address))) &&
      fromAddressProblem("", address) === undefined;
    const first = adopted.find((one) => one.submission.mailbox === mailbox);
    const problem = submissionProblem(submission, first?.submission, isOfStack(mailbox));
    if (problem !== undefined) {
      left.push({ what: describeSubmission(submission), ...problem });
      continue;
    }
    const others = sendAs.filter((address) => address !== mailbox);
    adopted.push({
      submission,
      from: [mailbox, ...others.filter(isOfStack)],
      elsewhere: others.filter((address) => !isOfStack(address)),
    });
  }
  return { adopted, left };
}

/** An app as messages name it. */
export const describeApp = ({
  displayName,
  appId,
}: Pick<FoundSubmission, "displayName" | "appId">): string =>
  displayName === "" ? `app ${appId}` : `app "${displayName}" (${appId})`;

const describeSubmission = (submission: FoundSubmission): string =>
  `${describeApp(submission)} at mailbox ${submission.mailbox}`;

function submissionProblem(
  { mailbox, problem }: FoundSubmission,
  other: FoundSubmission | undefined,
  isOfStack: boolean,
): Omit<Left, "what"> | undefined {
  if (problem !== undefined) return { reason: problem.rule, todo: "leave it as it is" };
  if (!isOfStack) {
    return {
      reason: `sends from ${domainOf(mailbox)}, which is no domain of this stack`,
      todo: "leave it; or give the mailbox a primary address in a domain of your own",
    };
  }
  if (other !== undefined) {
    return {
      reason: `sends from a mailbox that ${describeApp(other)} sends from too, and a mailbox belongs to one sender of a stack`,
      todo: "leave it, and it sends as before; or give each app a mailbox of its own and run this again",
    };
  }
  return undefined;
}
