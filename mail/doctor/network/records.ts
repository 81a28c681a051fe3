import { parseDmarc } from "../../dns/dmarc/record.ts";
import { missingProblem, unsignedProblem } from "../../dns/missing.ts";
import type { NeededRecord } from "../../dns/records.ts";
import type { SendingDomain } from "../../dns/sendingDomain.ts";
import { listed } from "../../naming.ts";
import type { Problem } from "../../problem.ts";
import { type Finding, findingOf } from "../finding.ts";

/** A record that a domain needs, as one server shows it. */
export interface SeenRecord extends Pick<NeededRecord, "purpose" | "name" | "type"> {
  /** What it has to say; empty while that is not known. */
  readonly content: string;
  readonly state: "published" | "missing" | "differs" | "unknown" | "inherited";
  readonly found: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The key records at the target of a DKIM CNAME that is published. */
  readonly keys?: readonly string[];
}

/** A domain's records as one server shows them. */
export interface DomainView {
  /** `1.1.1.1`, or `its own name servers`. */
  readonly server: string;
  readonly records: readonly SeenRecord[] | { readonly failed: string };
}

interface Looked extends DomainView {
  readonly records: readonly SeenRecord[];
}

/** Whose records they are. */
export interface LookedAtDomain extends Pick<SendingDomain, "name" | "unmanaged"> {
  readonly host: SendingDomain["dns"]["host"];
  /** The stack's name. */
  readonly stack: string;
  /** Whether an `up` has published what the stack publishes. */
  readonly isUp: boolean;
}

type Purpose = NeededRecord["purpose"];

const NAMES: Readonly<Record<Purpose, string>> = {
  spf: "SPF",
  dkim: "DKIM",
  dmarc: "DMARC",
  mx: "MX",
  reports: "permission for DMARC reports",
  "mta-sts": "MTA-STS",
  "tls-rpt": "TLS reporting",
  "service-dkim": "DKIM of another service",
};

/** What it means for mail when receivers do not find it. */
const MEANS: Readonly<Record<Purpose, string>> = {
  spf: "SPF fails for the servers that it does not name, and receivers put the mail into junk or refuse it",
  dkim: "receivers do not find the key that Exchange signs with, so DKIM fails, and DMARC with it wherever mail is forwarded",
  dmarc:
    "anybody can send in the domain's name, and Gmail, Yahoo and Outlook.com refuse bulk mail of a domain without it",
  mx: "mail from the domain can't be answered, and Exchange sends it through its high-risk pool",
  reports: "receivers send no DMARC reports to that address (RFC 9990 section 4)",
  "mta-sts": "senders to the domain do not look for its policy",
  "tls-rpt": "nobody reports mail that could not be sent to the domain over TLS",
  "service-dkim":
    "receivers do not find the key that the service signs with, so its mail fails DKIM, and DMARC where SPF is not aligned",
};

const WORKS = "mail is not affected, but the record protects less than it could";

/** Without these, mail fails; without others, less is known or protected. */
const DECISIVE: readonly Purpose[] = ["spf", "dkim", "dmarc", "service-dkim"];

/**
 * Judges a domain's records as the world sees them: at its own name servers, where a change shows first, and at resolvers that
 * receivers ask, which keep an older answer until its TTL is over.
 *
 * @param views that of the domain's own name servers first
 */
export function judgeRecords(domain: LookedAtDomain, views: readonly DomainView[]): Finding[] {
  const seen = views.filter((view): view is Looked => Array.isArray(view.records));
  const [base, ...others] = seen;
  const unanswered = judgeUnanswered(domain, views, base?.server === views[0]?.server);
  if (base === undefined) return unanswered;
  const wrong = base.records.flatMap((record) => judgeRecord(domain, record, base.server));
  const findings = [
    ...wrong,
    ...withoutKeys(domain, base.records),
    ...restsOnOne(domain, base.records),
    ...unanswered,
    ...base.records.flatMap((record) => differences(record, base.server, others)),
  ];
  return [...findings, ...sound(domain, base, others)];
}

function judgeRecord(domain: LookedAtDomain, record: SeenRecord, server: string): Finding[] {
  const { purpose, name, type, content, state, found, problems, warnings } = record;
  const about = { why: MEANS[purpose], resource: `${type} ${name}` };
  const rules = [
    ...problems.map((problem) => findingOf(problem, "error", about)),
    ...warnings.map((problem) => findingOf(problem, "warning", { ...about, why: WORKS })),
  ];
  if (problems.length > 0 || !domain.isUp || state === "published" || state === "inherited") {
    return rules;
  }
  if (state === "unknown") {
    const what = `what ${type} ${name} should say is not known`;
    const fix = `run npm run pulumi -- up --stack ${domain.stack}, which reads it from Exchange`;
    return [...rules, { severity: "unknown", what, fix, ...about }];
  }
  const severity = DECISIVE.includes(purpose) ? "error" : "warning";
  const there = state === "missing" ? `there is none` : `it says ${found.map(quoted).join(", ")}`;
  const what = `${NAMES[purpose]} of ${domain.name}: ${type} ${name} should say ${quoted(content)}, but ${there} at ${server}`;
  const fix = publishing(domain, record);
  return [...rules, { severity, what, fix, ...about }];
}

/** How the record gets there. The stack publishes an MX record for a name below the zone's alone. */
function publishing(
  { host, stack }: LookedAtDomain,
  { purpose, name, type, content }: SeenRecord,
): string {
  const record = `${type} ${name} ${quoted(content)}`;
  if (host !== "cloudflare") {
    return `publish ${record}; npm run dns -- --stack ${stack} --format zone prints the line`;
  }
  const up = `npm run pulumi -- up --refresh --stack ${stack}`;
  return purpose === "mx"
    ? `publish ${record} in the zone, or run ${up} if ${name} is a name below the zone's`
    : `publish it with ${up}`;
}

const quoted = (text: string): string => `"${text}"`;

/** Exchange shows the second key only once keys are rotated, so one is enough. */
function withoutKeys({ name, isUp }: LookedAtDomain, records: readonly SeenRecord[]): Finding[] {
  const selectors = records.filter(({ keys }) => keys !== undefined);
  const isKeyless = selectors.length > 0 && selectors.every(({ keys }) => keys?.length === 0);
  if (!isKeyless || !isUp) return [];
  return [
    {
      severity: "error",
      what: `DKIM of ${name}: there is no key at ${selectors.map(({ content }) => content).join(" and ")}`,
      why: MEANS.dkim,
      fix: `if DKIM was just turned on, wait a few minutes; else run Rotate-DkimSigningConfig -KeySize 2048 -Identity ${name}, which creates new keys`,
      resource: `DKIM signing configuration of ${name}`,
    },
  ];
}

/** A policy that acts on mail needs two mechanisms that can pass: forwarding breaks SPF, and a changed body DKIM. */
function restsOnOne(domain: LookedAtDomain, records: readonly SeenRecord[]): Finding[] {
  const dmarc = records.find(({ purpose, state }) => purpose === "dmarc" && state === "published");
  const policy = dmarc && parseDmarc(dmarc.content).policy;
  if (dmarc === undefined || policy === undefined || policy === "none") return [];
  const left = (["spf", "dkim"] as const).filter((part) => domain.unmanaged.includes(part));
  const [alone] = left;
  if (alone === undefined || left.length > 1) return [];
  const problem =
    alone === "dkim" ? unsignedProblem(domain.name) : missingProblem(domain.name, "SPF");
  return [
    findingOf(problem, "warning", {
      why: `p=${policy} applies to each message for which neither SPF nor DKIM passes; SPF fails where mail is forwarded, and DKIM where a message is changed`,
      resource: `${dmarc.type} ${dmarc.name}`,
    }),
  ];
}

/** Servers that did not answer. A resolver that checks DNSSEC says SERVFAIL where the name servers themselves answer. */
function judgeUnanswered(
  { name }: LookedAtDomain,
  views: readonly DomainView[],
  isAnswered: boolean,
): Finding[] {
  return views.flatMap(({ server, records }, index): Finding[] => {
    if (!("failed" in records)) return [];
    const resource = `zone of ${name}`;
    if (index > 0 && isAnswered && records.failed.includes("SERVFAIL")) {
      return [
        {
          severity: "error",
          what: `${server} can't resolve names of ${name} (${records.failed}), though its own name servers answer`,
          why: "receivers that ask a resolver which checks DNSSEC find neither SPF nor DKIM nor DMARC, and defer or refuse the mail",
          fix: `compare the DS record of ${name} at its registrar with the keys of its zone, and remove the DS record if the zone is not signed; else correct the delegation`,
          resource,
        },
      ];
    }
    return [
      {
        severity: "unknown",
        what: `${server} did not answer for ${name}: ${records.failed}`,
        why: "what receivers see there is not known",
        fix:
          index === 0
            ? "check this machine's DNS server, or name another one in M365_SMTP_RELAY_DNS_SERVER"
            : "let this machine ask it (UDP and TCP, port 53), or name other resolvers in M365_SMTP_RELAY_PUBLIC_RESOLVERS",
        resource,
      },
    ];
  });
}

/** Where a resolver shows something else than the domain's own name servers. */
function differences(record: SeenRecord, server: string, others: readonly Looked[]): Finding[] {
  const there = said(record.found);
  const other = others.flatMap((view) => {
    const theirs = view.records.find(
      ({ name, type, purpose }) =>
        name === record.name && type === record.type && purpose === record.purpose,
    );
    return theirs === undefined || said(theirs.found) === there
      ? []
      : [{ server: view.server, found: said(theirs.found) }];
  });
  return [...Map.groupBy(other, ({ found }) => found)].flatMap(([found, same]): Finding[] => {
    const servers = listed(same.map((one) => one.server));
    return [
      {
        severity: "warning",
        what: `${record.type} ${record.name}: ${found} at ${servers}, but ${there} at ${server}`,
        why: "the record was changed a short time ago: receivers may see the older one until its TTL is over (300 s for a record of the stack, and as long as the zone's SOA record says where there was none)",
        fix: "wait, and run npm run doctor -- --stack NAME again; if the difference stays, the zone's name servers do not all serve the same zone",
        resource: `${record.type} ${record.name}`,
      },
    ];
  });
}

const said = (found: readonly string[]): string =>
  found.length === 0 ? "none" : found.map(quoted).toSorted().join(", ");

/** What is as it should be, at every server that answered. */
function sound(domain: LookedAtDomain, base: Looked, others: readonly Looked[]): Finding[] {
  const isSound = ({ state, problems }: SeenRecord) =>
    (state === "published" || state === "inherited") && problems.length === 0;
  const records = base.records.filter(
    (record) => isSound(record) && differences(record, base.server, others).length === 0,
  );
  const purposes = [...new Set(records.map(({ purpose }) => purpose))].filter((purpose) =>
    base.records.every((record) => record.purpose !== purpose || records.includes(record)),
  );
  const servers = [base, ...others].map(({ server }) => server).join(", ");
  const parts = purposes.map((purpose) => NAMES[purpose]).join(", ");
  const later = base.records.filter((record) => !isSound(record) && record.problems.length === 0);
  const yet =
    later.length === 0 || domain.isUp
      ? ""
      : `; not published yet: ${listed(later.map(({ type, name }) => `${type} ${name}`))}`;
  if (purposes.length === 0 && yet === "") return [];
  const what =
    purposes.length === 0
      ? "nothing is wrong with its records"
      : `${parts} ${purposes.length === 1 ? "is" : "are"} correct`;
  return [{ severity: "ok", what: `${domain.name}: ${what} at ${servers}${yet}` }];
}
