// What the survey checks of domains and senders, as plain values.
import type { Environment } from "../mail/clouds.ts";
import { zoneOf } from "../mail/dns/record.ts";
import { placedRecords } from "../mail/dns/records.ts";
import { coveredByParent, type SendingDomain } from "../mail/dns/sendingDomain.ts";
import { domainTerms } from "../mail/dns/spf/domainTerms.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import type {
  ConnectorChoice,
  DirectSendChoice,
  HighVolumeChoice,
  Submission,
  SubmitterChoice,
} from "../mail/senders/choose.ts";
import { declaredCredentials } from "../mail/senders/movedCredentials.ts";
import type { Sender } from "../mail/senders/sender.ts";
import {
  directSendSummary,
  elsewhereSummary,
  highVolumeSummary,
  relaySummary,
  type Summaries,
  submissionSummary,
  summariesOf,
} from "../mail/senders/summary.ts";
import type { SurveyedHveAccount } from "../providers/exchange/hveProblems.ts";
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

/** What a sender has in Entra and Exchange, if the stack creates it. */
interface SenderObject {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly objectName: string;
}

/** What the survey checks of a sender's mailbox. */
export function surveyedMailbox(
  { mailbox, credential }: SubmitterChoice,
  { owner, objectName, access }: SenderObject & { readonly access: ApplicationAccess },
): SurveyedMailbox {
  const { address, adopt, sendAs, license, recipientsPerDay } = mailbox;
  return {
    owner,
    address,
    name: objectName,
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

/** What the survey checks of a sender's account of High Volume Email. */
export const surveyedAccount = (
  { address, billingPolicyId }: HighVolumeChoice,
  { owner, objectName }: SenderObject,
): SurveyedHveAccount => ({
  ...{ owner, address, name: objectName },
  ...(billingPolicyId !== undefined && { billingPolicyId }),
});

/** Which senders the tenant has to take direct send of. */
export const surveyedDirectSend = (
  directSending: readonly DirectSendChoice[],
): Pick<Surveyed, "directSend"> =>
  directSending.length === 0
    ? {}
    : {
        directSend: Object.fromEntries(directSending.map(({ sender }) => [sender, true as const])),
      };

/** The line of each sender, which a preview shows where it changes. */
export const surveyedSenders = (
  senders: readonly Sender[],
  { submitting, directSending, highVolume, elsewhere }: Submission,
  relays: readonly {
    readonly choice: ConnectorChoice;
    readonly inputs: { readonly name: string };
    readonly maySendAs: string;
  }[],
): Summaries =>
  summariesOf(senders, [
    ...relays.map(
      ({ choice, inputs, maySendAs }) =>
        [choice.sender, relaySummary(choice, inputs.name, maySendAs)] as const,
    ),
    ...submitting.map((choice) => [choice.sender, submissionSummary(choice)] as const),
    ...directSending.map((choice) => [choice.sender, directSendSummary(choice)] as const),
    ...highVolume.map((choice) => [choice.sender, highVolumeSummary(choice)] as const),
    ...elsewhere.map((choice) => [choice.sender, elsewhereSummary(choice)] as const),
  ]);

/** What the survey checks of what the apps of senders have. */
export function surveyedCredentials(
  submitting: readonly SubmitterChoice[],
): Pick<Surveyed, "credentials"> {
  const declared = submitting
    .map(({ sender, credential }) => [sender, declaredCredentials(credential)] as const)
    .filter(([, credentials]) => Object.keys(credentials).length > 0);
  return declared.length === 0 ? {} : { credentials: Object.fromEntries(declared) };
}
