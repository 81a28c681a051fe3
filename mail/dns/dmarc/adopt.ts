import { endOf, type Tag } from "../tagList.ts";
import { type DmarcChange, wishedTags } from "./format.ts";
import { isDmarc, parseDmarc } from "./record.ts";
import { sameReportUri } from "./reportUri.ts";

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
