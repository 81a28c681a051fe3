import { BILLING_UNREAD, unpaid } from "../../exchange/billingPolicy.ts";
import { stopInWords } from "../../stop/problems.ts";
import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";
import { judgePolicy, type PasswordPolicy } from "./smtpAuth.ts";

/** The account of a sender that uses High Volume Email. */
export interface SenderAccount {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** As Exchange shows it; undefined where it returns none. */
  readonly seen: SeenAccount | undefined;
}

export interface SeenAccount {
  /** The text that `npm run stop` notes a stop in. */
  readonly note: string;
  readonly accountDisabled: boolean;
  /** What Get-HVEAccountBillingPolicy says. */
  readonly billingStatus: string;
  /** Object ids of the apps that may send as it. */
  readonly allowedApps: readonly string[];
  /** Which policy judges its password. */
  readonly policy: PasswordPolicy;
}

/**
 * Judges whether High Volume Email takes a sender's mail: its account is there, may sign in, and somebody pays for it.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365
 */
export function judgeAccount({ owner, address, seen }: SenderAccount): Finding[] {
  const resource = `HVE account ${address}`;
  if (seen === undefined) {
    return [
      {
        severity: "error",
        what: `the tenant has no ${resource}`,
        why: "High Volume Email refuses the sign-in with 535 5.7.3",
        fix: REPAIR,
        resource,
      },
    ];
  }
  const { note, accountDisabled, billingStatus, allowedApps, policy } = seen;
  const stop = stopInWords(note, owner);
  const blocked: Finding[] = accountDisabled
    ? [
        {
          severity: "error",
          what: `the sign-in of ${resource} is blocked${stop === undefined ? "" : `: the sender ${stop.fact}`}`,
          why: "High Volume Email refuses its password with 535 5.7.3",
          fix:
            stop === undefined
              ? "unblock it in the Microsoft 365 admin centre, Users > Active users"
              : `run ${stop.start} when the sender may send again`,
          resource,
        },
      ]
    : [];
  const apps: Finding[] =
    allowedApps.length === 0
      ? []
      : [
          {
            severity: "warning",
            what: `${allowedApps.join(", ")} may send as ${address} with a token`,
            why: "the stack lets no app send as it: its sender signs in with a password",
            fix: REPAIR,
            resource,
          },
        ];
  return [judgeBilling(resource, billingStatus), ...blocked, ...apps, judgePolicy(policy, address)];
}

function judgeBilling(resource: string, status: string): Finding {
  if (status === BILLING_UNREAD) {
    return {
      severity: "unknown",
      what: `who pays for ${resource} could not be read: Exchange itself may not read billing policies for this identity`,
      why: "without a valid billing policy, High Volume Email refuses its sign-in with 535 5.7.3",
      fix: "look at it in the Exchange admin centre, Mail flow > High Volume Email",
      resource,
    };
  }
  const why = unpaid(status);
  if (why === undefined) {
    return { severity: "ok", what: `${resource} is there, and its billing policy is valid` };
  }
  return {
    severity: "error",
    what: `nobody pays for ${resource}: ${why.what}`,
    why: "High Volume Email takes none of its mail, and refuses its sign-in with 535 5.7.3",
    fix: `${why.fix}, and run npm run pulumi -- up --refresh --stack NAME`,
    resource,
  };
}
