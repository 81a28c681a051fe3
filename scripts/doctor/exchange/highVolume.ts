import { judgeAccount, type SeenAccount } from "../../../mail/doctor/exchange/highVolume.ts";
import { type Finding, findingOf } from "../../../mail/doctor/finding.ts";
import { billingPolicyProblem } from "../../../mail/exchange/billingPolicy.ts";
import { ownerOfSender } from "../../../mail/ownership.ts";
import { chooseSubmission, type HighVolumeChoice } from "../../../mail/senders/choose.ts";
import { findAll, findMailUser, text } from "../../../providers/exchange/find.ts";
import { billingOf, billingPolicies } from "../../../providers/exchange/hveAccount.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type Check, lookAtEach } from "../check.ts";
import type { CheckContext } from "../context.ts";
import { textsOf } from "./outbound.ts";
import { policyOf } from "./smtpAuth.ts";

/** Whether High Volume Email takes mail of the senders that use it: before the first `up`, whether somebody would pay. */
export const highVolume: Check = {
  name: "high-volume-email",
  title: "High Volume Email",
  async look(context) {
    const { config, owner, senders, invoke } = context;
    const all = chooseSubmission(config.senders).highVolume;
    if (all.length === 0) {
      return { findings: [], notLookedAt: "no sender of the stack file uses High Volume Email" };
    }
    const isMade = ({ sender }: HighVolumeChoice) => senders.has(sender);
    const accounts = await lookAtEach(
      all.filter(isMade),
      ({ address }) => `HVE account ${address}`,
      async ({ sender, address }) =>
        judgeAccount({
          ...{ owner: ownerOfSender(owner, sender), address },
          seen: await readAccount(address, invoke),
        }),
    );
    const declared = all.filter((choice) => !isMade(choice));
    return [...accounts, ...(await judgeDeclared(declared, context))];
  },
};

/** What would keep `up` from making accounts. */
async function judgeDeclared(
  declared: readonly HighVolumeChoice[],
  { invoke }: CheckContext,
): Promise<Finding[]> {
  if (declared.length === 0) return [];
  const why = "an up is refused, and makes no account";
  const policies = await billingPolicies(invoke);
  const findings = declared.flatMap(({ sender, billingPolicyId = "" }): Finding[] => {
    const problem = billingPolicyProblem(sender, policies, billingPolicyId);
    return problem === undefined
      ? []
      : [findingOf(problem, "error", { why, resource: `billingPolicyId of ${sender}` })];
  });
  if (findings.length > 0) return findings;
  const names = policies.map(({ name }) => `"${name}"`).join(", ");
  return [{ severity: "ok", what: `the tenant has a billing policy for the accounts: ${names}` }];
}

async function readAccount(address: string, invoke: Invoke): Promise<SeenAccount | undefined> {
  const account = await findMailUser(invoke, address);
  if (account === undefined) return undefined;
  const { user, policy } = await policyOf(address, invoke);
  const [settings] = await findAll(invoke, "Get-HVEAccountSettings", { Identity: address });
  return {
    note: text(account.CustomAttribute15),
    accountDisabled: user.AccountDisabled === true,
    billingStatus: (await billingOf(invoke, address)).status,
    allowedApps: textsOf(settings?.AllowedApps),
    policy,
  };
}
