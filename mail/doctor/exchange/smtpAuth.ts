import type { SmtpAuthSwitch } from "../../senders/adoptedMailbox.ts";
import { stopInWords } from "../../stop/problems.ts";
import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";

/** What decides whether a mailbox may sign in to submit mail, and with what. */
export interface SmtpAuthLevels {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** The mailbox's own switch. */
  readonly own: SmtpAuthSwitch;
  /** Whether the organisation's switch is off; undefined where Exchange does not say. */
  readonly isOffForAll: boolean | undefined;
  /** The mailbox's text that `npm run stop` notes a stop in. */
  readonly note: string;
  /** Which policy judges its password; left out of a sender that has none. */
  readonly policy?: PasswordPolicy;
}

/** The authentication policy that judges a user's password. */
export interface PasswordPolicy {
  /** Empty for none. */
  readonly name: string;
  /** Whose it is. */
  readonly of: "the user" | "the organisation";
  /** Whether it lets a password sign in to SMTP; undefined where Exchange does not show it. */
  readonly allowsSmtp: boolean | undefined;
}

/**
 * Judges whether a mailbox may sign in to SMTP. The mailbox's switch wins over the organisation's; a policy judges passwords alone.
 *
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online
 */
export function judgeSmtpAuth(levels: SmtpAuthLevels): Finding[] {
  const { policy } = levels;
  return [
    judgeSwitch(levels),
    ...(policy === undefined ? [] : [judgePolicy(policy, levels.address)]),
  ];
}

function judgeSwitch({ owner, address, own, isOffForAll, note }: SmtpAuthLevels): Finding {
  const resource = `mailbox ${address}`;
  if (own === false) return { severity: "ok", what: `SMTP AUTH is on for ${address}` };
  if (own === null && isOffForAll === false) {
    return { severity: "ok", what: `SMTP AUTH is on for ${address}, by the organisation's switch` };
  }
  if (own === null && isOffForAll === undefined) {
    return {
      severity: "unknown",
      what: `whether SMTP AUTH is on for ${address} is not known: the mailbox leaves it to the organisation, and Get-TransportConfig does not show SmtpClientAuthenticationDisabled`,
      why: "where it is off, Exchange refuses the sign-in with 535 5.7.139",
      fix: REPAIR,
      resource,
    };
  }
  const stop = own === true ? stopInWords(note, owner) : undefined;
  const [because, level] =
    own === true
      ? ["SmtpClientAuthenticationDisabled of the mailbox is true", "Mailbox"]
      : [
          "the mailbox leaves it to the organisation, where SmtpClientAuthenticationDisabled is true",
          "Tenant",
        ];
  return {
    severity: "error",
    what: `SMTP AUTH is off for ${address}: ${stop === undefined ? because : `the sender ${stop.fact}`}`,
    why: `Exchange refuses the sign-in with 535 5.7.139 SmtpClientAuthentication is disabled for the ${level}`,
    fix: stop === undefined ? REPAIR : `run ${stop.start} when the sender may send again`,
    resource,
  };
}

/** Judges whether the policy of a user lets its password sign in. */
export function judgePolicy({ name, of, allowsSmtp }: PasswordPolicy, address: string): Finding {
  const resource = `user ${address}`;
  if (name === "") {
    return {
      severity: "warning",
      what: `user ${address} has no authentication policy, and neither has the organisation`,
      why: "Exchange accepts the sender's password for every protocol that still has basic authentication, and a policy that the organisation gets later may refuse it",
      fix: REPAIR,
      resource,
    };
  }
  const which = `authentication policy "${name}" of ${of}`;
  if (allowsSmtp === undefined) {
    return {
      severity: "unknown",
      what: `whether a password of ${address} may sign in is not known: Get-AuthenticationPolicy does not show ${which}`,
      why: "where AllowBasicAuthSmtp is false, Exchange refuses the sign-in with 535 5.7.139",
      fix: REPAIR,
      resource,
    };
  }
  if (allowsSmtp)
    return { severity: "ok", what: `${which} lets ${address} sign in with a password` };
  return {
    severity: "error",
    what: `${which} has AllowBasicAuthSmtp false, and applies to ${address}`,
    why: "Exchange refuses the sign-in with 535 5.7.139",
    fix: REPAIR,
    resource,
  };
}
