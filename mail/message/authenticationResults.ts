import type { Field } from "./fields.ts";
import { type Part, readResults } from "./resultsSyntax.ts";

/** What a receiver found out about where a message comes from. Results and domains are in lower case. */
export interface AuthenticationResults {
  /** Who says so; undefined where the receiver does not say it (Exchange). */
  readonly authservId: string | undefined;
  readonly spf: SpfResult | undefined;
  /** One a signature; one with the result `none` where a receiver says that there is no signature. */
  readonly dkim: readonly DkimResult[];
  readonly dmarc: DmarcResult | undefined;
}

export interface SpfResult {
  readonly result: string;
  /** The envelope sender, as an address or a domain. */
  readonly mailFrom: string | undefined;
}

export interface DkimResult {
  readonly result: string;
  /** The domain that signed (`d=`). */
  readonly domain: string | undefined;
  readonly selector: string | undefined;
}

export interface DmarcResult {
  readonly result: string;
  /** The domain of the From field. */
  readonly from: string | undefined;
  /** What the domain asks for, where the receiver says it. */
  readonly policy: string | undefined;
}

/** Whether what passed belongs to the domain of From. */
export interface Alignment {
  readonly spf: boolean;
  readonly dkim: boolean;
}

/** The alignment modes of a DMARC record (`aspf`, `adkim`): `s` for strict, `r` for relaxed. */
export interface AlignmentModes {
  readonly spf: "r" | "s";
  readonly dkim: "r" | "s";
}

/**
 * Reads the Authentication-Results of one receiver, of all its fields together, as some write one a method. Fields
 * further down may be anybody's: only those of the name that the topmost one has count, or of `authservId`.
 * Exchange's own begins without a name; of such fields the topmost counts alone.
 *
 * SPF's result is that for the envelope sender, where there is one for the HELO name too. Of several results the first
 * that is not `pass` counts. What is written for another version of the specification is passed over.
 *
 * @param fields the header fields, top first
 * @param authservId the receiver to believe; the topmost field's when left out
 * @returns undefined when the receiver says nothing
 * @see RFC 8601 section 2.2 (syntax), section 5 (whom to believe)
 */
export function authenticationResultsOf(
  fields: readonly Field[],
  authservId?: string,
): AuthenticationResults | undefined {
  const all = fields
    .filter(({ name }) => name.toLowerCase() === "authentication-results")
    .map(({ value }) => readResults(value));
  const wanted = familyOf(authservId === undefined ? all[0]?.authservId : authservId.toLowerCase());
  const said = all.filter((one) => familyOf(one.authservId) === wanted);
  const found = wanted === undefined ? said.slice(0, 1) : said;
  if (found.length === 0) return undefined;
  const parts = found.flatMap((one) => one.parts);
  const ofMethod = (name: string) => parts.filter(({ method }) => method === name);
  const ofSender = ofMethod("spf").filter(({ properties }) => senderOf(properties));
  const spf = mostCautious(ofSender) ?? mostCautious(ofMethod("spf"));
  const dmarc = mostCautious(ofMethod("dmarc"));
  return {
    authservId: wanted,
    spf: spf && { result: spf.result, mailFrom: senderOf(spf.properties) || undefined },
    dkim: ofMethod("dkim").map(readDkim),
    dmarc: dmarc && readDmarc(dmarc),
  };
}

/** Yandex writes `smtp.mail`. */
const senderOf = (properties: ReadonlyMap<string, string>): string | undefined =>
  properties.get("smtp.mailfrom") ?? properties.get("smtp.mail");

/** Receivers of which each method's verifier has a name of its own: `spf.icloud.com`, `dmarc.icloud.com`. */
const FAMILIES = ["icloud.com"];

/** The authserv-id by which the fields of one receiver are found. */
function familyOf(id: string | undefined): string | undefined {
  return FAMILIES.find((family) => id?.endsWith(`.${family}`)) ?? id;
}

/** Of several results of one method the first that is not `pass`. */
function mostCautious(parts: readonly Part[]): Part | undefined {
  return parts.find(({ result }) => result !== "pass") ?? parts[0];
}

/**
 * Whether SPF and DKIM passed for the domain of From or one of its kin. Relaxed is: the same domain, or one of the
 * two below the other. DMARC's own rule also lets two domains below one organizational domain align, which takes
 * DNS to know, so this may say no where a receiver says yes.
 *
 * @param from the domain of the From field
 * @param modes those of the domain's DMARC record; relaxed when left out
 * @see RFC 9989 section 4.4 (identifier alignment)
 */
export function alignmentOf(
  { spf, dkim }: Pick<AuthenticationResults, "spf" | "dkim">,
  from: string,
  modes: AlignmentModes = { spf: "r", dkim: "r" },
): Alignment {
  const mailFrom = spf?.mailFrom?.replace(/^.*@/, "");
  return {
    spf: spf?.result === "pass" && isAligned(mailFrom, from, modes.spf),
    dkim: dkim.some(
      ({ result, domain }) => result === "pass" && isAligned(domain, from, modes.dkim),
    ),
  };
}

function isAligned(domain: string | undefined, from: string, mode: "r" | "s"): boolean {
  const [one = "", other = ""] = [domain ?? "", from].map((name) =>
    name.toLowerCase().replace(/\.$/, ""),
  );
  if (!isDomain(one) || !isDomain(other)) return false;
  return one === other || (mode === "r" && (isBelow(one, other) || isBelow(other, one)));
}

const isDomain = (name: string): boolean => /^[^\s.:@"]+(\.[^\s.:@"]+)*$/.test(name);

/** A top-level domain is nobody's parent here. */
function isBelow(domain: string, parent: string): boolean {
  return parent.includes(".") && domain.endsWith(`.${parent}`);
}

function readDkim({ result, properties }: Part): DkimResult {
  const identity = properties.get("header.i")?.replace(/^.*@/, "");
  return {
    result,
    domain: knownDomain(properties.get("header.d") ?? identity),
    selector: properties.get("header.s"),
  };
}

function readDmarc({ result, comment, properties }: Part): DmarcResult {
  const published = /(?:^|[\s,;(])p=(\w+)/i.exec(comment)?.[1]?.toLowerCase();
  return {
    result,
    // Mail.ru writes the whole address.
    from: knownDomain(properties.get("header.from")?.replace(/^.*@/, "")),
    policy: published ?? properties.get("policy.dmarc")?.toLowerCase(),
  };
}

/** Exchange writes `header.d=none` where there is no signature. */
function knownDomain(domain: string | undefined): string | undefined {
  return domain === "none" || domain === "" ? undefined : domain?.toLowerCase();
}
