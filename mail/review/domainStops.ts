import { KINDS } from "../drift/kinds.ts";
import { type Change, FOR_GOOD, type Stop } from "./effects.ts";
import { changedIn, ofKinds, type PlannedResource } from "./preview.ts";
import { serviceStops } from "./serviceChanges.ts";

const RECORDS = ["SpfRecord", "DmarcRecord", "DnsRecord", "MxRecord"];
const UNSIGNED = "Exchange signs the mail with the onmicrosoft.com domain, which is not aligned";
const ELSEWHERE = "until the domain's DNS host publishes the same: do that first";

/** What the domains of a change lose. */
export function domainStops(change: Change): Stop[] {
  const { preview, belongs, domains } = change;
  const gone = ofKinds(changedIn(preview), "DkimSigning", ...RECORDS).flatMap((resource) => {
    const owner = belongs(resource);
    const isOfService = resource.before?.inputs.purpose === "service-dkim";
    return resource.operation === "delete" && owner !== undefined && "domain" in owner
      ? [{ who: owner.domain, resource, isOfService }]
      : [];
  });
  return [
    ...domains.removed.map((who) => {
      const lost = gone.filter((one) => one.who === who).map(({ resource }) => resource);
      return { who, what: removedDomain(lost), howLong: FOR_GOOD };
    }),
    ...gone
      .filter(({ who, isOfService }) => !isOfService && !domains.removed.includes(who))
      .map(({ who, resource }) => ({ who, ...lostRecord(resource) })),
    ...serviceStops(preview),
  ];
}

/** What the removal of a domain does: DNS that is hosted elsewhere stays, and so does signing that was on before. */
function removedDomain(lost: readonly PlannedResource[]): string {
  const records = lost.some(({ kind }) => RECORDS.includes(kind))
    ? "DNS records are removed, or restored as they were before the stack"
    : "DNS records at the domain's own host stay until somebody removes them";
  const isSigned = lost.some(
    ({ kind, before }) => kind === "DkimSigning" && before?.outputs.enabledBefore === true,
  );
  return `${records}; ${isSigned ? "DKIM signing stays on, as before the stack" : UNSIGNED}`;
}

/** What the loss of a record means, by what it is for. */
const PURPOSES: Readonly<Record<string, Omit<Stop, "who">>> = {
  dkim: {
    what: "DKIM keys are removed from the zone, so that receivers can't verify the signatures of the mail",
    howLong: ELSEWHERE,
    isDangerous: true,
  },
  "mta-sts": {
    what: "other organisations do not learn any more that mail to the domain has to come with TLS",
    howLong: FOR_GOOD,
  },
  "tls-rpt": { what: "nobody reports failures of TLS any more", howLong: FOR_GOOD },
  reports: { what: "DMARC reports to another domain are not sent any more", howLong: FOR_GOOD },
};

function lostRecord(resource: PlannedResource): Omit<Stop, "who"> {
  const { kind, name, before } = resource;
  const inputs = before?.inputs ?? {};
  const known = PURPOSES[String(inputs.purpose)];
  if (known !== undefined) return known;
  const { subject, gone = [] } = KINDS[kind] ?? { subject: () => name };
  return {
    what: `${subject(inputs, resource)} is removed: ${[gone].flat().join("; ")}`,
    howLong: ELSEWHERE,
    ...(kind !== "MxRecord" && { isDangerous: true as const }),
  };
}
