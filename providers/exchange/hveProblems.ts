import { billingPolicyProblem } from "../../mail/exchange/billingPolicy.ts";
import { ownersOfSender, senderOfOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import { replacementProblem } from "../../mail/retire.ts";
import { MAILBOX_ROLES } from "../../mail/rights/needs.ts";
import { accountMoveProblem } from "../../mail/senders/moves.ts";
import type { Tenant } from "../../tenant/connection.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { type Outcome, outcomeOf } from "../host/settled.ts";
import type { Tenants } from "../host/tenants.ts";
import { billingPolicies } from "./hveAccount.ts";
import { accountNameTaken, accountTaken, senderAt, stoppedBefore } from "./mailboxTaken.ts";

/** The account of a sender that uses High Volume Email. */
export interface SurveyedHveAccount {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** Its Name in Exchange. */
  readonly name: string;
  readonly billingPolicyId?: string;
}

/** The accounts of a stack that are new or change, and those of the last run. */
export interface AccountChanges {
  readonly added: readonly SurveyedHveAccount[];
  readonly before: readonly SurveyedHveAccount[];
  /** The senders that were protected in the last run. */
  readonly kept: readonly string[];
}

/** What keeps a tenant from having new accounts: no billing policy, and who has their addresses. */
export async function hveProblems(
  tenants: Tenants,
  tenant: Tenant & { readonly formerOwners?: readonly string[] },
  { added, before, kept }: AccountChanges,
): Promise<Outcome<readonly Problem[]>[]> {
  if (added.length === 0) return [];
  const invoke = explainRefusals(await tenants.invoke(tenant), MAILBOX_ROLES);
  const policies = outcomeOf(
    billingPolicies(invoke).then((all) =>
      added.flatMap(
        ({ owner, billingPolicyId = "" }) =>
          billingPolicyProblem(senderOfOwner(owner), all, billingPolicyId) ?? [],
      ),
    ),
  );
  const places = added.map((one) => {
    const owners = ownersOfSender(one.owner, tenant.formerOwners, before);
    return outcomeOf(placeProblems(invoke, { ...one, ...owners }, kept));
  });
  return Promise.all([policies, ...places]);
}

/** What keeps an account from its address and its name. */
async function placeProblems(
  invoke: Invoke,
  account: SurveyedHveAccount & ReturnType<typeof ownersOfSender<SurveyedHveAccount>>,
  kept: readonly string[],
): Promise<Problem[]> {
  const { address, before } = account;
  const sender = senderOfOwner(account.owner);
  const of = (problem: Problem) => ({ ...problem, key: `account of ${sender}: ${problem.key}` });
  const stopped = await stoppedBefore(invoke, account, before);
  const others = stopped === undefined ? [] : [of(stopped)];
  const there = await accountTaken(invoke, account);
  if (there !== undefined && "guid" in there) return others;
  const holder =
    there === undefined
      ? await accountNameTaken(invoke, account)
      : ((await senderAt(invoke, account)) ?? there);
  if (holder === undefined) return others;
  if ("rule" in holder) return [of(holder), ...others];
  if (holder.sender !== sender || holder.kind !== "account") {
    return [accountMoveProblem({ sender, address }, holder, kept), ...others];
  }
  return before !== undefined && kept.includes(sender)
    ? [replacementProblem(sender, address, before.address, "account"), ...others]
    : others;
}
