import type { Config } from "../../config/read.ts";
import { dkimKeyProblems } from "../../mail/dns/dkim/key.ts";
import { selectorName } from "../../mail/dns/dkim/selector.ts";
import { planDmarc } from "../../mail/dns/dmarc/plan.ts";
import {
  type KnownZone,
  nameExists,
  placementProblems,
  takenProblems,
} from "../../mail/dns/placement.ts";
import { isPublished, recordsFor } from "../../mail/dns/published.ts";
import { nullMxWarning, REPLY_TYPES, takesReplies } from "../../mail/dns/receiving.ts";
import type { DnsRecord, RecordType, Resolve } from "../../mail/dns/record.ts";
import { type NeededRecord, recordsOf } from "../../mail/dns/records.ts";
import type { SendingDomain } from "../../mail/dns/sendingDomain.ts";
import { domainTerms } from "../../mail/dns/spf/domainTerms.ts";
import { planSpf } from "../../mail/dns/spf/plan.ts";
import { tlsRecordProblems } from "../../mail/dns/tlsRecords.ts";
import { quoteTxt } from "../../mail/dns/txt.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import type { KnownDomain } from "../stack/config.ts";
import { knownZoneOf, UnansweredError } from "./knownZone.ts";

/** A record that a domain needs, and whether it is there. */
export interface Publication extends DnsRecord {
  readonly domain: string;
  readonly type: NeededRecord["type"];
  /** Of a TXT record its text; empty while Exchange alone knows the content. */
  readonly content: string;
  /** `inherited` where the parent's record does. */
  readonly state: "published" | "missing" | "differs" | "unknown" | "inherited";
  /** The records that exist at the name. */
  readonly found: readonly string[];
  /** What a subdomain's DMARC record takes from the one that covered the subdomain so far. */
  readonly inherits?: string;
  /** What is wrong with the existing records, or keeps this one from being found. */
  readonly problems: readonly string[];
  /** What else its owner should know. */
  readonly warnings: readonly string[];
}

/** The same with its problems as rules say them. */
export interface JudgedPublication
  extends Omit<Publication, "problems" | "warnings">,
    Pick<NeededRecord, "purpose"> {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The key records at the target of a DKIM CNAME that is published. */
  readonly keys?: readonly string[];
}

/**
 * Everything that a domain needs in DNS, beside what it has.
 *
 * @param outputs what the stack knows of it; nothing before the first `up`
 */
export async function publicationsOf(
  domain: SendingDomain,
  config: Config,
  outputs: KnownDomain | undefined,
  resolve: Resolve,
): Promise<Publication[]> {
  const judged = await judgedPublicationsOf(domain, config, outputs, resolve);
  return judged.map(({ purpose: _, keys: __, problems, warnings, ...publication }) => ({
    ...publication,
    problems: problems.map(sentence),
    warnings: warnings.map(sentence),
  }));
}

/** The same with its problems as rules say them. */
export async function judgedPublicationsOf(
  domain: SendingDomain,
  config: Config,
  outputs: KnownDomain | undefined,
  resolve: Resolve,
): Promise<JudgedPublication[]> {
  const targetOf = (selector: string) => {
    const name = selectorName(selector, domain.name);
    return outputs?.dkim.find((target) => target.name === name)?.content ?? "";
  };
  const needed = recordsOf(domain, {
    dkimTargets: [targetOf("selector1"), targetOf("selector2")],
    mxHost: outputs?.mxHost ?? "",
    zones: [],
  });
  const zone = await knownZoneOf(domain.name, resolve);
  // The domain's records end what a wildcard serves in its place.
  const replies =
    nameExists(domain.name, zone) &&
    (await mayReply(resolve, domain.name)) &&
    !(await isAnsweredByOurs(resolve, domain.name, outputs));
  return Promise.all(
    needed
      .filter(({ purpose }) => purpose !== "mx" || !replies)
      .map((record) => publicationOf(record, domain, config, { zone, resolve })),
  );
}

async function publicationOf(
  record: NeededRecord,
  domain: SendingDomain,
  config: Config,
  { zone, resolve }: { readonly zone: KnownZone; readonly resolve: Resolve },
): Promise<JudgedPublication> {
  const { name, type, content = "", purpose } = record;
  // What a wildcard serves at the domain's name is no record there, and ends with the first one.
  const isWild = !nameExists(domain.name, zone);
  const existing = isWild && purpose === "mx" ? [] : await recordsAt(resolve, name, type);
  const publication = (
    text: string,
    found: readonly string[],
    problems: readonly Problem[] = [],
    warnings: readonly Problem[] = [],
  ): JudgedPublication => ({
    domain: domain.name,
    purpose,
    name,
    type,
    content: text,
    state: stateOf(purpose, text, found),
    found,
    problems,
    warnings,
  });
  /** Records of another type at the name, beside which this one can't stand. What a wildcard serves there is none. */
  const inTheWay = async (): Promise<DnsRecord[]> => {
    const other = type === "CNAME" ? "TXT" : "CNAME";
    const contents = await recordsAt(resolve, name, other);
    const wild = await recordsAt(resolve, name.replace(/^[^.]*/, "*"), other);
    return contents
      .filter((found) => !wild.includes(found))
      .map((found) => ({ name, type: other, content: found }));
  };
  switch (purpose) {
    case "spf": {
      const terms = domainTerms(domain, config);
      const request = { owner: "", domain: domain.name, terms };
      const served = await planSpf(request, asTxt(name, existing), resolve);
      const isThere = isPublished(purpose, served.text, existing);
      const there = isWild && !isThere ? [] : existing;
      const plan = there === existing ? served : await planSpf(request, [], resolve);
      const place = { domain: domain.name, overrideWildcard: domain.dns.overrideWildcard === true };
      const misplaced = isThere ? [] : placementProblems(place, [record], zone);
      const nullMx = nullMxWarning(name, isWild ? [] : await recordsAt(resolve, name, "MX"));
      const warnings = [...plan.warnings, ...(nullMx === undefined ? [] : [nullMx])];
      const found = plan.problems.length > 0 ? there : recordsFor(purpose, there);
      return publication(plan.text, found, [...plan.problems, ...misplaced], warnings);
    }
    case "dmarc": {
      const request = { ...domain.dmarc, adopt: true, owner: "", domain: domain.name };
      const texts = asTxt(name, existing);
      const followed = await planDmarc(request, texts, resolve);
      const plan = isPublished(purpose, followed.text, existing)
        ? followed
        : await planDmarc(request, [...(await inTheWay()), ...texts], resolve);
      const { inherits } = plan;
      const planned = {
        ...publication(plan.text, existing, plan.problems, plan.warnings),
        ...(inherits === "" ? {} : { inherits }),
      };
      const isInherited = plan.text === "" && plan.problems.length === 0;
      return isInherited ? { ...planned, state: "inherited" } : planned;
    }
    case "dkim": {
      const cname = publication(content, existing);
      if (cname.state !== "published") {
        const isOurs = domain.dkim.records === "publish";
        const taken = isOurs ? takenProblems(NOBODY, record, await inTheWay()) : [];
        return publication(content, existing, taken);
      }
      const keys = await recordsAt(resolve, content, "TXT");
      const problems = keys.flatMap((key) => dkimKeyProblems(`key of ${name}`, key));
      return { ...publication(content, existing, problems), keys };
    }
    default: {
      const isTls = purpose === "mta-sts" || purpose === "tls-rpt";
      const broken = isTls ? tlsRecordProblems(purpose, name, existing) : [];
      const found = publication(content, existing, broken);
      if (found.state === "published" || broken.length > 0) return found;
      return publication(content, existing, takenProblems(NOBODY, record, await inTheWay()));
    }
  }
}

/** Public DNS does not say whose a record is. */
const NOBODY = { owner: "" };

async function mayReply(resolve: Resolve, domain: string): Promise<boolean> {
  for (const type of REPLY_TYPES) {
    if (takesReplies((await recordsAt(resolve, domain, type)).map(() => ({ type })))) return true;
  }
  return false;
}

/** Whether a domain that is no zone of its own is answered by the MX record that it needs, and by that alone. */
async function isAnsweredByOurs(
  resolve: Resolve,
  domain: string,
  outputs: KnownDomain | undefined,
): Promise<boolean> {
  if (outputs === undefined || (await resolve(domain, "NS")).status === "found") return false;
  const hosts = await recordsAt(resolve, domain, "MX");
  return hosts.length === 1 && hosts[0] === outputs.mxHost;
}

function stateOf(
  purpose: NeededRecord["purpose"],
  content: string,
  found: readonly string[],
): Publication["state"] {
  if (content === "") return "unknown";
  if (isPublished(purpose, content, found)) return "published";
  return recordsFor(purpose, found).length === 0 ? "missing" : "differs";
}

async function recordsAt(
  resolve: Resolve,
  name: string,
  type: RecordType,
): Promise<readonly string[]> {
  const answer = await resolve(name, type);
  if (answer.status === "failed") throw new UnansweredError(answer.why);
  return answer.status === "found" ? answer.records : [];
}

const asTxt = (name: string, texts: readonly string[]): DnsRecord[] =>
  texts.map((text) => ({ type: "TXT", name, content: quoteTxt(text) }));
