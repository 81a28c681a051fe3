import { endOf, type Tag } from "../tagList.ts";
import { type DmarcPolicy, isDmarc, parseDmarc } from "./record.ts";
import { reportUri, sameReportUri } from "./reports.ts";

/** What a DMARC record has to say; a field that is left out changes nothing. */
export interface DmarcChange {
  readonly policy?: DmarcPolicy;
  readonly subdomainPolicy?: DmarcPolicy;
  /** Addresses that aggregate reports go to, with or without `mailto:`. */
  readonly rua?: readonly string[];
}

/**
 * A new DMARC record, with RFC 9989's tags only.
 *
 * @see RFC 9989 section 4.7
 */
export function formatDmarc(change: DmarcChange & { readonly policy: DmarcPolicy }): string {
  const tags = tagsOf(change).map(([name, value]) => `${name}=${value}`);
  return ["v=DMARC1", ...tags].join("; ");
}

/** The tags that a change is about, in the order of a record. */
function tagsOf({
  policy,
  subdomainPolicy,
  rua = [],
}: DmarcChange): [name: string, value: string][] {
  const tags: [string, string | undefined][] = [
    ["p", policy],
    ["sp", subdomainPolicy],
    ["rua", rua.map(reportUri).join(",") || undefined],
  ];
  return tags.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

/**
 * Changes an owner's DMARC record, and nothing else of it: order, spaces, unknown and old tags stay
 * as written, and what the record says already, in whatever form, too. Addresses of `rua` are added to those that are
 * there.
 *
 * @param existing what is no DMARC record is given back as it is
 */
export function adoptDmarc(existing: string, change: DmarcChange): string {
  if (!isDmarc(existing)) return existing;
  return tagsOf(change).reduce(withTag, existing);
}

function withTag(text: string, [name, value]: [name: string, value: string]): string {
  const { tags, policy, subdomainPolicy } = parseDmarc(text);
  if (name === "p" && policy === value) return text;
  if (name === "sp" && subdomainPolicy === value) return text;
  const tag = tags.find((there) => there.name === name);
  if (tag === undefined) return added(text, name, value);
  const next = name === "rua" ? joined(tag.value, value) : value;
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
