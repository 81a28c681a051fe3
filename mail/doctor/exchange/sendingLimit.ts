import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";

/** The outbound spam policy that a mailbox sends under. 0 is the service's own limit. */
export interface SendingLimit {
  readonly name: string;
  readonly perDay: number;
  readonly externalPerHour: number;
}

/**
 * Judges whether a sender may send to as many recipients as it needs.
 *
 * @param need recipients a day, as the stack file has it; undefined where it says nothing
 * @param ours name of the policy that the stack makes for the sender; undefined where it makes none
 * @param limit undefined where Exchange shows no policy
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-policies-configure
 */
export function judgeSendingLimit(
  address: string,
  need: number | undefined,
  ours: string | undefined,
  limit: SendingLimit | undefined,
): Finding {
  const resource = `outbound spam policy of ${address}`;
  if (limit === undefined) {
    return {
      severity: "unknown",
      what: `Exchange shows no outbound spam policy for ${address}`,
      why: "a policy may stop the sender after few messages",
      fix: "look at the outbound policies at https://security.microsoft.com/antispam",
      resource,
    };
  }
  const { name, perDay, externalPerHour } = limit;
  // A day of full hours is the most that an hourly limit lets through.
  const lowest = Math.min(...[perDay, 24 * externalPerHour].filter((one) => one > 0));
  if (need !== undefined && lowest < need) {
    return {
      severity: "error",
      what: `policy "${name}" lets ${address} send to ${lowest} recipients a day, and the stack file says recipientsPerDay: ${need}`,
      why: "above that, its mail comes back in a non-delivery report with 550 5.1.8, until the next day or until somebody unblocks it",
      fix:
        name === ours
          ? REPAIR
          : `ask an administrator to raise the limits of policy "${name}", or to take ${address} out of its rule`,
      resource,
    };
  }
  if (ours !== undefined && name !== ours) {
    return {
      severity: "warning",
      what: `${address} sends under policy "${name}", and not under its own "${ours}"`,
      why: "whoever gets hold of its credential can send to as many recipients as that policy allows",
      fix: `${REPAIR}; a rule of another policy that names the mailbox needs a lower priority`,
      resource,
    };
  }
  const most = Number.isFinite(lowest)
    ? `${lowest} recipients`
    : "as many recipients as the service allows";
  return { severity: "ok", what: `policy "${name}" lets ${address} send to ${most} a day` };
}
