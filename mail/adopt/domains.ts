import { dmarcName, isDmarcRecord, planDmarc } from "../dns/dmarc/plan.ts";
import { takesReplies } from "../dns/receiving.ts";
import type { DnsRecord, Resolve } from "../dns/record.ts";
import type { SendingDomain } from "../dns/sendingDomain.ts";
import { planSpf } from "../dns/spf/plan.ts";
import { unquoteTxt } from "../dns/txt.ts";
import { type Problem, sentence } from "../problem.ts";
import type { FoundDomain } from "./found.ts";

type Part = SendingDomain["unmanaged"][number];

/** A domain of the stack file, with what its owner should know. */
export interface AdoptedDomain {
  readonly name: string;
  /** Whether its records are at Cloudflare, where the stack may write them. */
  readonly isAtCloudflare: boolean;
  /** Whether its signing and its CNAMEs are as the stack wants them. */
  readonly isSigned: boolean;
  readonly adoptDmarc: boolean;
  readonly unmanaged: readonly Part[];
  /** What is not as a stack would have it, a sentence each without a full stop. */
  readonly notes: readonly string[];
}

/** A domain, and what the stack would have its records say. */
export interface DomainWish {
  readonly domain: FoundDomain;
  /** Terms that its SPF record has to hold for the adopted senders. */
  readonly spfTerms: readonly string[];
  /** Whether the DMARC record that the stack keeps of a domain above covers it. */
  readonly isCovered: boolean;
  /** `project/stack` */
  readonly owner: string;
}

/** What a part of a domain would become; undefined where it is so already. */
interface Change {
  readonly part: Part;
  readonly note: string;
}

/**
 * A domain as a stack can have it without writing anything: each part that is not as the stack would have it is left
 * unmanaged, with a note that says what would change.
 */
export async function judgeDomain(wish: DomainWish, resolve: Resolve): Promise<AdoptedDomain> {
  const { domain, isCovered } = wish;
  const { name, zone, records } = domain;
  const [spf, dmarc] = [await judgeSpf(wish, resolve), await judgeDmarc(wish, resolve)];
  const dkim = judgeDkim(domain);
  const isAtCloudflare = zone !== undefined;
  const own = isAtCloudflare ? [spf, isCovered ? undefined : dmarc, judgeMx(domain)] : [];
  const changes = [...own, dkim].filter((change) => change !== undefined);
  const elsewhere = isAtCloudflare ? [] : [spf, dmarc].filter((change) => change !== undefined);
  return {
    name,
    isAtCloudflare,
    isSigned: dkim === undefined,
    adoptDmarc:
      isAtCloudflare &&
      !isCovered &&
      dmarc === undefined &&
      records.some((one) => one.name === dmarcName(name) && isDmarcRecord(one)),
    unmanaged: PARTS.filter((part) => changes.some((change) => change.part === part)),
    notes: [...changes, ...elsewhere].map(({ note }) => note),
  };
}

const PARTS: readonly Part[] = ["spf", "dkim", "dmarc", "mx"];

async function judgeSpf(
  { domain: { name, records }, spfTerms: terms, owner }: DomainWish,
  resolve: Resolve,
): Promise<Change | undefined> {
  const { found, text, problems } = await planSpf({ owner, domain: name, terms }, records, resolve);
  return change("spf", `SPF of ${name}`, found, text, problems);
}

async function judgeDmarc(
  { domain: { name, records }, owner }: DomainWish,
  resolve: Resolve,
): Promise<Change | undefined> {
  const request = { owner, domain: name, rua: [], adopt: true };
  const { found, text, problems } = await planDmarc(request, records, resolve);
  return change("dmarc", `DMARC of ${name}`, found, text, problems);
}

/** What a stack would make of a TXT record. */
function change(
  part: "spf" | "dmarc",
  key: string,
  found: DnsRecord | undefined,
  text: string,
  problems: readonly Problem[],
): Change | undefined {
  if (problems.length > 0) return { part, note: problems.map(sentence).join("; ") };
  const now = found === undefined ? "" : unquoteTxt(found.content);
  if (now === text) return undefined;
  return { part, note: `${key} is ${now === "" ? "no record" : now}, and would be ${text}` };
}

/** A sending subdomain to which no reply is possible gets an MX record. */
function judgeMx({ name, zone, records }: FoundDomain): Change | undefined {
  if (zone === undefined || zone.name === name) return undefined;
  if (takesReplies(records.filter((one) => one.name === name))) return undefined;
  return {
    part: "mx",
    note: `MX of ${name} is no record, and would be one that leads to Exchange, so that its mail can be answered`,
  };
}

function judgeDkim({ name, dkim }: FoundDomain): Change | undefined {
  const signs = "Exchange signs its mail with the onmicrosoft.com domain";
  if (dkim === undefined || !dkim.hasKeys) {
    return { part: "dkim", note: `DKIM of ${name} is not set up, so that ${signs}` };
  }
  if (!dkim.enabled) return { part: "dkim", note: `DKIM of ${name} is off, so that ${signs}` };
  return dkim.missing === "" ? undefined : { part: "dkim", note: dkim.missing };
}
