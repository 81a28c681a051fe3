import type { Config } from "../../config/read.ts";
import { dkimKeyProblems } from "../../mail/dns/dkim/key.ts";
import { selectorName } from "../../mail/dns/dkim/selector.ts";
import { dmarcName, planDmarc } from "../../mail/dns/dmarc/plan.ts";
import { reportAuthorizations } from "../../mail/dns/dmarc/reports.ts";
import { inboundRecords } from "../../mail/dns/receiving.ts";
import type { FoundRecord, RecordType, Resolve } from "../../mail/dns/record.ts";
import type { SendingDomain } from "../../mail/dns/sendingDomain.ts";
import { isSpf } from "../../mail/dns/spf/parse.ts";
import { planSpf } from "../../mail/dns/spf/plan.ts";
import { senderTerms } from "../../mail/dns/spf/senderTerms.ts";
import { quoteTxt } from "../../mail/dns/txt.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import type { KnownDomain } from "./stack.ts";

/** A record that a domain needs, and whether it is there. */
export interface Publication {
  readonly domain: string;
  readonly name: string;
  readonly type: "CNAME" | "MX" | "TXT";
  /** The record's text without quotes; empty while Exchange alone knows it. */
  readonly content: string;
  /** `inherited` where the parent's record does. */
  readonly state: "published" | "missing" | "differs" | "unknown" | "inherited";
  /** What stands there in its place. */
  readonly found: readonly string[];
  /** What is broken about what stands there. */
  readonly problems: readonly string[];
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
  const look = async (
    name: string,
    type: "CNAME" | "MX" | "TXT",
    content: string,
    problems: readonly Problem[] = [],
    isRival: (text: string) => boolean = () => true,
  ): Promise<Publication> => {
    const found = (await recordsAt(resolve, name, type)).filter(isRival);
    const state = stateOf(content, found);
    return {
      domain: domain.name,
      name,
      type,
      content,
      state,
      found,
      problems: problems.map(sentence),
    };
  };
  const selectors = ["selector1", "selector2"].map((selector) =>
    selectorName(selector, domain.name),
  );
  const contentOf = (name: string) =>
    outputs?.dkim.find((target) => target.name === name)?.content ?? "";
  const wish = { ...domain.dmarc, adopt: true, owner: "", domain: domain.name };
  const [spf, dmarc] = await Promise.all([
    planSpf(
      { owner: "", domain: domain.name, terms: senderTerms(domain.name, config) },
      await foundAt(resolve, domain.name),
      resolve,
    ),
    planDmarc(wish, await foundAt(resolve, dmarcName(domain.name)), resolve),
  ]);
  return Promise.all([
    look(domain.name, "TXT", spf.text, spf.problems, isSpf),
    ...selectors.map(async (name) => {
      const publication = await look(name, "CNAME", contentOf(name));
      if (publication.state !== "published") return publication;
      const keys = await recordsAt(resolve, publication.content, "TXT");
      const problems = keys.flatMap((key) =>
        dkimKeyProblems(`key of ${name}`, key, { bits: 2048 }),
      );
      return { ...publication, problems: problems.map(sentence) };
    }),
    look(dmarcName(domain.name), "TXT", dmarc.text, dmarc.problems).then((publication) =>
      dmarc.text === "" && dmarc.problems.length === 0
        ? { ...publication, state: "inherited" as const }
        : publication,
    ),
    ...((await isAnswered(resolve, domain.name))
      ? []
      : [look(domain.name, "MX", outputs?.mxHost ?? "")]),
    ...reportAuthorizations(domain.name, [{ name: "rua", value: domain.dmarc.rua.join() }]).map(
      ({ name, text }) => look(name, "TXT", text),
    ),
    ...inboundRecords(domain).map(({ name, text }) => look(name, "TXT", text)),
  ]);
}

/** Whether a domain can be answered: Exchange sends the mail of one that can't through its high-risk pool. */
async function isAnswered(resolve: Resolve, domain: string): Promise<boolean> {
  for (const type of ["MX", "A", "AAAA"] as const) {
    if ((await recordsAt(resolve, domain, type)).length > 0) return true;
  }
  return false;
}

function stateOf(content: string, found: readonly string[]): Publication["state"] {
  if (content === "") return "unknown";
  if (found.length === 0) return "missing";
  return found.length === 1 && found[0] === content ? "published" : "differs";
}

async function recordsAt(
  resolve: Resolve,
  name: string,
  type: RecordType,
): Promise<readonly string[]> {
  const answer = await resolve(name, type);
  if (answer.status === "failed") throw new Error(`DNS gave no answer: ${answer.why}`);
  return answer.status === "found" ? answer.records : [];
}

async function foundAt(resolve: Resolve, name: string): Promise<FoundRecord[]> {
  const texts = await recordsAt(resolve, name, "TXT");
  return texts.map((text) => ({ type: "TXT", name, content: quoteTxt(text), comment: "" }));
}
