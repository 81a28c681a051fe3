// What the survey checks of domains and senders, as plain values.
import type { Environment } from "../mail/clouds.ts";
import { zoneOf } from "../mail/dns/record.ts";
import { placedRecords } from "../mail/dns/records.ts";
import { coveredByParent, type SendingDomain } from "../mail/dns/sendingDomain.ts";
import { domainTerms } from "../mail/dns/spf/domainTerms.ts";
import { ownerOfSender } from "../mail/ownership.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import type { SubmitterChoice } from "../mail/senders/choose.ts";
import { declaredCredentials } from "../mail/senders/movedCredentials.ts";
import type { Sender } from "../mail/senders/sender.ts";
import type { SurveyedMailbox } from "../providers/exchange/mailboxProblems.ts";
import type { Surveyed } from "../providers/surveyInputs.ts";
import type { Zone } from "./cloudflareZones.ts";

interface Relay {
  readonly environment: Environment;
  readonly senders: readonly Sender[];
  readonly domains: readonly SendingDomain[];
}

/** What a domain's records depend on. */
export const recordNeeds = (domain: SendingDomain, relay: Relay) => ({
  domain,
  spfTerms: domainTerms(domain, relay),
  coveredByParent: coveredByParent(domain, relay.domains),
});

/** What the survey checks of a domain, as plain values. */
export function surveyedDomain(
  { domain, spfTerms, coveredByParent: covered }: ReturnType<typeof recordNeeds>,
  zones: readonly Zone[],
) {
  const { name, dns, dmarc, unmanaged, mtaSts, tlsRpt } = domain;
  const zoneId = dns.host === "cloudflare" ? zoneOf(name, zones)?.id : undefined;
  return {
    domain: name,
    ...(zoneId === undefined ? {} : { zoneId }),
    spfTerms,
    ...(covered ? {} : { dmarc }),
    ...(unmanaged.length === 0 ? {} : { unmanaged }),
    records: placedRecords(domain, zones, covered),
    overrideWildcard: dns.overrideWildcard === true,
    receives: mtaSts !== undefined || tlsRpt !== undefined,
  };
}

/**
 * What the survey checks of a sender's mailbox.
 *
 * @param owner `project/stack`
 * @param name the mailbox's Name in Exchange, if the stack creates it
 */
export function surveyedMailbox(
  { sender, mailbox, credential }: SubmitterChoice,
  { owner, name, access }: { owner: string; name: string; access: ApplicationAccess },
): SurveyedMailbox {
  const { address, adopt, sendAs, license, recipientsPerDay } = mailbox;
  return {
    owner: ownerOfSender(owner, sender),
    address,
    name,
    kind: credential.by === "password" ? "user" : "shared",
    ...(adopt && { adopt }),
    mayAdopt: credential.by !== "password" && license === undefined,
    sendAs,
    byRole: access === "rbac" && credential.by !== "password" && credential.by !== "adoptedApp",
    ...(license === undefined ? {} : { license }),
    ...(credential.by === "secret" && { hasSecret: true }),
    ...(credential.by === "adoptedApp" && {
      adoptApplication: credential.clientId,
      ...(recipientsPerDay !== undefined && { isLimited: true }),
    }),
  };
}

/** What the survey checks of what the apps of senders have. */
export function surveyedCredentials(
  submitting: readonly SubmitterChoice[],
): Pick<Surveyed, "credentials"> {
  const declared = submitting
    .map(({ sender, credential }) => [sender, declaredCredentials(credential)] as const)
    .filter(([, credentials]) => Object.keys(credentials).length > 0);
  return declared.length === 0 ? {} : { credentials: Object.fromEntries(declared) };
}
