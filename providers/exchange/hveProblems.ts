import { billingPolicyProblem } from "../../mail/exchange/billingPolicy.ts";
import { cloudProblem } from "../../mail/exchange/highVolume.ts";
import { type Owners, ofSameSender, ownersOfSender, senderOfOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import { MAILBOX_ROLES } from "../../mail/rights/needs.ts";
import type { Tenant } from "../../tenant/connection.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { type Outcome, outcomeOf } from "../host/settled.ts";
import type { Tenants } from "../host/tenants.ts";
import { billingPolicies } from "./hveAccount.ts";
import { accountTaken, stoppedBefore } from "./mailboxTaken.ts";

/** The account of a sender that uses High Volume Email. */
export interface SurveyedHveAccount {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** Its Name in Exchange. */
  readonly name: string;
  readonly billingPolicyId?: string;
}

/** What keeps a tenant from having new accounts: its cloud, no billing policy, and who has their addresses. */
export async function hveProblems(
  tenants: Tenants,
  tenant: Tenant & { readonly formerOwners?: readonly string[] },
  added: readonly SurveyedHveAccount[],
  before: readonly SurveyedHveAccount[],
): Promise<Outcome<readonly Problem[]>[]> {
  if (added.length === 0) return [];
  const elsewhere = added.flatMap(
    ({ owner }) => cloudProblem(senderOfOwner(owner), tenant.environment) ?? [],
  );
  if (elsewhere.length > 0) return [{ status: "fulfilled", value: elsewhere }];
  const invoke = explainRefusals(await tenants.invoke(tenant), MAILBOX_ROLES);
  const policies = outcomeOf(
    billingPolicies(invoke).then((all) =>
      added.flatMap(
        ({ owner, billingPolicyId = "" }) =>
          billingPolicyProblem(senderOfOwner(owner), all, billingPolicyId) ?? [],
      ),
    ),
  );
  const places = added.map(async (one) => {
    const owners: Owners = ownersOfSender(one.owner, tenant.formerOwners, before);
    const there = await accountTaken(invoke, { ...owners, ...one });
    const stopped = await stoppedBefore(invoke, one, ofSameSender(one.owner, before));
    return [there, stopped].flatMap((problem) =>
      problem !== undefined && "rule" in problem
        ? [{ ...problem, key: `account of ${senderOfOwner(one.owner)}: ${problem.key}` }]
        : [],
    );
  });
  return Promise.all([policies, ...places.map(outcomeOf)]);
}
