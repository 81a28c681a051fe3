import { endOf, type Tag } from "../tagList.ts";
import { type Alignment, type DmarcPolicy, isDmarc, parseDmarc } from "./record.ts";
import { reportUri, sameReportUri } from "./reports.ts";

/** What a DMARC record shall say; what is not told is left as it is, or to its default. */
export interface DmarcChange {
  readonly policy?: DmarcPolicy;
  readonly subdomainPolicy?: DmarcPolicy;
  readonly nonexistentPolicy?: DmarcPolicy;
  /** Addresses that aggregate reports go to, with or without `mailto:`. */
  readonly rua?: readonly string[];
  /** Addresses that failure reports go to. */
  readonly ruf?: readonly string[];
  readonly adkim?: Alignment;
  readonly aspf?: Alignment;
  readonly testing?: boolean;
}

/**
 * A DMARC record of ours, with RFC 9989's tags only.
 *
 * @see RFC 9989 section 4.7
 */
export function formatDmarc(wish: DmarcChange & { readonly policy: DmarcPolicy }): string {
  const tags = wishedTags(wish).filter(([name, value]) => name !== "t" || value === "y");
  return ["v=DMARC1", ...tags.map(([name, value]) => `${name}=${value}`)].join("; ");
}

/** The tags that a wish is about, in the order of a record. */
export function wishedTags(wish: DmarcChange): [name: string, value: string][] {
  const list = (targets: readonly string[] = []) => targets.map(reportUri).join(",") || undefined;
  const tags: [string, string | undefined][] = [
    ["p", wish.policy],
    ["sp", wish.subdomainPolicy],
    ["np", wish.nonexistentPolicy],
    ["rua", list(wish.rua)],
    ["ruf", list(wish.ruf)],
    ["adkim", wish.adkim],
    ["aspf", wish.aspf],
    ["t", wish.testing === undefined ? undefined : wish.testing ? "y" : "n"],
  ];
  return tags.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

/** What a tag says when it is not there, so that it need not be added to say so. */
const DEFAULTS: Readonly<Record<string, string>> = { adkim: "r", aspf: "r", t: "n" };

/**
 * Changes an owner's DMARC record to what is wanted, and nothing else of it: order, spaces, unknown and old tags stay
 * as written. Addresses of `rua` and `ruf` are added to those that are there.
 *
 * @param existing what is no DMARC record is given back as it is
 */
export function adoptDmarc(existing: string, wanted: DmarcChange): string {
  if (!isDmarc(existing)) return existing;
  return wishedTags(wanted).reduce(withTag, existing);
}

function withTag(text: string, [name, value]: [name: string, value: string]): string {
  const tag = parseDmarc(text).tags.find((there) => there.name === name);
  if (tag === undefined) return DEFAULTS[name] === value ? text : added(text, name, value);
  const next = name === "rua" || name === "ruf" ? joined(tag.value, value) : value;
  return next.toLowerCase() === tag.value.toLowerCase() ? text : replaced(text, tag, next);
}

/** A list with the places of another that it does not have yet. */
function joined(there: string, wanted: string): string {
  const places = there.split(",");
  const missing = wanted
    .split(",")
    .filter((place) => !places.some((other) => sameReportUri(other, place)));
  return there === "" ? missing.join(",") : [there, ...missing].join(",");
}

function replaced(text: string, { text: part, position, value }: Tag, next: string): string {
  const start = position + part.lastIndexOf(value);
  return text.slice(0, start) + next + text.slice(start + value.length);
}

/** The policy goes right behind the version, where RFC 7489 wants it; all else to the end. */
function added(text: string, name: string, value: string): string {
  if (name === "p") {
    const end = text.includes(";") ? text.indexOf(";") : text.length;
    return `${text.slice(0, end)}; p=${value}${text.slice(end)}`;
  }
  const end = endOf(text);
  const [before, after] = [text.slice(0, end), text.slice(end)];
  return before.endsWith(";")
    ? `${before} ${name}=${value};${after}`
    : `${before}; ${name}=${value}${after}`;
}
