import {
  noContactProblem,
  noFederalReportsProblem,
  notRejectProblem,
} from "../dns/dmarc/baseline.ts";
import { isDmarc } from "../dns/dmarc/record.ts";
import { stricterProblem, weakerProblem } from "../dns/dmarc/strength.ts";
import { missingProblem, unsignedProblem } from "../dns/missing.ts";
import { isSpf } from "../dns/spf/parse.ts";
import { neutralProblem, openToAllProblem, readTree, treeProblems } from "../dns/spf/problems.ts";
import { leastTree } from "../dns/spf/tree.ts";
import { unquoteTxt } from "../dns/txt.ts";
import type { Problem } from "../problem.ts";
import { type Properties, text, textsIn } from "../properties.ts";
import { isWithin } from "../senders/domain.ts";
import { BASELINE, found, type GuardedResource, type Guardrail } from "./guardrail.ts";

const RFC7208 = "https://www.rfc-editor.org/rfc/rfc7208";
const RFC9989 = "https://www.rfc-editor.org/rfc/rfc9989";

/** A record for mail as a resource has it. */
interface MailRecord {
  /** Begins messages: `SPF of contoso.com`. */
  readonly key: string;
  /** Empty where there is none. */
  readonly text: string;
}

/** The SPF records that a resource publishes: our kind, and TXT records of any provider of DNS. */
const spfOf = (resource: GuardedResource): MailRecord[] =>
  recordsOf(resource, "SpfRecord", "SPF", isSpf);

const dmarcOf = (resource: GuardedResource): MailRecord[] =>
  recordsOf(resource, "DmarcRecord", "DMARC", isDmarc);

function recordsOf(
  { kind, inputs }: GuardedResource,
  ours: string,
  what: string,
  isOne: (text: string) => boolean,
): MailRecord[] {
  if (kind === ours)
    return [{ key: `${what} of ${text(inputs.domain)}`, text: text(inputs.after) }];
  const key = `${what} of ${text(inputs.name).replace(/^_dmarc\.|\.$/g, "")}`;
  return txtIn(inputs)
    .filter(isOne)
    .map((one) => ({ key, text: one }));
}

/** The texts of a TXT record: `content` at Cloudflare, `records` at others. */
function txtIn({ type, content, records }: Properties): string[] {
  if (type !== "TXT") return [];
  return [text(content), ...textsIn(records)].map(unquoteTxt).filter((one) => one !== "");
}

/** A rule's problems with each record that it is for. */
const each =
  (recordsIn: (resource: GuardedResource) => MailRecord[], rule: RecordRule) =>
  (resource: GuardedResource): Problem[] =>
    recordsIn(resource)
      .filter((record) => record.text !== "")
      .flatMap((record) => found(rule(record.key, record.text)));

type RecordRule = (key: string, text: string) => Problem | undefined;

const spfOpen: Guardrail = {
  id: "spf-open",
  title: "SPF passes mail from everywhere (+all)",
  severity: "dangerous",
  source: `${RFC7208}#section-5.1`,
  scuba: ["MS.EXO.2.2v3"],
  judgeResource: each(spfOf, openToAllProblem),
};

const spfNeutral: Guardrail = {
  id: "spf-neutral",
  title: "SPF says nothing about mail from elsewhere (?all, or no all)",
  severity: "look",
  source: `${RFC7208}#section-8.2`,
  scuba: ["MS.EXO.2.2v3"],
  judgeResource: each(spfOf, neutralProblem),
};

const spfLookUps: Guardrail = {
  id: "spf-look-ups",
  title: "SPF needs more than 10 look-ups, or more than 2 of them find nothing",
  severity: "dangerous",
  source: `${RFC7208}#section-4.6.4`,
  judgeResource: (resource) => {
    // Only our kind has asked DNS; of other records the least is known that they cost.
    const tree = readTree(textsIn(resource.inputs.lookUps));
    return spfOf(resource).flatMap((record) =>
      treeProblems(record.key, tree ?? leastTree(record.key, record.text)),
    );
  },
};

/** The text before a change: what the last run left, or what was there before the stack. */
const beforeOf = ({ former, inputs }: GuardedResource): string =>
  text(former?.after) || text(inputs.before);

const dmarcWeaker: Guardrail = {
  id: "dmarc-weaker",
  title: "DMARC protects a domain less than before",
  severity: "dangerous",
  source: `${RFC9989}#section-4.7`,
  judgeResource: (resource) =>
    each(dmarcOf, (key, after) => weakerProblem(key, after, beforeOf(resource)))(resource),
};

const dmarcStage: Guardrail = {
  id: "dmarc-stage",
  title: "DMARC becomes stricter, and nothing proves that mail passes",
  severity: "look",
  source: "https://learn.microsoft.com/defender-office-365/email-authentication-dmarc-configure",
  judgeStack: (resources) =>
    resources
      .filter(isAboutToChange)
      .flatMap((resource) =>
        each(dmarcOf, (key, after) => stricterProblem(key, after, beforeOf(resource)))(resource),
      ),
};

/** Whether a record is not what the last run wrote, as far as the caller knows. */
const isAboutToChange = ({ kind, outputs, former }: GuardedResource): boolean =>
  kind === "DmarcRecord" && (former !== undefined || outputs?.written === undefined);

const dkimOff: Guardrail = {
  id: "dkim-off",
  title: "A sending domain's mail is not signed with the domain's own keys",
  severity: "dangerous",
  source: "https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure",
  scuba: ["MS.EXO.3.1v1"],
  judgeStack: (resources) => {
    const signed = domainsOf(resources, "DkimSigning");
    return domainsOf(resources, "AcceptedDomain")
      .filter((domain) => !signed.includes(domain))
      .map(unsignedProblem);
  },
};

const recordMissing: Guardrail = {
  id: "record-missing",
  title: "A domain has SPF without DMARC, or DMARC without SPF",
  severity: "look",
  source: BASELINE,
  scuba: ["MS.EXO.2.2v3", "MS.EXO.4.1v1"],
  judgeStack: (resources) => {
    const [spf, dmarc] = [domainsOf(resources, "SpfRecord"), domainsOf(resources, "DmarcRecord")];
    const isLeft = (domain: string, part: string) => unmanagedOf(resources, domain).includes(part);
    return [
      ...dmarc
        .filter((domain) => !spf.includes(domain) && !isLeft(domain, "spf"))
        .map((one) => missingProblem(one, "SPF")),
      // A record of a domain covers those below it.
      ...spf
        .filter((domain) => !dmarc.some((above) => isWithin(domain, above)))
        .filter((domain) => !isLeft(domain, "dmarc"))
        .map((one) => missingProblem(one, "DMARC")),
    ];
  },
};

/** What a stack leaves as it is of a domain, as its survey knows it. */
const unmanagedOf = (resources: readonly GuardedResource[], domain: string): readonly string[] =>
  resources
    .filter(({ kind }) => kind === "Survey")
    .flatMap(({ inputs }) => {
      const known = (inputs.domains ?? {}) as Readonly<Record<string, Properties>>;
      return textsIn(known[domain]?.unmanaged);
    });

const domainsOf = (resources: readonly GuardedResource[], kind: string): string[] =>
  resources.filter((one) => one.kind === kind).map(({ inputs }) => text(inputs.domain));

const BASELINE_OF_DMARC = { severity: "look", source: BASELINE, isOptIn: true } as const;

const dmarcReject: Guardrail = {
  id: "dmarc-reject",
  title: "DMARC's policy is not reject",
  ...BASELINE_OF_DMARC,
  scuba: ["MS.EXO.4.2v1"],
  judgeResource: each(dmarcOf, notRejectProblem),
};

const dmarcFederalReports: Guardrail = {
  id: "dmarc-federal-reports",
  title: "Aggregate reports of a federal agency do not go to CISA",
  ...BASELINE_OF_DMARC,
  scuba: ["MS.EXO.4.3v1"],
  judgeResource: each(dmarcOf, noFederalReportsProblem),
};

const dmarcContact: Guardrail = {
  id: "dmarc-contact",
  title: "DMARC names nobody for aggregate and failure reports",
  ...BASELINE_OF_DMARC,
  scuba: ["MS.EXO.4.4v1"],
  judgeResource: each(dmarcOf, noContactProblem),
};

export const DNS_GUARDRAILS: readonly Guardrail[] = [
  spfOpen,
  spfNeutral,
  spfLookUps,
  dmarcWeaker,
  dmarcStage,
  dkimOff,
  recordMissing,
  dmarcReject,
  dmarcFederalReports,
  dmarcContact,
];
