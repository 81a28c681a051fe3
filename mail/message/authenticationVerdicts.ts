import { usesDirectSend } from "../senders/choose.ts";
import { arcOf } from "./arc.ts";
import {
  type Alignment,
  type AuthenticationResults,
  alignmentOf,
} from "./authenticationResults.ts";
import { isOfDomain } from "./border.ts";
import type { Expected, Judge, Judgement, Reading } from "./reading.ts";
import { entryOf } from "./resources.ts";
import { notInside, notOfDirectSend, stayedInside } from "./stayedInside.ts";

/** Nothing that can be believed says it. */
function unsaid({ border }: Reading, what: string): Judgement {
  const reason =
    border === undefined
      ? "no Received field shows where the message came in, so no field can be trusted"
      : `no result for ${what} is known to be written by ${border.hop.by || "the receiver"}`;
  const fix =
    "name the receiver's authserv-id with --receiver, or send to a mailbox whose receiver writes Authentication-Results";
  return { outcome: "unknown", read: "", reason, fix };
}

const later = (read: string): Judgement => ({
  outcome: "unknown",
  read,
  reason: "DNS did not answer the receiver at that time",
  fix: "send another message",
});

/** Whether Exchange took it from a mailbox for one of the same tenant: its results have no SPF then, and `dmarc=none`. */
const isUnchecked = (reading: Reading): boolean =>
  stayedInside(reading) && reading.results?.spf === undefined;

const NO_AUTHOR = {
  reason: "From is missing, or has several addresses",
  fix: "send with one address in From",
};

/** Whose From is in a domain that the stack has nothing of: no record is to blame for what fails then. */
function foreignAuthor(
  { author }: Reading,
  { domains, sender, stack }: Expected,
  read: string,
): Judgement | undefined {
  if (author === undefined || domains.some(({ name }) => isOfDomain(author.domain, name)))
    return undefined;
  return {
    ...{ outcome: "fail", read, resource: entryOf(sender) },
    reason: `From is in ${author.domain}, which is no domain of stack ${stack}: the sender writes another address into From than it is declared with`,
    fix: `let ${sender.name} write ${sender.from.join(" or ")} into From`,
  };
}

/** How a domain's record gets right: the stack writes it, or its administrator. */
function publishing(domain: string, { domains, stack }: Expected): string {
  const own = domains.find(({ name }) => name === domain);
  return own?.dns.host === "cloudflare"
    ? `run npm run pulumi -- up --refresh --stack ${stack}, which writes the record`
    : `run npm run dns -- --stack ${stack}, which lists the record, and publish it`;
}

export const spf: Judge = (reading, expected) => {
  const found = reading.results?.spf;
  if (isUnchecked(reading)) return notInside("");
  if (found === undefined) return unsaid(reading, "SPF");
  const domain = domainIn(found.mailFrom) ?? reading.author?.domain ?? "";
  const read = `spf=${found.result}${domain && ` for ${domain}`}`;
  if (found.result === "pass") return { outcome: "pass", read };
  if (found.result === "temperror") return later(read);
  const from = reading.border?.hop.addresses[0] ?? "the address that it came from";
  const reason =
    found.result === "none"
      ? `${domain} has no SPF record`
      : found.result === "permerror"
        ? `the SPF record of ${domain} can't be evaluated: there are two, or it takes more than 10 look-ups`
        : `the SPF record of ${domain} does not list ${from}`;
  const fix = publishing(domain, expected);
  return { outcome: "fail", read, resource: `relay-${domain}-spf`, reason, fix };
};

export const dkim: Judge = (reading, expected) => {
  const { results, author } = reading;
  if (results === undefined || results.dkim.length === 0) return unsaid(reading, "DKIM");
  const read = results.dkim
    .map(({ result, domain }) => `dkim=${result}${domain === undefined ? "" : ` for ${domain}`}`)
    .join(", ");
  if (author === undefined) return { outcome: "unknown", read, ...NO_AUTHOR };
  const { domain } = author;
  if (alignmentOf(results, domain).dkim) return { outcome: "pass", read };
  const passed = results.dkim.find(({ result }) => result === "pass");
  if (stayedInside(reading) && results.dkim.every(({ result }) => result === "none")) {
    return notInside(read);
  }
  if (usesDirectSend(expected.sender) && results.dkim.every(({ result }) => result === "none")) {
    return notOfDirectSend(read);
  }
  if (passed !== undefined && passed.domain === undefined) {
    const reason = "the receiver does not say which domain's signature it verified";
    return { outcome: "unknown", read, reason, fix: "send to another receiver too" };
  }
  if (results.dkim.some(({ result }) => result === "temperror")) return later(read);
  const foreign = foreignAuthor(reading, expected, read);
  if (foreign !== undefined) return foreign;
  // A signature that could not be processed is "neutral" (RFC 8601 section 2.7.1).
  const broken = results.dkim.find(({ result }) => !/^(?:pass|none)$/.test(result));
  const resource = `relay-${domain}-dkim`;
  const { stack } = expected;
  if (passed === undefined && broken !== undefined) {
    const selector = broken.selector === undefined ? "its selector" : `selector ${broken.selector}`;
    const reason = `the signature does not verify: the key of ${selector} in DNS is another one or is not there, or the message was changed on its way`;
    const fix = `run npm run dns -- --stack ${stack} --all, which compares the CNAME records; if they are right, look for a gateway after Exchange that changes messages`;
    return { outcome: "fail", read, resource, reason, fix };
  }
  const reason =
    passed === undefined
      ? "the message has no signature"
      : `it is signed for ${passed.domain}, not for ${domain}: Exchange does so until DKIM signing for the domain is on`;
  const fix = `run npm run pulumi -- up --stack ${stack}; the output pending says what is missing`;
  return { outcome: "fail", read, resource, reason, fix };
};

export const dmarc: Judge = (reading, expected) => {
  const found = reading.results?.dmarc;
  if (found === undefined) return unsaid(reading, "DMARC");
  const domain = found.from ?? reading.author?.domain ?? "";
  const policy = found.policy === undefined ? "" : `, p=${found.policy}`;
  const read = `dmarc=${found.result}${domain && ` for ${domain}`}${policy}`;
  if (found.result === "temperror") return later(read);
  if (found.result === "none" && isUnchecked(reading)) {
    return notInside(read);
  }
  if (found.result === "pass") {
    if (domain === reading.author?.domain) return { outcome: "pass", read };
    const reason = `the result is not for the domain of From, ${reading.author?.domain ?? "which can't be read"}`;
    return {
      outcome: "unknown",
      read,
      reason,
      fix: "look at From of the message, which has to be one address",
    };
  }
  const foreign = foreignAuthor(reading, expected, read);
  if (foreign !== undefined) return foreign;
  const resource = `relay-${domain}-dmarc`;
  if (found.result === "fail") {
    const related = relatedOf(reading.results, domain);
    const reason =
      related === ""
        ? "neither SPF nor DKIM passed for the domain of From"
        : `${related} passed only for a parent domain or a subdomain of ${domain}, which does not count: the DMARC record is strict (aspf=s, adkim=s), or the parent domain has none`;
    const fix =
      related === ""
        ? "fix what spf, dkim or alignment says here; the DMARC record itself was found"
        : `send with MAIL FROM and a signature of ${domain} itself, or publish one DMARC record at the parent domain for both`;
    return { outcome: "fail", read, resource, reason, fix };
  }
  const reason = `the receiver found no valid DMARC record of ${domain}`;
  return { outcome: "fail", read, resource, reason, fix: publishing(domain, expected) };
};

const namesOf = ({ spf, dkim }: Alignment): string =>
  [spf ? "SPF" : "", dkim ? "DKIM" : ""].filter((one) => one !== "").join(" and ");

/** Which of the two passed for a domain above or below one, where none did for itself. */
function relatedOf(results: AuthenticationResults | undefined, domain: string): string {
  if (results === undefined) return "";
  const exact = alignmentOf(results, domain, { spf: "s", dkim: "s" });
  return exact.spf || exact.dkim ? "" : namesOf(alignmentOf(results, domain));
}

export const alignment: Judge = (reading, expected) => {
  const { results, author } = reading;
  const { sender } = expected;
  if (results === undefined) return unsaid(reading, "SPF and DKIM");
  if (author === undefined) return { outcome: "unknown", read: "", ...NO_AUTHOR };
  const names = namesOf(alignmentOf(results, author.domain));
  const mailFrom = domainIn(results.spf?.mailFrom);
  const signers = results.dkim.flatMap(({ domain }) => domain ?? []);
  const read = `From ${author.domain}, MAIL FROM ${mailFrom ?? "not stated"}, signed by ${signers.join(", ") || "nobody"}`;
  if (names !== "") return { outcome: "pass", read: `${names}: ${read}` };
  if (results.dmarc?.result === "pass") {
    const reason = "DMARC passes, but the receiver does not say whether by SPF or by DKIM";
    return { outcome: "unknown", read, reason, fix: "send to another receiver too" };
  }
  if (isUnchecked(reading)) {
    return notInside(read);
  }
  const foreign = foreignAuthor(reading, expected, read);
  if (foreign !== undefined) return foreign;
  const related = [mailFrom, ...signers].some((one) => one && isOfDomain(author.domain, one));
  return {
    outcome: "fail",
    read,
    resource: `relay-${sender.name}`,
    reason: related
      ? "a result is for a domain of the same organisation, but did not pass"
      : "no result that passed is for the domain of From",
    fix: `configure ${sender.name} to use one domain in MAIL FROM and From, and fix what spf and dkim say here`,
  };
};

export const arc: Judge = ({ fields, border }) => {
  const newest = arcOf(fields);
  if (newest === undefined)
    return { outcome: "pass", read: "no ARC set: no server that forwards it added one" };
  const { instance, chain, sealer } = newest;
  const read = `set ${instance} by ${sealer}, cv=${chain}`;
  if (chain === "none" && instance === 1) return { outcome: "pass", read };
  // A set above the border is the receiver's own: it says what its check of the chain found.
  const isReceivers = border !== undefined && arcOf(border.above)?.instance === instance;
  if (chain === "pass" && isReceivers)
    return { outcome: "pass", read: `${read}, checked by the receiver` };
  if (chain === "pass") {
    const reason = `only ${sealer} says that the ARC chain is valid`;
    return { outcome: "unknown", read, reason, fix: "send to a mailbox that does not forward" };
  }
  const reason = `the ARC chain was broken before ${sealer}: a server changed the message on its way`;
  const fix = "look in hops for a forwarding server or a list, and send to a mailbox without one";
  return { outcome: "fail", read, resource: undefined, reason, fix };
};

/** Of an address or a domain. */
const domainIn = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : text.slice(text.lastIndexOf("@") + 1).toLowerCase() || undefined;
