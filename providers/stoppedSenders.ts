import { senderOfOwner } from "../mail/ownership.ts";
import type { Problem } from "../mail/problem.ts";
import { MAILBOX_ROLES } from "../mail/rights/needs.ts";
import { sameName } from "../mail/senders/names.ts";
import { stoppedProblem } from "../mail/stop/problems.ts";
import { surroundings } from "./exchange/inboundConnectorForm.ts";
import { stoppedAt } from "./exchange/mailboxTaken.ts";
import { explainRefusals } from "./host/explainRefusals.ts";
import type { Tenants } from "./host/tenants.ts";
import type { Surveyed } from "./surveyInputs.ts";

interface Owned {
  readonly owner: string;
}

/** What senders give up that stay in the stack file, so that they send in another way, or through another sender. */
export function leavingOf(news: Surveyed, olds: Partial<Surveyed>) {
  const leaving = <T extends Owned>(before: readonly T[] = [], now: readonly Owned[] = []): T[] => {
    const staying = new Set(now.map(({ owner }) => senderOfOwner(owner)));
    return before.filter(({ owner }) => {
      const sender = senderOfOwner(owner);
      return !staying.has(sender) && Object.hasOwn(news.senders, sender);
    });
  };
  return {
    connectors: leaving(olds.connectors, news.connectors),
    mailboxes: leaving(olds.mailboxes, news.mailboxes),
    accounts: leaving(olds.accounts, news.accounts),
  };
}

/**
 * Says which senders were stopped that are to send in another way: what they get for it would not be stopped. One that keeps its
 * connector, mailbox or account is judged with that.
 */
export async function stoppedSenderProblems(
  tenants: Tenants,
  news: Surveyed,
  { connectors, mailboxes, accounts }: ReturnType<typeof leavingOf>,
): Promise<Problem[]> {
  const problems: (Problem | undefined)[] = [];
  if (connectors.length > 0) {
    const { connectors: there } = surroundings(await tenants.facts(news));
    for (const { owner, name } of connectors) {
      const { comment = "" } = there.find((one) => sameName(one.name, name)) ?? {};
      const key = `connector of ${senderOfOwner(owner)}: enabled`;
      problems.push(stoppedProblem(key, comment, owner));
    }
  }
  const recipients = [
    ...mailboxes.map((one) => ({ ...one, kind: "mailbox" })),
    ...accounts.map((one) => ({ ...one, kind: "account" })),
  ];
  if (recipients.length > 0) {
    const invoke = explainRefusals(await tenants.invoke(news), MAILBOX_ROLES);
    for (const { owner, address, kind } of recipients) {
      const stopped = await stoppedAt(invoke, address, owner);
      const key = `${kind} of ${senderOfOwner(owner)}: address`;
      problems.push(stopped && { ...stopped, key });
    }
  }
  return problems.filter((problem) => problem !== undefined);
}
