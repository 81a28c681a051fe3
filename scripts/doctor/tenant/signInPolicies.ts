import {
  judgeSignInPolicies,
  type PasswordSender,
} from "../../../mail/doctor/tenant/signInPolicies.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import { findOne, HAS_ADDRESS, text } from "../../../providers/exchange/find.ts";
import { isForbidden } from "../../../tenant/graphClient.ts";
import { policies } from "../../../tenant/policies.ts";
import type { Check } from "../check.ts";
import { noPolicies } from "./appPolicies.ts";

/** Whether security defaults or Conditional Access block the senders that sign in with a password. */
export const signInPolicies: Check = {
  name: "sign-in-policies",
  title: "security defaults and Conditional Access",
  async look({ stack, config, connect, invoke }) {
    const { submitting, highVolume } = chooseSubmission(config.senders);
    const withPassword = [
      ...submitting
        .filter(({ credential }) => credential.by === "password")
        .map(({ sender, mailbox: { address } }) => ({ sender, address, isHighVolume: false })),
      ...highVolume.map(({ sender, address }) => ({ sender, address, isHighVolume: true })),
    ];
    if (withPassword.length === 0) {
      return {
        findings: [],
        notLookedAt:
          "no sender signs in with a password; security defaults and Conditional Access for people do not apply to apps",
      };
    }
    const tenant = policies(await connect());
    try {
      const hasSecurityDefaults = await tenant.hasSecurityDefaults();
      const conditionalAccess = await tenant.conditionalAccess();
      const known: PasswordSender[] = [];
      for (const one of withPassword) {
        const user = await findOne(invoke, "Get-Recipient", one.address, HAS_ADDRESS);
        const userId = text(user?.ExternalDirectoryObjectId);
        known.push({ ...one, ...(userId !== "" && { userId }) });
      }
      return judgeSignInPolicies(known, hasSecurityDefaults, conditionalAccess);
    } catch (error) {
      if (error instanceof Error && isForbidden(error)) return [noPolicies(error, stack)];
      throw error;
    }
  },
};
