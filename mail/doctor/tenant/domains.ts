// Whether the tenant and Exchange take the domains that senders send from, and the names of their certificates.
import type { ConnectorChoice } from "../../senders/choose.ts";
import { certificateNotAccepted, domainNotAccepted } from "../../senders/domain.ts";
import type { Finding } from "../finding.ts";

/** A domain of the tenant, as Entra has it. */
export interface EntraDomain {
  readonly id: string;
  readonly isVerified: boolean;
}

/** A domain that Exchange accepts. */
export interface AcceptedDomain {
  readonly name: string;
  /** `Authoritative`, `InternalRelay` or `ExternalRelay`. */
  readonly type: string;
  /** Whether an administrator forbade to send from it. */
  readonly isSendingDisabled: boolean;
  readonly isPendingRemoval: boolean;
}

const REFUSED =
  "Exchange accepts no mail from it for the tenant: mail through a connector is refused with 550 5.7.64, and no mailbox can have an address in it";

/**
 * Whether a domain of the stack file is the tenant's, and whether Exchange accepts it.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/manage-accepted-domains/manage-accepted-domains
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-accepteddomain (SendingFromDomainDisabled)
 */
export function judgeDomain(
  name: string,
  entra: readonly EntraDomain[],
  accepted: readonly AcceptedDomain[],
): Finding[] {
  const bad = (what: string, why: string, fix: string): Finding[] => [
    { severity: "error", what, why, fix, resource: `accepted domain ${name}` },
  ];
  const known = entra.find(({ id }) => id.toLowerCase() === name);
  if (known === undefined) {
    const verified = entra.filter(({ isVerified }) => isVerified).map(({ id }) => id.toLowerCase());
    const problem = domainNotAccepted("domains", name, verified);
    return bad(`${name} ${problem?.rule}`, REFUSED, problem?.fix ?? "");
  }
  if (!known.isVerified) {
    return bad(
      `${name} is added to the tenant, but not verified`,
      REFUSED,
      "verify it in the Microsoft 365 admin centre, Settings > Domains, with the TXT record that it shows",
    );
  }
  const own = accepted.find((one) => one.name.toLowerCase() === name);
  if (own === undefined) {
    return bad(
      `${name} is verified, but is not an accepted domain in Exchange`,
      REFUSED,
      "choose Exchange and Exchange Online Protection for it in the Microsoft 365 admin centre, Settings > Domains > Manage DNS; if it was just added, wait some minutes",
    );
  }
  if (own.isPendingRemoval) {
    return bad(
      `${name} is about to be removed from Exchange (PendingRemoval)`,
      "once it is removed, Exchange accepts no mail from it for the tenant",
      "add it again in the Microsoft 365 admin centre, Settings > Domains, or remove it from the stack file",
    );
  }
  if (own.isSendingDisabled) {
    return bad(
      `sending from ${name} is disabled (SendingFromDomainDisabled is true)`,
      "Exchange refuses mail of every sender with an address in it",
      `run Set-AcceptedDomain -Identity ${name} -SendingFromDomainDisabled $false`,
    );
  }
  if (own.type === "ExternalRelay") {
    return [
      {
        severity: "warning",
        what: `${name} is accepted as ${own.type}`,
        why: "Exchange passes mail to it on to a server outside, also the senders' mail to people in the organisation",
        fix: `run Set-AcceptedDomain -Identity ${name} -DomainType Authoritative if all its mailboxes are in this tenant, or InternalRelay if some are elsewhere`,
        resource: `accepted domain ${name}`,
      },
    ];
  }
  const meaning =
    own.type === "InternalRelay"
      ? "InternalRelay: mail to addresses that the tenant does not have is passed on"
      : "Authoritative: mail to addresses that the tenant does not have is refused";
  return [{ severity: "ok", what: `${name} is verified and accepted (${meaning})` }];
}

/** Whether the certificate of a sender's server is for a name in an accepted domain, without which Exchange knows nobody by it. */
export function judgeCertificateName(
  { sender, match }: ConnectorChoice,
  accepted: readonly string[],
): Finding[] {
  if (match.by !== "certificate") return [];
  const { certificateName } = match;
  const problem = certificateNotAccepted("certificateName", certificateName, accepted);
  if (problem === undefined) {
    return [{ severity: "ok", what: `${certificateName} of ${sender} is in an accepted domain` }];
  }
  return [
    {
      severity: "error",
      what: `certificateName "${certificateName}" of ${sender} ${problem.rule}`,
      why: "Exchange does not attribute mail with this certificate to the tenant: it refuses the mail with 550 5.7.64, or attributes it to another tenant",
      fix: problem.fix,
      resource: `sender ${sender}: certificateName`,
    },
  ];
}
