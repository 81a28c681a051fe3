import type { Alignment, DmarcPolicy } from "./record.ts";
import { reportUri } from "./reportUri.ts";

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
